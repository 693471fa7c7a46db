import pytest

from imsinfo.countries import COUNTRIES


def words(country):
    own = COUNTRIES[country]
    return (
        *(own.emergency_number, own.emergency_department, own.physiotherapist),
        own.family_doctor,
    )


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("AU", ("000", "emergency department", "physiotherapist", "GP")),
        ("CA", ("911", "emergency department", "physiotherapist", "family doctor")),
        ("GB", ("999", "A&E department", "physiotherapist", "GP")),
        ("IE", ("112", "emergency department", "physiotherapist", "GP")),
        ("NZ", ("111", "emergency department", "physiotherapist", "GP")),
        ("US", ("911", "emergency room", "physical therapist", "primary care doctor")),
    ],
)
def test_country_has_its_own_number_and_words(country, expected):
    assert words(country) == expected


@pytest.mark.parametrize(
    ("country", "law", "regulator"),
    [
        ("AU", "Privacy Act 1988", "oaic.gov.au"),
        ("CA", "Personal Information Protection and Electronic Documents Act", "priv.gc.ca"),
        ("GB", "UK GDPR and the Data Protection Act 2018", "ico.org.uk"),
        ("IE", "General Data Protection Regulation", "dataprotection.ie"),
        ("NZ", "Privacy Act 2020 and the Health Information Privacy Code 2020", "privacy.org.nz"),
        ("US", "Health Insurance Portability and Accountability Act", "hhs.gov/ocr"),
    ],
)
def test_country_names_its_own_law_and_regulator(country, law, regulator):
    own = COUNTRIES[country]
    assert (law in own.privacy_law, own.privacy_regulator.endswith(f" ({regulator})")) == (
        *(True, True),
    )


def test_every_text_of_a_country_fits_into_a_sentence():
    texts = [text for country in COUNTRIES.values() for text in vars(country).values()]
    assert [text for text in texts if text != text.strip() or text.endswith(".")] == []
