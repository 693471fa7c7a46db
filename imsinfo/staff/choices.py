"""What staff do, in the words of the audit."""

from django.db.models import TextChoices


class AuditAction(TextChoices):
    # An enquiry comes in.
    RECEIVED = "received", "Received"
    CORRECTED = "corrected", "Correction received"
    ENTERED = "entered", "Added for someone"

    # It is looked at.
    LISTED = "listed", "Queue seen"
    SEARCHED = "searched", "Looked up"
    READ = "read", "Read"
    PRINTED = "printed", "Print view opened"
    HISTORY = "history", "History seen"

    # It is worked on.
    MOVED = "moved", "Moved on"
    ASSIGNED = "assigned", "Owner changed"
    ANSWERED = "answered", "Clinician answered"
    CONTACTED = "contacted", "Contact logged"
    NOTED = "noted", "Note added"
    HELD = "held", "Put on hold"
    RELEASED = "released", "Hold ended"
    REASSIGNED = "reassigned", "Handed over with all others"

    # It leaves the site.
    EXPORTED = "exported", "Exported"
    DISCLOSED = "disclosed", "Given out on request"
    ERASURE_ASKED = "erasure-asked", "Erasure asked for"
    ERASURE_DECLINED = "erasure-declined", "Erasure declined"
    ERASED = "erased", "Erased"
    RETENTION = "retention", "Retention applied"
    RESTORED = "restored", "Restored from a backup"

    # Accounts and doors.
    SIGNED_IN = "signed-in", "Signed in"
    SIGNED_OUT = "signed-out", "Signed out"
    SIGN_IN_FAILED = "sign-in-failed", "Sign-in failed"
    CODE_REFUSED = "code-refused", "Second factor refused"
    FACTOR_SET = "factor-set", "Second factor set up"
    FACTOR_RESET = "factor-reset", "Second factor reset"
    RECOVERY_USED = "recovery-used", "Recovery code used"
    PASSWORD_CHANGED = "password-changed", "Password changed"
    ACCOUNT_MADE = "account-made", "Account made"
    ACCOUNT_CHANGED = "account-changed", "Account changed"
    ACCOUNT_DELETED = "account-deleted", "Account deleted"
    ROLES_SET = "roles-set", "Roles set up"
    ABSENCE = "absence", "Absence changed"
    REFUSED = "refused", "Refused"
    AUDIT_READ = "audit-read", "Audit seen"
    AUDIT_EXPORTED = "audit-exported", "Audit exported"
