"""Whatever is typed or sent, the form answers, keeps it, and never takes it for its own markup."""

import re
from collections.abc import Iterator
from encodings.aliases import aliases
from html.parser import HTMLParser
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.forms import BooleanField
from hypothesis import HealthCheck, example, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from imsinfo.enquiries.forms import AnswersForm, SafetyForm
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.references import unsign
from imsinfo.enquiries.typed_text import normalised
from imsinfo.web.headers import ALWAYS
from tests.enquiries.conftest import FOR_SOMEONE, VALID
from tests.extent import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]
bounded = tuned(
    max_examples=examples(100),
    deadline=None,
    # One database for all examples: what an earlier one stored must not matter either.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
ADDRESSES = ("/enquiry/", "/enquiry/check/", "/enquiry/send/")
MY_TEXTS = ("message", "name", "phone", "email", "help_needed")
TEXTS = (*MY_TEXTS, "link", "their_first_name")
FIELDS = sorted({*AnswersForm.base_fields, *SafetyForm.base_fields, "change", "next", "unknown"})
KNOWN_ID = str(uuid4())
BASES = (
    {},
    {"who": "me", "none": "on"},
    VALID | {"submission_id": KNOWN_ID},
    VALID | FOR_SOMEONE | {"submission_id": KNOWN_ID, "doctor_first": "True"},
)
# Every address that the form leads to, and nothing beside it.
ON = re.compile(
    r"/enquiry/(emergency|today|under-18|agreement)/"
    r"|/enquiry/(doctor-first|questions)/(someone/)?"
    r"|/enquiry/sent/\?r=[CDFGHJKMNPQRTWXY34679-]{12}:[0-9]+:[A-Za-z0-9_-]+"
)

MARKUP = (
    *('"><zq-typed>', "'><zq-typed zq=1>", "</textarea><zq-typed>", "</title><zq-typed>"),
    *('" zq="', "' zq='", "<script>alert(1)</script>", "<!--", "]]>", "&lt;zq-typed&gt;", "&#0;"),
    *("{{ form.name }}", "{% now 'Y' %}", "{# zq #}", "%(name)s", "%s", "\\", "%00", "+"),
)
SIGNS = (
    *("\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\u200f", "\ufeff"),
    *("\n", "\r\n", "\r", "\t", "\v", "e\u0301", "\u0301", "o" + "\u0323" * 40, "\u0958", "ﷺ"),
    *("\ud800", "\udfff", "\uffff", "\U0010ffff", "👩‍👩‍👧", "می‌خواهم", "שלום", "İß", "١٢٣"),
)
long_texts = st.builds(lambda sign, times: sign * times, st.sampled_from("aä<👩"), st.just(2500))
typed = (
    st.lists(st.sampled_from(MARKUP), min_size=1, max_size=3).map("".join)
    | st.lists(st.sampled_from(MARKUP + SIGNS) | st.text(st.characters()), max_size=5).map("".join)
    | long_texts
)
chosen = st.sampled_from([*(value for base in BASES for value in base.values()), "no", "email", ""])
# What a person types who hides no sign in it; short enough for the shortest field (60 signs), even
# where composing lengthens it.
plainly_typed = st.lists(
    st.sampled_from([sign for sign in MARKUP if sign != "\\"])
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=8),
    max_size=3,
).map(lambda parts: "".join(parts)[:50])


@st.composite
def answers_sent(draw, fields=FIELDS, bases=BASES):
    """Draw answers as (name, value), some odd, some missing, some doubled, in any order."""
    sent = {name: [value] for name, value in draw(st.sampled_from(bases)).items()}
    # Often the texts alone are odd: then the answers go as far as they can.
    changed = draw(st.sampled_from([fields, TEXTS[:2]]))
    values = st.lists(typed | chosen, max_size=2)
    sent |= draw(st.dictionaries(st.sampled_from(changed), values, max_size=8))
    return draw(st.permutations([(name, value) for name in sent for value in sent[name]]))


class Page(HTMLParser):
    """What a browser makes of a page: its elements, and what its form would send again.

    elements: each with the names of its attributes.
    """

    def __init__(self, html: bytes):
        super().__init__()
        self.elements, self.sent = [], []
        self._text_of = None
        self.feed(html.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        found = dict(attrs)
        if tag == "textarea":
            self._text_of = found["name"]
            self.sent.append((self._text_of, ""))
        chosen = found.get("type") not in {"radio", "checkbox"} or "checked" in found
        if tag == "input" and found.get("type") != "submit" and chosen:
            self.sent.append((found["name"], found.get("value") or ""))

    def handle_data(self, data):
        if self._text_of:
            name, before = self.sent.pop()
            self.sent.append((name, before + data))

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser leaves out the line end that follows the opening tag.
            name, text = self.sent.pop()
            self.sent.append((name, text.removeprefix("\n")))
            self._text_of = None


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.ENQUIRIES_IN_TEN_MINUTES = settings.ENQUIRIES_IN_A_DAY = 1_000_000


@pytest.fixture
def post(wsgi):
    """Return a function that sends answers as a browser does; a lone surrogate as its bytes."""

    def post(address, pairs):
        raw = [(name, value.encode("utf-8", "surrogatepass")) for name, value in pairs]
        return wsgi("POST", address, urlencode(raw).encode(), CONTENT_TYPE=FORM)

    return post


@pytest.fixture
def known_elements(post):
    """Return every kind of element that the form's pages have where plain words were typed."""
    plain = [[(name, "plain") for name in FIELDS], *([*base.items()] for base in BASES)]
    plain += [[*base.items(), ("name", ""), ("phone", "1"), ("adult", "")] for base in BASES]
    plain += [[*BASES[-1].items(), ("message", text)] for text in ("Other words\n", "long" * 200)]
    pages = [post(address, pairs) for address in ADDRESSES for pairs in plain]
    return {kind for page in pages for kind in kinds_of_element(page.body)}


def kinds_of_element(html: bytes) -> set[tuple[str, str]]:
    """Return each element with each of its attributes, and with none."""
    return {(tag, name) for tag, names in Page(html).elements for name in (*names, "")}


def as_read(text: str) -> str:
    """Return a typed text as the site means to keep it."""
    return normalised(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))


def texts_kept(page: Page) -> dict[str, str]:
    """Return the typed texts that a page of questions or of answers would send again."""
    sent = dict(page.sent)
    asked = TEXTS if BooleanField(required=False).to_python(sent.get("someone_else")) else MY_TEXTS
    return {name: normalised(sent.get(name, "")) for name in asked}


def misplaced(answer) -> Iterator[str]:
    """Yield what no answer of the site may have, whatever was sent."""
    if not 200 <= answer.status < 500:
        yield f"status {answer.status}"
    for name, value in ALWAYS:
        if [found for found in answer.lines if found[0].lower() == name.lower()] != [(name, value)]:
            yield name
    if b"<zq-typed" in answer.body or b"<script>alert" in answer.body:
        yield "markup that was typed"
    yield from (f"cookie {line}" for line in answer.lines if line[0].lower() == "set-cookie")


@bounded
@given(address=st.sampled_from(ADDRESSES), pairs=answers_sent())
def test_any_answers_get_a_page_or_lead_on_to_one_without_them(post, address, pairs):
    answer = post(address, pairs)
    assert list(misplaced(answer)) == []
    if answer.status == 303:
        assert ON.fullmatch(answer.headers["location"])
    else:
        assert answer.status in {200, 409}


@bounded
@given(address=st.sampled_from(ADDRESSES), pairs=answers_sent())
def test_nothing_typed_becomes_an_element(post, known_elements, address, pairs):
    assert kinds_of_element(post(address, pairs).body) - known_elements == set()


@bounded
@given(address=st.sampled_from(ADDRESSES[1:]), pairs=answers_sent(bases=BASES[2:]))
def test_a_page_that_comes_back_holds_every_typed_text(post, address, pairs):
    answer = post(address, pairs)
    if answer.status != 303:
        kept = texts_kept(Page(answer.body))
        assert kept == {name: as_read(dict(pairs).get(name, "")) for name in kept}


@bounded
@given(texts=st.fixed_dictionaries({"name": plainly_typed, "message": plainly_typed}))
def test_the_check_page_has_the_same_elements_whatever_was_typed(post, texts):
    def elements(**changes):
        answer = post("/enquiry/check/", (VALID | changes).items())
        assert b"Send your enquiry</button>" in answer.body
        return [element for element in Page(answer.body).elements if element[0] != "br"]

    name = f"Z{texts['name']}"
    assert elements(name=name, message=texts["message"]) == elements(message="plain")


@bounded
@given(
    texts=st.fixed_dictionaries(dict.fromkeys(TEXTS, plainly_typed)),
    email=st.sampled_from(["", "ada@example.org", "o'hara+ims@bücher.example"]),
)
def test_what_was_typed_is_stored(post, texts, email):
    texts = {name: f"Z{text}" for name, text in texts.items()} | {"email": email}
    texts["message"] = f"one\r\n{texts['message']}\rthree"
    texts["phone"] = re.sub(r"\d", "", f"{texts['phone']}"[:20]) + "604 555 0177"
    sent = VALID | FOR_SOMEONE | texts | {"submission_id": str(uuid4())}
    answer = post("/enquiry/send/", sent.items())
    assert (answer.status, texts) == (303, texts)
    [signed] = parse_qs(urlsplit(answer.headers["location"]).query)["r"]
    stored = Enquiry.objects.get(reference=unsign(signed).reference)
    expected = {name: normalised(text).strip() for name, text in texts.items()}
    assert {name: getattr(stored, name) for name in texts} == expected


HIDDEN = ("someone_else", "doctor_first", "submission_id", "corrects")
SIGNED = ("consent_version", "check_stamp", "subject")


@bounded
@given(pairs=answers_sent(fields=[*HIDDEN, *SIGNED], bases=BASES[2:3]))
def test_odd_hidden_fields_lose_no_text(post, pairs):
    sent = [*pairs, ("message", text := f"Kept {uuid4()}")]
    answer = post("/enquiry/send/", sent)
    if answer.status == 303:
        assert text in [enquiry.message for enquiry in Enquiry.objects.order_by("-pk")[:1]]
    else:
        assert texts_kept(Page(answer.body))["message"] == text


@bounded
@given(typed)
def test_any_signature_of_the_last_page_is_answered_kindly(wsgi, text):
    raw = quote(text.encode("utf-8", "surrogatepass"))[:3900]
    answer = wsgi("GET", f"/enquiry/sent/?r={raw}")
    assert list(misplaced(answer)) == []
    assert b"This address does not show a reference" in answer.body


# Headers as a server hands them on: bytes as latin-1, no control characters.
headers = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))
charsets = st.sampled_from([*sorted(aliases), "idna", "punycode", "undefined", "utf-7", "none"])
kinds = (
    st.sampled_from([FORM, PARTS, "multipart/form-data", "text/plain", "application/json", ""])
    | st.builds("{}; charset={}".format, st.sampled_from([FORM, PARTS]), charsets)
    | st.builds("{}; {}".format, st.sampled_from([FORM, PARTS]), headers)
    | headers
)
names = st.sampled_from([name.encode() for name in FIELDS]) | st.binary(max_size=20)
values = st.binary(max_size=60) | typed.map(lambda text: text.encode("utf-8", "surrogatepass"))
forms = st.lists(st.tuples(names, values), max_size=120).map(
    lambda pairs: urlencode(pairs).encode()
)
soups = st.lists(st.sampled_from(b"%&=+;0aF\x00\xff<>"), max_size=300).map(bytes)
part_headers = st.sampled_from(
    [
        *(b'name="name"', b"name*=utf-8''name", b"name*=none''name", b"name*=idna''%ff", b"name="),
        *(b'name="name"; filename="a"', b"name=name\r\nContent-Transfer-Encoding: base64"),
        *(b"name=name\r\nContent-Type: text/plain; charset=utf-7", b'name="\xff\x00"', b""),
    ]
)
part = b"--x\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n"
multiparts = st.builds(
    lambda parts, end: b"".join(part % each for each in parts) + end,
    st.lists(st.tuples(part_headers | names, values), max_size=120),
    st.sampled_from([b"--x--\r\n", b"--x", b""]),
)
lengths = st.none() | st.integers(-5, 400_000).map(str) | st.sampled_from(["", "²", "9" * 5000])


@bounded
@given(
    address=st.sampled_from(ADDRESSES),
    body=st.binary(max_size=2000) | forms | soups | multiparts,
    kind=kinds,
    length=lengths,
)
def test_any_body_is_answered(wsgi, address, body, kind, length):
    length = str(len(body)) if length is None else length
    answer = wsgi("POST", address, body, CONTENT_TYPE=kind, CONTENT_LENGTH=length)
    assert list(misplaced(answer)) == []


SURROGATE = part % (b"name=message", b"+2AA- \\ud800 \xff") + b"--x--\r\n"


@bounded
@given(charset=charsets)
@example(charset="unicode_escape")
@example(charset="'idna'")
@example(charset=r'"\undefined"')
@example(charset="; charset = utf-7")
@pytest.mark.parametrize("address", ADDRESSES)
def test_any_charset_is_answered(wsgi, address, charset):
    kind = f"{PARTS}; charset={charset}"
    answers = [
        wsgi("POST", address, SURROGATE, CONTENT_TYPE=kind),
        wsgi("GET", "/enquiry/sent/?r=%5Cud800+2AA-", CONTENT_TYPE=kind),
    ]
    assert [fault for answer in answers for fault in misplaced(answer)] == []


@bounded
@given(method=st.sampled_from(["GET", "HEAD", "POST", "PUT"]), below=typed, query=typed)
def test_any_address_is_answered(wsgi, method, below, query):
    below, query = (quote(text.encode("utf-8", "surrogatepass")) for text in (below, query))
    answer = wsgi(method, f"/enquiry/{below}?r={query}&{query}", CONTENT_TYPE=FORM)
    assert list(misplaced(answer)) == []


@pytest.mark.parametrize(("count", "status"), [(99, 200), (101, 400)])
def test_more_fields_than_a_form_has_are_refused(post, count, status):
    answer = post("/enquiry/check/", [(f"field{number}", "x") for number in range(count)])
    assert (answer.status, list(misplaced(answer))) == (status, [])
