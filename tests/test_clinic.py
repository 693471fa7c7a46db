import pytest

from imsinfo.clinic import PHONE_FIELDS, get_clinic, phone_href, read_clinic
from imsinfo.problems import ContentError


@pytest.fixture
def own_clinic(write_content, clinic_text):
    """Return a function that puts a changed clinic.yaml in force: (old, new)."""

    def change(old, new):
        assert clinic_text.count(old) == 1
        write_content("clinic.yaml", clinic_text.replace(old, new))
        return read_clinic

    return change


def faults(read):
    with pytest.raises(ContentError) as refused:
        read()
    return [str(problem) for problem in refused.value.problems]


def line_of(text, found):
    return next(n for n, line in enumerate(text.split("\n"), start=1) if found in line)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "America/Vancouver",
            "America/Exampletown",
            "'time_zone': write a time zone such as America/Vancouver; "
            "found: America/Exampletown; repair: correct the value",
        ),
        (
            "America/Vancouver",
            "America",
            "'time_zone': write a time zone such as America/Vancouver; "
            "found: America; repair: correct the value",
        ),
        (
            'phone: "604 555 0123"',
            "phone: ask at the desk",
            "'phone': write a phone number with its digits, in quotes; "
            "found: ask at the desk; repair: correct the value",
        ),
        (
            'phone: "604 555 0123"',
            "phone: 6045550123",
            "'phone' is not text; found: 6045550123; expected: text; "
            'repair: put it in "double quotes"',
        ),
        (
            "country: CA",
            "country: FR",
            "'country' has an unknown value; found: FR; expected: AU, CA, GB, IE, NZ or US; "
            "repair: use one of these words",
        ),
        (
            "name: HealthLink BC",
            "name: ''",
            "'urgent_advice.name' is not right; "
            "expected: String should have at least 1 character; repair: correct the value",
        ),
        (
            "reply_working_days: 2",
            "reply_working_days: 21",
            "'reply_working_days' is not right; found: 21; "
            "expected: Input should be less than or equal to 20; repair: correct the value",
        ),
        (
            "video: true",
            'video: "yes"',
            "'services.video' is not right; found: yes; "
            "expected: Input should be a valid boolean; repair: correct the value",
        ),
    ],
)
def test_wrong_value_is_told(own_clinic, clinic_text, old, new, told):
    line = line_of(clinic_text, old)
    assert faults(own_clinic(old, new)) == [f"own/clinic.yaml:{line}: {told}"]


def test_missing_and_unknown_fields_are_told_together(own_clinic, clinic_text):
    line = line_of(clinic_text, "email:")
    told = [fault.split("; ")[0] for fault in faults(own_clinic("email: recep", "emial: recep"))]
    assert told == [
        "own/clinic.yaml:1: the field 'email' is missing",
        f"own/clinic.yaml:{line}: unknown field 'emial'",
    ]


@pytest.mark.parametrize("sites", ["sites: []", "sites:"])
def test_clinic_without_a_site_is_refused(write_content, clinic_text, sites):
    write_content("clinic.yaml", clinic_text.split("sites:")[0] + sites + "\n")
    [told] = faults(read_clinic)
    assert ": 'sites' is not right; " in told


def test_broken_clinic_is_told_each_time_until_it_is_repaired(write_content, clinic_text):
    path = write_content("clinic.yaml", "name: [\n")
    for _ in range(2):
        with pytest.raises(ContentError):
            get_clinic()
    path.write_text(clinic_text)
    assert get_clinic().name == "Example IMS Clinic"


def test_shipped_clinic_is_marked_as_an_example():
    assert read_clinic().example is True


@pytest.mark.parametrize(
    ("country", "number", "department"),
    [
        ("AU", "000", "emergency department"),
        ("CA", "911", "emergency department"),
        ("GB", "999", "A&E department"),
        ("IE", "112", "emergency department"),
        ("NZ", "111", "emergency department"),
        ("US", "911", "emergency room"),
    ],
)
def test_country_sets_the_emergency_number_and_words(own_clinic, country, number, department):
    clinic = own_clinic("country: CA", f"country: {country}")()
    assert (clinic.emergency_number, clinic.emergency_department, clinic.emergency_href) == (
        *(number, department),
        f"tel:{number}",
    )


@pytest.mark.parametrize(
    ("phone", "href"),
    [
        ("604 555 0123", "tel:6045550123"),
        ("(604) 555-0123", "tel:6045550123"),
        ("+1 604 555 0123", "tel:+16045550123"),
        (" +44 20 7946 0000", "tel:+442079460000"),
        ("811", "tel:811"),
    ],
)
def test_phone_becomes_an_address_to_dial(phone, href):
    assert phone_href(phone) == href


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
    } == PHONE_FIELDS
