"""A text field that is encrypted in the database."""

import functools
import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

logger = logging.getLogger("imsinfo.enquiries")


class Unreadable(str):
    """Stands for a stored value that no current key opens. It is shown, and never saved."""

    __slots__ = ()


UNREADABLE = Unreadable("[cannot be read with the site's current keys]")


@functools.lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class EncryptedTextField(models.TextField):
    """Text under FIELD_KEYS: written with the first key, read with any. Blank stays blank.

    A value that no key opens is logged and reads as UNREADABLE; writing that back is refused,
    so a wrong key destroys nothing.
    """

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if isinstance(value, Unreadable):
            raise ValueError(f"{self.name} was not readable and must not be overwritten.")
        return _cipher(settings.FIELD_KEYS).encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return _cipher(settings.FIELD_KEYS).decrypt(value).decode()
        except (InvalidToken, ValueError):
            logger.error("%s.%s cannot be read with FIELD_KEYS", self.model.__name__, self.name)
            return UNREADABLE

    def get_lookup(self, lookup_name):
        """Equal texts are stored unequal, so a filter could only mislead; isnull is left."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
