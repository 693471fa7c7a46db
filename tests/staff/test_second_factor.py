import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from imsinfo.staff.second_factor import (
    enrolment_address,
    in_groups,
    new_recovery_code,
    read_code,
    recovery_token,
    secret_to_type,
)

KEY = b"12345678901234567890"
SITE_KEY = "a-key-of-the-site"


@pytest.mark.parametrize(
    ("typed", "digits", "is_recovery"),
    [
        ("123456", "123456", False),
        (" 123 456 ", "123456", False),
        ("1234 5678 9012", "123456789012", True),
        ("1234-5678-9012", "123456789012", True),
        ("1234–5678\u00a09012", "123456789012", True),
    ],
)
def test_a_code_is_told_by_its_form(typed, digits, is_recovery):
    code = read_code(typed)
    assert (code.digits, code.is_recovery) == (digits, is_recovery)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "+12345", "1" * 13])
def test_what_has_no_form_of_a_code_is_none(typed):
    assert read_code(typed) is None


def test_recovery_codes_are_codes_and_differ():
    codes = {new_recovery_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(read_code(code).is_recovery for code in codes)


def test_what_is_stored_of_a_recovery_code_fits_and_tells_nothing():
    token = recovery_token(7, "123456789012", SITE_KEY)
    assert re.fullmatch(r"[\w-]{16}", token)
    assert "1234" not in token


@pytest.mark.parametrize(
    "other", [(8, "123456789012", SITE_KEY), (7, "123456789013", SITE_KEY), (7, "123456789012", "")]
)
def test_a_recovery_code_belongs_to_one_account_and_one_site(other):
    assert recovery_token(*other) != recovery_token(7, "123456789012", SITE_KEY)


def test_secret_is_typed_in_groups_of_four():
    assert in_groups(secret_to_type(KEY)) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_app_is_told_whose_account_it_is():
    address = urlsplit(enrolment_address(KEY, "ada khan", "The Clinic: IMS & more"))
    asked = {name: value for name, [value] in parse_qs(address.query).items()}
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/The Clinic IMS & more:ada khan"
    assert asked == {
        "secret": secret_to_type(KEY),
        "issuer": "The Clinic IMS & more",
        "algorithm": "SHA1",
        "digits": "6",
        "period": "30",
    }
