"""A day in a form of staff, typed or chosen in the browser's own calendar."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

BAD_DAY = "Enter a day such as 2026-11-21."
# A year with a slip in it, such as 0206 or 9999, would break what reckons with the day.
IN_THESE_YEARS = [
    MinValueValidator(date(2000, 1, 1), BAD_DAY),
    MaxValueValidator(date(2199, 12, 31), BAD_DAY),
]


def day_field(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    """Return a field for a day; browsers send it as year, month and day, however they show it."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        validators=IN_THESE_YEARS,
        error_messages={"invalid": BAD_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
