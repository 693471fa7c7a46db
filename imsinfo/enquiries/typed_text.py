"""What people type: brought into one form, and refused where it could deceive a reader."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

# Control characters, and those that turn the direction of the text around them. Joiners and
# direction marks stay: Persian, Arabic, Hebrew and emoji need them.
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NEWLINE_OR_TAB = re.compile(r"[\n\t]")
# Marks on one letter: more stand in no language (Unicode UAX #15, "Stream-Safe Text Format"), and
# putting a long row of them in order takes time that grows with its square.
MOST_MARKS = 30
HIDDEN_SIGN = "This answer holds a sign that cannot be seen. Delete the answer and type it again"
TOO_MANY_MARKS = "A letter in this answer has too many accents. Delete the answer and type it again"
TOO_LONG = "Make this shorter: %(limit_value)d characters at most. It has %(show_value)d"
BAD_EMAIL = "Enter an email address in the form name@example.org"
ONE_LINE = "Write this on one line"


def normalised(text: str) -> str:
    """Return text in NFC with LF line ends; a lone surrogate becomes the replacement character.

    What is overloaded with accents is not composed: no field takes it.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if is_overloaded(text) else unicodedata.normalize("NFC", text)


def is_overloaded(text: str) -> bool:
    """Whether more than MOST_MARKS marks follow each other; in one pass over the text."""
    row = 0
    for sign in () if text.isascii() else text:
        row = row + 1 if unicodedata.combining(sign) else 0
        if row > MOST_MARKS:
            return True
    return False


class TypedText(forms.CharField):
    """Several lines of text, normalised before its length is counted."""

    default_error_messages = {"max_length": TOO_LONG}

    def to_python(self, value):
        return super().to_python(normalised(value) if isinstance(value, str) else value)

    def validate(self, value):
        super().validate(value)
        if _HIDDEN.search(value):
            raise ValidationError(HIDDEN_SIGN, code="hidden")
        if is_overloaded(value):
            raise ValidationError(TOO_MANY_MARKS, code="marks")


class TypedLine(TypedText):
    """One line of text."""

    def validate(self, value):
        super().validate(value)
        if _NEWLINE_OR_TAB.search(value):
            raise ValidationError(ONE_LINE, code="lines")


class PhoneLine(TypedLine):
    """A phone number as people write it; 7 to 15 digits, as in ITU-T E.164."""

    def validate(self, value):
        super().validate(value)
        digits = re.sub(r"\D", "", value)
        if value and not 7 <= len(digits) <= 15:
            message = "Enter a phone number with its area code: 7 to 15 digits"
            raise ValidationError(message, code="phone")


class EmailLine(forms.EmailField, TypedLine):
    """An email address that a mail can be sent to, with the same care for hidden signs."""

    default_error_messages = {"invalid": BAD_EMAIL}

    def validate(self, value):
        super().validate(value)
        if self.max_length and len(value) > self.max_length:
            return  # It is refused for that, and a long one would take seconds to write as a name.
        try:
            value.rpartition("@")[2].encode("idna")
        except UnicodeError:
            # As no mail program can write it, a receipt or a reply would never leave.
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
