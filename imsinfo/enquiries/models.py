"""Enquiries and the notes of staff. Nothing outside this app holds personal data."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from imsinfo.enquiries import choices
from imsinfo.enquiries.encryption import EncryptedTextField
from imsinfo.enquiries.references import new_reference


class EnquiryQuerySet(models.QuerySet):
    def expired(self, now: datetime) -> "EnquiryQuerySet":
        """Enquiries that the consent no longer allows us to keep."""
        closed = now - timedelta(days=settings.KEEP_CLOSED_DAYS)
        received = now - timedelta(days=settings.KEEP_AT_MOST_DAYS)
        return self.filter(models.Q(closed_at__lte=closed) | models.Q(received_at__lte=received))


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
    consent_version = models.CharField(max_length=20, editable=False)
    consent_text = models.TextField(editable=False)

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
