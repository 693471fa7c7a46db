"""What people typed does nothing on any page of staff, nor in a file that leaves the site."""

import csv
import json
import re
import unicodedata
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.contrib.auth.models import User

from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import LookupHash, Note
from imsinfo.enquiries.replies import replies_for

pytestmark = [pytest.mark.db, pytest.mark.django_db]
QUEUE = "/admin/enquiries/enquiry/"
# Below it, those that show names and texts.
PAGES = ("{}/change/", "{}/print/", "{}/access/")
# NUL is left out: no form takes it, and PostgreSQL stores none.
TYPED = {
    "formula": '=HYPERLINK("https://x.example","Call me")',
    "full-width formula": "＝1+1",
    "plus": "+1+cmd|' /C calc'!A1",
    "tab": "\t@SUM(1+1)",
    "markup": "\"'><x-typed onerror=alert(1)></textarea><x-typed></x-typed><!--",
    "template": "{{ 7|add:7 }} {% now 'Y' %} {# gone #} {phone}",
    "bidi": "Zora \u202egnp.exe\u202c \u2066left\u2067 \u200fright",
    "control": "Zora \x07\x1b[31m \u2028 next",
    "long": "Ж" * 10_000,
    "long words": "many words " * 900,
}
TEXTS = ("name", "link", "their_first_name", "message", "help_needed", "phone", "email")
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Elements whose text stands in a paragraph of its own: what turns it around ends with them.
APART = {
    *("bdi", "textarea", "pre", "p", "div", "dd", "dt", "li", "td", "th", "caption", "section"),
    *("h1", "h2", "h3", "legend", "fieldset", "summary", "form", "body", "title", "main"),
}
VOID = {"input", "br", "img", "link", "meta", "use", "path", "hr", "col", "rect", "line"}


class Page(HTMLParser):
    """What a browser makes of a page: tags, attributes, and texts that stand apart from others."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.texts = set(), [], []
        self._open = [("", [])]
        self.feed(html)
        self.texts += ["".join(parts) for _, parts in self._open]

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "br":
            self.handle_data("\n")
        elif tag in APART:
            self._open.append((tag, []))

    def handle_endtag(self, tag):
        if tag in APART and any(name == tag for name, _ in self._open):
            while True:
                name, parts = self._open.pop()
                self.texts.append("".join(parts))
                if name == tag:
                    break

    def handle_data(self, data):
        self._open[-1][1].append(data)


@pytest.fixture(params=TYPED)
def typed(request):
    return TYPED[request.param]


@pytest.fixture
def enquiry(make_enquiry, admin_user, typed):
    """An enquiry in which every text is what somebody typed, and a note that says the same."""
    enquiry = make_enquiry(someone_else=True, **dict.fromkeys(TEXTS, typed))
    LookupHash.objects.bulk_create(hashes_of(enquiry))
    Note.objects.create(enquiry=enquiry, author=admin_user, text=typed)
    return enquiry


def assert_inert(html, typed):
    """No tag, no address and no attribute comes from what was typed, and nothing is turned."""
    page = Page(html)
    assert "x-typed" not in page.tags
    assert "onerror" not in {name for name, _ in page.attributes}
    outside = [value or "" for name, value in page.attributes if name != "value"]
    assert [value for value in outside if TURNS.search(value) or typed in value] == []
    turned = {text.strip() for text in page.texts if TURNS.search(text)}
    assert {text for text in turned if " ".join(text.split()) != " ".join(typed.split())} == set()


@pytest.mark.parametrize("below", ["", *PAGES])
def test_a_page_is_left_as_it_is_by_what_was_typed(admin_client, enquiry, typed, below):
    response = admin_client.get(QUEUE + below.format(enquiry.pk))
    assert response.status_code == 200
    assert_inert(response.content.decode(), typed)


@pytest.mark.parametrize("below", PAGES)
def test_a_page_shows_what_was_typed_as_it_was(admin_client, enquiry, typed, below):
    page = admin_client.get(QUEUE + below.format(enquiry.pk))
    shown = {" ".join(text.split()) for text in Page(page.content.decode()).texts}
    assert " ".join(typed.split()) in shown


def test_the_queue_tells_no_more_of_a_long_name_than_of_a_short_one(admin_client, make_enquiry):
    make_enquiry(name="Zora Quillfeather")
    short = len(admin_client.get(QUEUE).content)
    make_enquiry(**dict.fromkeys(TEXTS, TYPED["long"]))
    assert len(admin_client.get(QUEUE).content) < 2 * short


@pytest.mark.parametrize("page", ["find", "subject"])
def test_what_is_looked_for_leaves_the_page_as_it_is(admin_client, enquiry, typed, page):
    response = admin_client.post(f"{QUEUE}{page}/", {"q": typed})
    assert response.status_code in {200, 422}
    assert_inert(response.content.decode(), typed)


@pytest.mark.parametrize("word", ["Zora", "HYPERLINK", "many"])
def test_what_is_found_is_inert_as_well(admin_client, make_enquiry, word):
    for text in TYPED.values():
        one = make_enquiry(name=f"{word} {text}")
        LookupHash.objects.bulk_create(hashes_of(one))
    response = admin_client.post(f"{QUEUE}find/", {"q": word})
    assert response.content.decode().count('class="found__row"') == len(TYPED)
    for text in TYPED.values():
        assert_inert(response.content.decode(), text)


def test_a_note_to_a_refused_step_is_given_back_as_it_was(admin_client, enquiry, typed):
    note = typed[:3000]
    without_reason = {"version": enquiry.version, "text": note}
    response = admin_client.post(f"{QUEUE}{enquiry.pk}/step/close/", without_reason)
    assert response.status_code == 422
    assert_inert(response.content.decode(), typed)
    shown = {" ".join(text.split()) for text in Page(response.content.decode()).texts}
    assert " ".join(note.split()) in shown


def test_replies_hold_one_line_of_a_name_and_turn_nothing(enquiry, typed):
    for reply in replies_for(enquiry, User(first_name=typed)):
        assert not TURNS.search(reply.text + reply.subject)
        assert "\x1b" not in reply.text
        assert reply.text.startswith(f"Hello {typed.split()[0]}")
        assert "{phone}" in reply.text or "{phone}" not in typed


def exported(client):
    asked = {"reason": "report", "contact": "on", "texts": "on"}
    response = client.post(f"{QUEUE}export/", asked)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_no_cell_of_an_export_is_a_formula_or_turns_anything(admin_client, enquiry):
    rows = list(csv.reader(StringIO(exported(admin_client), newline="")))
    cells = [cell for row in rows for cell in row]
    starts = {unicodedata.normalize("NFKC", cell.lstrip())[:1] for cell in cells if cell.strip()}
    assert starts & set("=+-@") == set()
    assert [cell for cell in cells if cell[:1] in {"\t", "\r", "\n"} or TURNS.search(cell)] == []


def test_an_export_has_one_row_an_enquiry_whatever_was_typed(admin_client, enquiry):
    head, row, _end = csv.reader(StringIO(exported(admin_client), newline=""))
    assert len(head) == len(row)
    assert row[head.index("Reference")] == enquiry.reference


def test_what_is_given_out_as_json_is_what_was_typed_and_nothing_else(admin_client, enquiry, typed):
    response = admin_client.post(f"{QUEUE}{enquiry.pk}/access.json")
    text = b"".join(response.streaming_content).decode()
    assert response["Content-Type"].startswith("application/json")
    assert typed in set(texts_in(json.loads(text)))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text)
    assert not TURNS.search(text)


def texts_in(value):
    """Every text in a JSON value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)
