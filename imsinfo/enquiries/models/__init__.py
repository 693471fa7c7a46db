"""Enquiries and all that is kept beside them. Nothing outside this app holds personal data."""

from imsinfo.enquiries.models.enquiry import KEPT, Enquiry, EnquiryQuerySet
from imsinfo.enquiries.models.mail import OutgoingMail, OutgoingMailQuerySet
from imsinfo.enquiries.models.records import (
    ContactAttempt,
    ErasureRequest,
    ExportReason,
    LookupHash,
    Note,
    Tombstone,
)

__all__ = (
    "KEPT",
    "ContactAttempt",
    "Enquiry",
    "EnquiryQuerySet",
    "ErasureRequest",
    "ExportReason",
    "LookupHash",
    "Note",
    "OutgoingMail",
    "OutgoingMailQuerySet",
    "Tombstone",
)
