"""What gathers beside enquiries, and the tombstones left of them. Nothing of it is ever changed."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from imsinfo.enquiries import choices
from imsinfo.enquiries.encryption import EncryptedTextField
from imsinfo.enquiries.models.enquiry import Enquiry
from imsinfo.staff.models import AuditEvent


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


class ContactAttempt(models.Model):
    """One call, mail or meeting with an enquirer, or a try at one."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="contacts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    way = models.CharField(max_length=10, choices=choices.ContactWay)
    outcome = models.CharField(max_length=12, choices=choices.ContactOutcome)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self):
        return f"Contact about {self.enquiry.reference}"


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


class Tombstone(models.Model):
    """What is left of an erased enquiry: that there was one, and why there is none any more.

    reason: what staff typed; they are asked to name nobody, and it is encrypted all the same.
    """

    reference = models.CharField(max_length=12, unique=True)
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=20, choices=choices.ClosedReason, blank=True)
    channel = models.CharField(max_length=10, choices=choices.Channel)
    erased_at = models.DateTimeField(default=timezone.now)
    path = models.CharField(max_length=12, choices=choices.ErasurePath)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = EncryptedTextField(blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "erased enquiry", "erased enquiries"
        ordering = ("-erased_at", "-pk")
        default_permissions = ("view",)

    def __str__(self):
        return self.reference


class ErasureRequest(models.Model):
    """That one manager wants an enquiry erased, until another one has decided.

    reason: what the first one typed; it goes into the tombstone.
    """

    enquiry = models.OneToOneField(
        Enquiry, on_delete=models.CASCADE, related_name="erasure_request"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    reason = EncryptedTextField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"Erasure asked for {self.enquiry.reference}"


class ExportReason(models.Model):
    """What an export was for, as typed: beside its audit event, which holds nothing typed.

    It goes with the event, when the time of the audit is over.
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.CASCADE, related_name="+")
    text = EncryptedTextField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"Reason of export {self.event_id}"
