"""The mails that are owed."""

from uuid import uuid4

from django.db import models
from django.utils import timezone

from imsinfo.enquiries import choices
from imsinfo.enquiries.models.enquiry import Enquiry


class OutgoingMailQuerySet(models.QuerySet):
    def waiting(self) -> "OutgoingMailQuerySet":
        """Mails that are still owed."""
        return self.filter(sent_at=None, given_up_at=None)

    def given_up(self) -> "OutgoingMailQuerySet":
        """Mails that no longer will be tried; staff are told of them."""
        return self.exclude(given_up_at=None)


class OutgoingMail(models.Model):
    """A mail that is owed to somebody since an enquiry was stored, until it has been sent.

    The row names nobody: its words and its receiver follow from the enquiry when it is sent. A
    digest for staff belongs to no enquiry.
    """

    enquiry = models.ForeignKey(Enquiry, null=True, on_delete=models.CASCADE, related_name="mails")
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
        constraints = (
            models.CheckConstraint(
                name="digest_alone_has_no_enquiry",
                condition=models.Q(kind="digest", enquiry=None)
                | ~models.Q(kind="digest") & models.Q(enquiry__isnull=False),
            ),
        )

    def __str__(self):
        return f"{self.get_kind_display()} about {self.enquiry or 'the queue'}"
