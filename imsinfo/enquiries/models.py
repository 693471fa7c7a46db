"""Enquiries and the notes of staff. Nothing outside this app holds personal data."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

from imsinfo.enquiries import choices
from imsinfo.enquiries.encryption import EncryptedTextField
from imsinfo.enquiries.references import new_reference

# The answers that are kept. Whether they are 18 and agree is a condition, not a record.
KEPT = (
    *("someone_else", "doctor_first", "doctor_first_signs", "area", "duration", "impact", "seen"),
    *("caution", "message", "name", "link", "their_first_name", "contact_whom", "reply_by"),
    *("phone", "email", "may_leave_message", "place", "best_time", "help_needed", "wants_receipt"),
)


class EnquiryQuerySet(models.QuerySet):
    def expired(self, now: datetime) -> "EnquiryQuerySet":
        """Enquiries that the consent no longer allows us to keep."""
        closed = now - timedelta(days=settings.KEEP_CLOSED_DAYS)
        received = now - timedelta(days=settings.KEEP_AT_MOST_DAYS)
        return self.filter(models.Q(closed_at__lte=closed) | models.Q(received_at__lte=received))


class OutgoingMailQuerySet(models.QuerySet):
    def waiting(self) -> "OutgoingMailQuerySet":
        """Mails that are still owed."""
        return self.filter(sent_at=None, given_up_at=None)

    def given_up(self) -> "OutgoingMailQuerySet":
        """Mails that no longer will be tried; staff are told of them."""
        return self.exclude(given_up_at=None)


class Enquiry(models.Model):
    """One enquiry as it was sent, and where it stands with the staff."""

    # What identifies it. The submission id is minted on the check page: a second click on
    # "Send" brings the same one, and the database refuses it.
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    submission_id = models.UUIDField(unique=True, editable=False)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="corrections"
    )
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    # What the person told us.
    someone_else = models.BooleanField(default=False)
    doctor_first = models.BooleanField(default=False)
    doctor_first_signs = models.JSONField(default=list, blank=True)
    area = models.CharField(max_length=20, choices=choices.Area)
    duration = models.CharField(max_length=20, choices=choices.Duration)
    impact = models.CharField(max_length=20, choices=choices.Impact, blank=True)
    seen = models.CharField(max_length=20, choices=choices.Seen, blank=True)
    caution = models.CharField(max_length=20, choices=choices.Caution)
    message = EncryptedTextField(blank=True)

    # Who they are and how to reach them.
    name = EncryptedTextField()
    link = EncryptedTextField(blank=True)
    their_first_name = EncryptedTextField(blank=True)
    contact_whom = models.CharField(max_length=20, choices=choices.Contact, blank=True)
    reply_by = models.CharField(max_length=20, choices=choices.ReplyBy)
    phone = EncryptedTextField(blank=True)
    email = EncryptedTextField(blank=True)
    may_leave_message = models.CharField(max_length=20, choices=choices.YesNo, blank=True)
    place = models.CharField(max_length=20, choices=choices.Place, blank=True)
    best_time = models.CharField(max_length=20, choices=choices.BestTime, blank=True)
    help_needed = EncryptedTextField(blank=True)
    wants_receipt = models.BooleanField(default=False, db_default=False)
    consent_version = models.CharField(max_length=20, editable=False)
    consent_text = models.TextField(editable=False)

    # What speaks for a robot. A suspect is stored like any other, and shown as one.
    suspected_spam = models.BooleanField(default=False, db_default=False, editable=False)
    spam_reasons = models.CharField(
        max_length=100, blank=True, default="", db_default="", editable=False
    )

    # What staff did with it.
    state = models.CharField(max_length=20, choices=choices.State, default=choices.State.NEW)
    closed_reason = models.CharField(max_length=20, choices=choices.ClosedReason, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ("received_at", "pk")
        constraints = (
            models.CheckConstraint(
                name="closed_with_reason_and_time",
                condition=models.Q(state="closed", closed_at__isnull=False)
                & ~models.Q(closed_reason="")
                | ~models.Q(state="closed") & models.Q(closed_reason="", closed_at=None),
            ),
        )

    def __str__(self):
        # The admin log copies this text and outlives the row, so it names nobody.
        return self.reference

    @property
    def is_flagged(self) -> bool:
        """Whether a clinician must look at it, and staff are told of it at once."""
        return self.doctor_first or self.has_caution

    @property
    def has_caution(self) -> bool:
        """Whether a clinician must look before anything is booked."""
        return self.caution != choices.Caution.NO

    def set_state(self, state: str, closed_reason: str, now: datetime) -> None:
        """Move to a state; the moment of closing follows from it."""
        if state == choices.State.CLOSED:
            self.closed_at = self.closed_at or now
        else:
            self.closed_at = None
        self.state, self.closed_reason = state, closed_reason


class Note(models.Model):
    """What staff write down about an enquiry. Notes are added, never changed."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    text = EncryptedTextField()

    class Meta:
        ordering = ("written_at", "pk")

    def __str__(self):
        return f"Note on {self.enquiry.reference}"


class LookupHash(models.Model):
    """A keyed hash of what an enquiry is found by: a word of a name, a phone number, an email
    address, or all its answers together.

    Without FIELD_KEYS nobody can tell what was hashed, nor try words out.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="hashes")
    kind = models.CharField(max_length=10, choices=choices.LookupKind)
    digest = models.CharField(max_length=32)

    class Meta:
        verbose_name_plural = "lookup hashes"
        constraints = (
            models.UniqueConstraint(fields=("digest", "enquiry"), name="each_hash_once"),
        )

    def __str__(self):
        return f"Hash of {self.enquiry_id}"


class OutgoingMail(models.Model):
    """A mail that is owed to somebody since an enquiry was stored, until it has been sent.

    The row names nobody: its words and its receiver follow from the enquiry when it is sent.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=choices.MailKind)
    # Rows with the same message are one mail; from its first try on this never changes.
    message = models.UUIDField(default=uuid4)
    owed_since = models.DateTimeField(default=timezone.now)

    # When to try; who has it in hand, and until when nobody else takes it.
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ("next_try_at", "pk")
        indexes = (
            models.Index(
                fields=("next_try_at",),
                name="mail_that_waits",
                condition=models.Q(sent_at=None, given_up_at=None),
            ),
        )

    def __str__(self):
        return f"{self.get_kind_display()} about {self.enquiry}"


class AuditEvent(models.Model):
    """What happened to an enquiry, when, and through whom: never a word of what it holds."""

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=20, choices=choices.AuditAction)
    # The text, not the row: the event outlives an erased enquiry.
    reference = models.CharField(max_length=12, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.get_action_display()}: {self.reference}"
