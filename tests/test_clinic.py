import re

import pytest

from imsinfo.clinic import PHONE_FIELDS, Clinic, get_clinic, phone_href, read_clinic
from imsinfo.countries import COUNTRIES
from imsinfo.problems import ContentError


@pytest.fixture
def own_clinic(write_content, clinic_text):
    """Return a function that puts a changed clinic.yaml in force: (old, new)."""

    def change(old, new):
        assert clinic_text.count(old) == 1
        write_content("clinic.yaml", clinic_text.replace(old, new))
        return read_clinic

    return change


def test_broken_clinic_is_told_each_time_until_it_is_repaired(write_content, clinic_text):
    path = write_content("clinic.yaml", "name: [\n")
    for _ in range(2):
        with pytest.raises(ContentError):
            get_clinic()
    path.write_text(clinic_text)
    assert get_clinic().name == "Example IMS Clinic"


def test_shipped_clinic_is_marked_as_an_example():
    assert read_clinic().example is True


def test_country_sets_numbers_words_and_law(own_clinic):
    clinic = own_clinic("country: CA", "country: GB")()
    country = COUNTRIES["GB"]
    words = {
        "country": country.name,
        "emergency_number": country.emergency_number,
        "emergency_department": country.emergency_department,
        "family_doctor": country.family_doctor,
        "physiotherapist": country.physiotherapist,
        "privacy_law": country.privacy_law,
        "privacy_regulator": country.privacy_regulator,
    }
    assert clinic.fields.items() >= words.items()


@pytest.mark.parametrize("country", COUNTRIES)
def test_emergency_number_of_the_country_can_be_called(own_clinic, country):
    clinic = own_clinic("country: CA", f"country: {country}")()
    assert clinic.emergency_href == f"tel:{COUNTRIES[country].emergency_number}"


@pytest.mark.parametrize(("days", "words"), [(1, "1 working day"), (2, "2 working days")])
def test_reply_time_is_told_in_words(own_clinic, days, words):
    clinic = own_clinic("reply_working_days: 2", f"reply_working_days: {days}")()
    assert clinic.reply_time == words


def test_hours_of_one_site_stand_alone():
    assert read_clinic().hours == ("Monday to Thursday, 08:00 to 18:00; Friday, 08:00 to 16:00")


def test_hours_of_several_sites_name_each(write_content, clinic_text):
    second = (
        "  - name: Harbour\n    address: [2 Example Street]\n"
        '    hours:\n      - {days: Saturday, opens: "09:00", closes: "12:00"}\n'
    )
    write_content("clinic.yaml", clinic_text + second)
    assert read_clinic().hours == (
        "Main Street: Monday to Thursday, 08:00 to 18:00; Friday, 08:00 to 16:00. "
        "Harbour: Saturday, 09:00 to 12:00"
    )


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Phone {clinic.phone}.", "Phone 604 555 0123."),
        ("{clinic.advice_name}: {clinic.advice_number}", "HealthLink BC: 811"),
        ("{clinic.unknown} stays", "{clinic.unknown} stays"),
        ("{figure:one} and {} stay", "{figure:one} and {} stay"),
    ],
)
def test_fill_writes_the_clinics_values(text, filled):
    assert read_clinic().fill(text) == filled


def test_phone_fields_are_fields_with_numbers():
    fields = read_clinic().fields
    assert {name for name in fields if phone_href(fields[name]) != "tel:"} - {
        *("text_relay", "hours", "reply_time", "crisis_name"),
        *("keep_closed_days", "keep_at_most_days"),
    } == PHONE_FIELDS


def test_pages_say_how_long_enquiries_are_kept_as_it_is_set(settings):
    settings.KEEP_CLOSED_DAYS, settings.KEEP_AT_MOST_DAYS = 1, 400
    assert read_clinic().fill("{clinic.keep_closed_days}, {clinic.keep_at_most_days}") == (
        "1 day, 400 days"
    )


def test_every_field_that_an_article_may_use_has_a_value(write_content, clinic_text):
    kept = [line for line in clinic_text.split("\n") if not line.startswith("insurance_note")]
    write_content("clinic.yaml", "\n".join(kept))
    assert [name for name, value in read_clinic().fields.items() if not value] == []


@pytest.mark.parametrize(
    ("lines", "uri"),
    [
        ("", "mailto:reception@clinic.example"),
        ("security_contact: it@clinic.example\n", "mailto:it@clinic.example"),
        ("security_contact: https://clinic.example/it\n", "https://clinic.example/it"),
    ],
)
def test_security_contact_is_an_address_for_machines(write_content, clinic_text, lines, uri):
    write_content("clinic.yaml", clinic_text + lines)
    assert read_clinic().security_uri == uri


@pytest.fixture
def guide(settings):
    """The editor's guide, a section by its heading."""
    text = (settings.BASE_DIR / "content/README.md").read_text()
    return lambda heading: text.split(f"# {heading}\n")[1].split("\n## ")[0]


def test_guide_explains_every_field_of_the_file(guide):
    told = set(re.findall("`([a-z_]+)[`:]", guide("Set up your clinic")))
    assert Clinic.model_fields.keys() - told == set()


def test_guide_explains_every_field_that_an_article_may_use(guide):
    told = re.findall(r"`\{clinic\.([a-z_]+)\}`", guide("Clinic details"))
    assert sorted(told) == sorted(read_clinic().fields)


def test_prices_keep_their_order_and_a_note_may_be_left_out(own_clinic):
    clinic = own_clinic('price: "$100", note: This price is made up.', 'price: "$100"')()
    assert [(row.what, row.price, row.note) for row in clinic.prices] == [
        ("First visit, 60 minutes", "$100", None),
        ("Later visit, 30 minutes", "$60", "This price is made up."),
    ]
