"""What is asked for on the way in beside the password: a code, and once a password of one's own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm

from imsinfo.staff.devices import WrongCode
from imsinfo.staff.sign_in import CLOSED, TOO_MANY, Refused
from imsinfo.throttle import ThrottleFault, TooMany

WRONG = (
    "This code is not right, or was used before. Wait until your phone shows the next one and type "
    "that, or type a recovery code"
)
WRONG_AT_FIRST = (
    "This code is not right. Wait until the app shows the next one and type that. If that is not "
    "right either, remove the account from the app and scan the picture again"
)


class CodeForm(forms.Form):
    """A code, spent by a function that is given. spent: what it returned; refused: why it did not.

    spend raises WrongCode, TooMany or ThrottleFault. wrong: what is said then.
    """

    code = forms.CharField(
        label="Code",
        max_length=40,
        strip=True,
        error_messages={"required": "Type the code that your phone shows"},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )
    use_required_attribute = False
    spent: Any = None
    refused: Refused | None = None

    def __init__(self, data: Any, spend: Callable[[str], Any], help_text: str, wrong: str = WRONG):
        super().__init__(data)
        self.spend, self.wrong = spend, wrong
        self.fields["code"].help_text = help_text

    def clean_code(self):
        try:
            self.spent = self.spend(self.cleaned_data["code"])
        except WrongCode as wrong:
            raise forms.ValidationError(self.wrong, code="wrong") from wrong
        except TooMany as passed:
            self.refused = Refused(429, passed.seconds)
            raise forms.ValidationError(TOO_MANY, code="too_many") from passed
        except ThrottleFault as fault:
            self.refused = Refused(503, 60)
            raise forms.ValidationError(CLOSED, code="closed") from fault
        # What was typed is used up, and goes no further.
        return ""


class OwnPasswordForm(SetPasswordForm):
    """A password in place of the one that somebody else made."""

    use_required_attribute = False

    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("Choose another password than the one you were given")
        return password
