"""A day in a form of staff, typed or chosen in the browser's own calendar."""

from django import forms

BAD_DAY = "Enter a day such as 2026-11-21."


def day_field(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    """Return a field for a day; browsers send it as year, month and day, however they show it."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        error_messages={"invalid": BAD_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
