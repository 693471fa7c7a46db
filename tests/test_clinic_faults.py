import pytest

from imsinfo.clinic import read_clinic
from imsinfo.problems import ContentError


@pytest.fixture
def own_clinic(write_content, clinic_text):
    """Return a function that puts a changed clinic.yaml in force: (old, new)."""

    def change(old, new):
        assert clinic_text.count(old) == 1
        write_content("clinic.yaml", clinic_text.replace(old, new))
        return read_clinic

    return change


@pytest.fixture
def more(write_content, clinic_text):
    """Return a function that puts the shipped clinic.yaml with further lines in force."""

    def more(lines):
        write_content("clinic.yaml", clinic_text + lines)
        return read_clinic

    return more


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
            "'phone' is not right; found: ask at the desk; expected: the digits of a phone "
            'number in quotes, without words, such as "604 555 0123"; repair: correct the value',
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
            "email: reception@clinic.example",
            "email: reception at clinic.example",
            "'email' is not right; found: reception at clinic.example; "
            "expected: an email address such as reception@clinic.example; "
            "repair: correct the value",
        ),
        (
            "days: Friday",
            "days: Fri",
            "'sites.1.hours.2.days' is not right; found: Fri; expected: days such as "
            '"Friday", "Monday to Thursday" or "Monday, Wednesday and Friday"; '
            "repair: correct the value",
        ),
        (
            'closes: "16:00"',
            "closes: 16:00",
            "'sites.1.hours.2.closes' is not text; found: 960; expected: text; "
            'repair: put it in "double quotes"',
        ),
        (
            'closes: "16:00"',
            'closes: "4 pm"',
            "'sites.1.hours.2.closes' is not right; found: 4 pm; "
            'expected: a time in quotes such as "08:00"; repair: correct the value',
        ),
        (
            'closes: "16:00"',
            'closes: "08:00"',
            "'sites.1.hours.2.closes' is not right; found: 08:00; "
            "expected: a time after 08:00, when the clinic opens; repair: correct the value",
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


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (
            "booking_link",
            "http://book.clinic.example/",
            "found: http://book.clinic.example/; expected: an address that begins with https://, "
            "such as https://clinic.example/",
        ),
        (
            "security_contact",
            "ask us",
            "found: ask us; expected: an email address, or an address that begins with https://",
        ),
        (
            "logo",
            "logo.png",
            "found: logo.png; expected: an SVG file in images/, in small letters, "
            "such as images/logo.svg",
        ),
        (
            "logo",
            "images/../clinic.svg",
            "found: images/../clinic.svg; expected: an SVG file in images/, in small letters, "
            "such as images/logo.svg",
        ),
    ],
)
def test_wrong_optional_value_is_told(more, clinic_text, field, value, told):
    line = clinic_text.count("\n") + 1
    assert faults(more(f"{field}: {value}\n")) == [
        f"own/clinic.yaml:{line}: '{field}' is not right; {told}; repair: correct the value"
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'price: "$100"',
            "price: 100",
            "'prices.1.price' is not text; found: 100; expected: text; "
            'repair: put it in "double quotes"',
        ),
        (
            'price: "$100", ',
            "",
            "the field 'prices.1.price' is missing; repair: add a line 'price: …'",
        ),
        (
            "date: 2026-12-25",
            "date: 25 December",
            "'holidays.1.date' is not a date; found: 25 December; "
            "expected: a date such as 2026-11-21; repair: write year-month-day",
        ),
        (
            "{date: 2026-12-25, name",
            "{name",
            "the field 'holidays.1.date' is missing; repair: add a line 'date: …'",
        ),
        (
            "{date: 2026-12-25",
            "{from: 2026-12-25",
            "the field 'holidays.1.to' is missing; repair: add a line 'to: …'",
        ),
        (
            "{date: 2026-12-25",
            "{to: 2026-12-25",
            "the field 'holidays.1.from' is missing; repair: add a line 'from: …'",
        ),
        (
            "{date: 2026-12-25",
            "{date: 2026-12-25, to: 2026-12-28",
            "'holidays.1.to' is not right; found: 2026-12-28; "
            "expected: either 'date' alone, or 'from' and 'to'; repair: correct the value",
        ),
        (
            "{date: 2026-12-25",
            "{from: 2026-12-25, to: 2026-12-24",
            "'holidays.1.to' is not right; found: 2026-12-24; "
            "expected: a day after 'from', at most a year later; repair: correct the value",
        ),
        (
            "{date: 2026-12-25",
            "{from: 2026-12-25, to: 2062-12-26",
            "'holidays.1.to' is not right; found: 2062-12-26; "
            "expected: a day after 'from', at most a year later; repair: correct the value",
        ),
    ],
)
def test_wrong_entry_of_a_list_is_told(own_clinic, clinic_text, old, new, told):
    line = line_of(clinic_text, old)
    assert faults(own_clinic(old, new)) == [f"own/clinic.yaml:{line}: {told}"]


@pytest.mark.parametrize(
    ("field", "colour", "expected"),
    [
        ("light", "teal", 'a colour in quotes such as "#0b5459"'),
        ("light", "#ffcc0", 'a colour in quotes such as "#0b5459"'),
        ("light", "#0b5459;}", 'a colour in quotes such as "#0b5459"'),
        (
            "light",
            "#ffcc00",
            "a darker colour: the contrast of this one on #f1eadd is 1.26, at least 4.5 is needed",
        ),
        (
            "dark",
            "#0b5459",
            "a lighter colour: the contrast of this one on #252220 is 1.82, at least 4.5 is needed",
        ),
        ("light", "#a1160e", "another colour: red is for emergencies alone"),
        ("dark", "#f3b53f", "another colour: amber is for urgent advice alone"),
    ],
)
def test_wrong_accent_colour_is_told(more, clinic_text, field, colour, expected):
    colours = {"light": "#0b5459", "dark": "#7fd0ca"} | {field: colour}
    lines = "".join(f'  {name}: "{value}"\n' for name, value in colours.items())
    line = clinic_text.count("\n") + 2 + list(colours).index(field)
    assert faults(more(f"accent_colour:\n{lines}")) == [
        f"own/clinic.yaml:{line}: 'accent_colour.{field}' is not right; found: {colour}; "
        f"expected: {expected}; repair: correct the value"
    ]


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
