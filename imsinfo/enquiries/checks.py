"""A start with the wrong keys is refused: it would show staff nothing and mix two sets of keys."""

from django.core.checks import Error, Tags, register
from django.db import Error as DatabaseFault

from imsinfo.enquiries.encryption import Unreadable
from imsinfo.enquiries.models import Enquiry


@register(Tags.database)
def check_field_keys(databases=None, **kwargs):
    """Read the newest enquiry; before the first migration there is none."""
    if not databases:
        return []
    try:
        newest = Enquiry.objects.using(databases[0]).values_list("name", flat=True).last()
    except DatabaseFault:
        return []
    if not isinstance(newest, Unreadable):
        return []
    hint = "Give back the keys it was stored with: FIELD_KEYS, or the folder keys in VAR_DIR."
    message = "The newest enquiry cannot be read with the site's keys."
    return [Error(message, hint=hint, id="enquiries.E001")]
