"""What is typed stays in the form's own pages and, encrypted, in the database: nowhere else."""

import base64
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
from django.db import connection

from tests.enquiries.marked_visit import COMMANDS, CONTROL, PHONE, TEXTS, WORD, marked_visit

# It visits a site of its own, which takes a quarter of a minute.
pytestmark = [pytest.mark.db, pytest.mark.thorough]

STATUS = {
    "signs": 200,
    "questions": 200,
    "check": 200,
    "change": 200,
    "sent": 303,
    "correction": 409,
    "first of one network": 303,
    "too many": 429,
    "not stored": 503,
    "last page": 200,
    "fault": 500,
    "from elsewhere": 403,
    "too long": 413,
    "too many fields": 400,
    "no form": 400,
    "other charset": 400,
    "no such page": 405,
    "only to be read": 405,
    "under 18": 303,
    "no agreement": 303,
    "forged": 200,
    "spam": 303,
    "no such address": 404,
    "searched": 200,
    "headers": 404,
    "another host": 400,
    "another method": 405,
    "file": 400,
    "odd sender": 200,
    # Staff, on the way in and at work.
    "user name": 200,
    "no token": 403,
    "code": 200,
    "ended": 403,
    "look-up": 200,
    "look-up for access": 200,
    "note": 302,
    "refused note": 422,
    "contact": 302,
    "caller": 200,
    "caller stored": 303,
    "export": 200,
    "refused export": 422,
    "refused erasure": 422,
    "erasure": 302,
    "password": 200,
    "odd filter": 400,
    "odd audit": 422,
    "odd audit behind a reference": 422,
    "no page of staff": 404,
}
# Pages that give back to its sender what was typed.
KEEPING = ("questions", "check", "change", "correction", "too many", "not stored")
# Pages that give back the one text that was typed into them.
GIVING_BACK = {
    *(
        "searched",
        "user name",
        "code",
        "ended",
        "look-up",
        "look-up for access",
        "refused note",
        "caller",
    ),
    *("refused export", "refused erasure", "odd audit", "odd audit behind a reference"),
}


def spellings(text: str) -> Iterator[bytes]:
    """Yield a text as bytes, as hex, percent-encoded, and as base64 wherever it may begin."""
    for raw in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield raw
        yield raw.hex().encode()
        for before in range(3):
            # The letters that its neighbours have no part in.
            whole = base64.b64encode(b"\0" * before + raw)
            yield whole[-(-before * 4 // 3) : (before + len(raw)) * 4 // 3]
    yield "".join(f"%{code:02x}" for code in text.encode()).encode()


SOUGHT = {
    spelling.lower()
    for text in (WORD, PHONE, *(PHONE.replace(" ", by) for by in ("", "-", "+", "%20")), PHONE[4:])
    for spelling in spellings(text)
}


def found_in(content: bytes | str) -> set[bytes]:
    """Return the spellings of the marker that stand in a content."""
    content = (content if isinstance(content, bytes) else content.encode()).lower()
    return {spelling for spelling in SOUGHT if spelling in content}


class Page(HTMLParser):
    """The title of a page, and every address in it."""

    def __init__(self, html: bytes):
        super().__init__()
        self.title, self.addresses = "", []
        self._in_title = False
        self.feed(html.decode())

    def handle_starttag(self, tag, attrs):
        self._in_title = tag == "title"
        self.addresses += [
            value for name, value in attrs if name in {"href", "action", "formaction", "src"}
        ]

    def handle_data(self, data):
        if self._in_title:
            self.title += data


@pytest.fixture(scope="module")
def traces(tmp_path_factory, prepared_site):
    """What a visit leaves on the kind of database that the tests run on, in one of its own."""
    folder = tmp_path_factory.mktemp("site")
    with marked_visit(folder, connection.vendor, prepared_site) as traces:
        yield traces


ENCODINGS = {
    "plain": bytes,
    "capitals": bytes.upper,
    "hex": lambda raw: raw.hex().encode(),
    "base64": base64.b64encode,
    "urlsafe base64": base64.urlsafe_b64encode,
    "percent": lambda raw: "".join(f"%{code:02X}" for code in raw).encode(),
    "utf-16": lambda raw: raw.decode().encode("utf-16"),
}


@pytest.mark.parametrize("around", [b"", b"a", b"ab", b"abc", b"name=", b"\nmore than that "])
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_search_finds_words_and_number_in_any_disguise(encode, around):
    for marker in (WORD, PHONE, PHONE.replace(" ", "")):
        assert found_in(encode(around + marker.encode() + around)), marker


def test_search_finds_nothing_where_nothing_is():
    assert found_in(f"{CONTROL} 604 555 0177") == set()


def test_every_state_was_visited(traces):
    assert {state: answer.status for state, answer in traces.answers.items()} == STATUS


def test_what_was_typed_is_stored_and_can_be_read(traces):
    assert TEXTS in traces.stored


@pytest.mark.parametrize("state", KEEPING)
def test_page_of_the_form_gives_back_what_was_typed(traces, state):
    kept = unescape(traces.answers[state].body.decode())
    asked = [text for name, text in TEXTS.items() if name not in {"message", "email"}]
    assert [text for text in (WORD, *asked) if text not in kept] == []


@pytest.mark.parametrize("state", sorted(STATUS.keys() - set(KEEPING) - GIVING_BACK))
def test_other_page_holds_nothing_typed(traces, state):
    assert found_in(traces.answers[state].body) == set()


@pytest.mark.parametrize("state", STATUS)
def test_title_addresses_and_headers_hold_nothing_typed(traces, state):
    answer = traces.answers[state]
    page = Page(answer.body)
    assert found_in(repr((page.title, page.addresses, answer.headers))) == set()


def test_log_tells_of_faults_and_of_nothing_typed(traces):
    faults = ("builtins.RuntimeError at", "django.db.utils.IntegrityError at", "imsinfo.requests")
    assert [words for words in faults if words.encode() not in traces.log] == []
    assert found_in(traces.log) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_command_tells_nothing_typed(traces, command):
    assert found_in(traces.told[command]) == set()


def test_mails_hold_nothing_typed(traces):
    assert traces.mails.count(b"Message-ID: ") >= 2
    assert found_in(traces.mails) == set()


def test_database_files_hold_nothing_typed(traces):
    found = {name: found_in(content) for name, content in traces.files.items()}
    assert {name: spelt for name, spelt in found.items() if spelt} == {}
    assert CONTROL.encode() in b"".join(traces.files.values())


@pytest.mark.only_on("sqlite")
def test_database_files_were_read_with_the_log_that_is_written_first(traces):
    assert {f"imsinfo.sqlite3{end}" for end in ("", "-wal", "-shm")} <= set(traces.files)


def test_everything_else_that_the_site_writes_was_read_too(traces):
    folders = {name.partition("/")[0] for name in traces.files}
    assert {"backups", "generations", "keys", "mail", "prepared"} <= folders


@pytest.mark.only_on("sqlite")
def test_backup_that_is_opened_holds_nothing_typed(traces):
    assert (CONTROL.encode() in traces.backup, found_in(traces.backup)) == (True, set())


def test_copy_of_the_database_holds_nothing_typed(traces):
    assert (CONTROL.encode() in traces.copy, found_in(traces.copy)) == (True, set())


@pytest.mark.only_on("postgresql")
def test_log_of_the_database_holds_nothing_typed(traces):
    """It tells refused rows, and here every statement too, each with its values.

    At sign-in an account is looked for by the name that is typed; that statement alone names it.
    """
    told = (b"Failing row contains", b"already exists", CONTROL.encode())
    assert [words for words in told if words not in traces.database_log] == []
    lines = traces.database_log.splitlines()
    kept = [line for line in lines if b'WHERE "auth_user"."username" = ' not in line]
    assert found_in(b"\n".join(kept)) == set()


def test_lists_of_staff_hold_nothing_typed(traces):
    lists = traces.staff["lists"]
    assert "/admin/enquiries/enquiry/" in lists
    assert {path for path, html in lists.items() if CONTROL not in html or found_in(html)} == set()


def test_log_of_staff_holds_nothing_typed(traces):
    log = repr(traces.staff["log"])
    assert {"noted", "searched", "erased", "exported"} <= {
        action for action, *_ in traces.staff["log"]
    }
    assert found_in(log) == set()


def test_session_of_staff_holds_nothing_typed(traces):
    sessions = traces.staff["sessions"]
    assert (bool(sessions), found_in(repr(sessions))) == (True, set())
