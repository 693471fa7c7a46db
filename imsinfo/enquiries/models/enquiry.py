"""An enquiry: what a person told us, and where it stands with the staff."""

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
    def open(self) -> "EnquiryQuerySet":
        """Enquiries that are not closed."""
        return self.exclude(state=choices.State.CLOSED)


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

    # How it came; who typed it, where staff did.
    channel = models.CharField(
        max_length=10, choices=choices.Channel, default="online", db_default="online"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    # What staff did with it; workflow.py alone changes these.
    state = models.CharField(max_length=20, choices=choices.State, default=choices.State.NEW)
    state_since = models.DateTimeField(default=timezone.now)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="enquiries"
    )
    due_on = models.DateField(null=True)
    first_contact_at = models.DateTimeField(null=True)
    clinician_answer = models.CharField(
        max_length=20, choices=choices.OF_CLINICIAN, blank=True, default="", db_default=""
    )
    booked_for = models.DateField(null=True)
    on_hold = models.BooleanField(default=False, db_default=False)
    closed_reason = models.CharField(max_length=20, choices=choices.ClosedReason, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The line without which no enquiry is closed; blank for those closed before it was asked for.
    advice = models.CharField(
        max_length=10, choices=choices.Advice, blank=True, default="", db_default=""
    )
    advice_copied_on = models.DateField(null=True)
    # Counts the steps, so that of two people at once the second is told.
    version = models.PositiveIntegerField(default=0, db_default=0)

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
        default_permissions = ("add", "view")
        permissions = (
            ("work_on_enquiry", "Can take, contact, book and close enquiries"),
            ("answer_as_clinician", "Can answer as a clinician"),
            ("hold_enquiry", "Can put an enquiry on hold"),
            ("reassign_enquiries", "Can hand over all enquiries of one person"),
            ("export_enquiries", "Can export enquiries"),
            ("erase_enquiry", "Can erase enquiries and answer requests for access"),
            ("see_reports", "Can see reports on enquiries"),
        )
        indexes = (
            models.Index(fields=("state", "due_on"), name="enquiry_state_and_due"),
            models.Index(fields=("received_at",), name="enquiry_received"),
            # Nearly all have none: by the column alone SQLite rather reads every row in order.
            models.Index(fields=("corrects", "received_at"), name="enquiry_corrections"),
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

    @property
    def awaits_clinician(self) -> bool:
        """Whether a clinician has yet to say that it may be booked."""
        if self.clinician_answer in choices.STILL_OPEN:
            return True
        return self.is_flagged and not self.clinician_answer

    @property
    def clinician_has_spoken(self) -> bool:
        return self.clinician_answer not in {"", choices.ASKED}
