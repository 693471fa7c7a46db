import os
import queue
import re
import shutil
import threading
from datetime import UTC, datetime

import pytest

from imsinfo.articles.library import get_library
from imsinfo.clinic import get_clinic
from imsinfo.content import build_everything, put_in_force
from imsinfo.editions import following
from imsinfo.editions.following import Follower, OneEdition, follow
from imsinfo.editions.generations import generations_folder, newest_whole, touch_current
from imsinfo.editions.publishing import publish
from imsinfo.red_flags import get_red_flags

MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)
SIGNS = """\
form_lines:
- {{key: line, level: emergency, line: "{word} on the form"}}
before_needling:
- id: E1
  level: emergency
  form_line: line
  regions: [any]
  sign: "{word} as a sign"
  action: "Call."
  sources: []
after_needling: []
"""
PATHS = ("/aftercare/", "/", "/enquiry/", "/no-such-page/")


@pytest.fixture
def say(small_site, clinic_text, write_page):
    """Return a function that puts one word in every part of the content and publishes it."""

    def say(word):
        clinic = clinic_text.replace("Example IMS Clinic", f"{word} clinic")
        (small_site / "clinic.yaml").write_text(clinic)
        (small_site / "red-flags.yaml").write_text(SIGNS.format(word=word))
        for name in ("index.md", "aftercare.md"):
            text = f"{word} on the page. {{clinic.name}}.\n\n::: red-flags neck\n:::"
            write_page(small_site / name, text)
        publish(generations_folder(), MONDAY, tuple)
        return newest_whole(generations_folder()).path

    return say


@pytest.fixture
def follower(small_site):
    return Follower(generations_folder())


def name():
    return get_clinic().name


def words():
    """The words of everything that is shown now."""
    page = get_library().get("/aftercare/").body
    told = f"{name()} {page} {get_red_flags()}"
    return set(re.findall(r"word-\w+", told))


def test_new_generation_is_shown(say, follower):
    for word in ("word-one", "word-two"):
        say(word)
        follower.look()
    assert words() == {"word-two"}


def test_nothing_changes_without_a_generation(small_site, follower):
    follower.begin()
    assert (follower.shown, name()) == ("", "Example IMS Clinic")


def test_content_folder_is_not_looked_at_any_more(say, follower, small_site):
    say("word-one")
    follower.begin()
    (small_site / "clinic.yaml").write_text("x: [")
    assert words() == {"word-one"}


def test_everything_is_built_before_it_is_shown(say, follower, monkeypatch):
    seen = []
    monkeypatch.setattr(following, "put_in_force", lambda edition: seen.append(edition.__dict__))
    say("word-one")
    follower.look()
    [built] = [values["_built"] for values in seen]
    wanted = {get_clinic, get_library, get_red_flags}
    assert {build.__wrapped__ for build in wanted} <= built.keys()


def test_generation_is_built_once(say, follower, monkeypatch):
    calls = []
    monkeypatch.setattr(following, "build_everything", calls.append)
    say("word-one")
    follower.look()
    touch_current(generations_folder())
    follower.look()
    assert len(calls) == 1


def emptied(path):
    os.truncate(path / "content" / "index.md", 0)


def unreadable(path):
    (path / "content" / "index.md").unlink()


def gone(path):
    shutil.rmtree(path)


@pytest.mark.parametrize("damage", [emptied, unreadable, gone])
def test_damaged_generation_is_not_shown(say, follower, damage, caplog):
    say("word-one")
    follower.look()
    damage(say("word-two"))
    follower.look()
    assert words() == {"word-one"}


@pytest.mark.parametrize("fault", [MemoryError, OSError, ZeroDivisionError, RecursionError])
def test_generation_that_cannot_be_built_is_not_shown(say, follower, fault, monkeypatch):
    def fail(edition):
        raise fault

    say("word-one")
    follower.look()
    say("word-two")
    monkeypatch.setattr(following, "build_everything", fail)
    follower.look()
    assert words() == {"word-one"}


def test_generation_that_cannot_be_used_is_logged_once(say, follower, caplog):
    path = say("word-one")
    emptied(path)
    for _ in range(3):
        follower.look()
    [record] = [record for record in caplog.records if record.name == "imsinfo.content"]
    assert record.getMessage() == (
        f"Generation {path.name} cannot be used; the site stays as it is"
    )


def test_generation_that_could_not_be_used_is_tried_again_after_prepare(say, follower, monkeypatch):
    say("word-one")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(following, "build_everything", lambda edition: 1 // 0)
        follower.look()
    touch_current(generations_folder())
    follower.look()
    assert words() == {"word-one"}


def test_generation_removed_while_it_is_built_is_not_shown(
    say, follower, small_site, write_page, monkeypatch
):
    def build(edition):
        (edition.roots[0] / "page.md").unlink()
        build_everything(edition)

    write_page(small_site / "page.md", "A page.")
    say("word-one")
    follower.look()
    say("word-two")
    monkeypatch.setattr(following, "build_everything", build)
    follower.look()
    assert (words(), get_library().get("/page/") is None) == ({"word-one"}, False)


def test_generation_of_no_use_is_not_shown(say, follower, monkeypatch):
    say("word-one")
    follower.look()
    say("word-two")
    monkeypatch.setattr(following, "lacking", lambda read: ("/aftercare/",))
    follower.look()
    assert words() == {"word-one"}


def test_worker_that_starts_beside_a_damaged_generation_shows_the_one_before(say, follower):
    say("word-one")
    emptied(say("word-two"))
    follower.begin()
    assert words() == {"word-one"}


def test_worker_that_shows_the_one_before_goes_over_to_the_next(say, follower):
    say("word-one")
    emptied(say("word-two"))
    follower.begin()
    say("word-three")
    follower.look()
    assert words() == {"word-three"}


def test_marker_that_cannot_be_read_changes_nothing(say, follower):
    say("word-one")
    follower.look()
    marker = generations_folder() / "current"
    marker.unlink()
    marker.mkdir()
    follower.look()
    assert words() == {"word-one"}


def test_marker_that_is_gone_changes_nothing(say, follower):
    say("word-one")
    follower.look()
    gone(generations_folder())
    follower.look()
    assert words() == {"word-one"}


@pytest.mark.parametrize(("server", "debug"), [("", False), ("1", True)])
def test_only_a_worker_of_serve_follows(say, monkeypatch, settings, server, debug):
    monkeypatch.setenv("IMSINFO_SERVER_PID", server)
    monkeypatch.setattr("threading.Thread", None)
    settings.DEBUG = debug
    say("word-one")
    put_in_force(None)
    follow()
    monkeypatch.undo()
    assert following.in_force().roots == tuple(settings.CONTENT_ROOTS)


def test_worker_of_serve_shows_the_generation_from_its_start(say, monkeypatch):
    started = []
    monkeypatch.setenv("IMSINFO_SERVER_PID", "1")
    monkeypatch.setattr("threading.Thread", lambda **options: FakeThread(options, started))
    path = say("word-one")
    follow()
    assert following.in_force().roots == (path / "content",)
    assert [options["daemon"] for options in started] == [True]


class FakeThread:
    def __init__(self, options, started):
        self.options, self.started = options, started

    def start(self):
        self.started.append(self.options)


@pytest.fixture
def two_editions(say, follower):
    """The first is shown; returns a function that goes over to the second."""
    say("word-one")
    follower.look()
    say("word-two")
    return follower.look


def plain(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])


def test_request_keeps_its_edition_to_its_end(two_editions, call_wsgi):
    def application(environ, start_response):
        plain(environ, start_response)
        before = name()
        two_editions()
        return [f"{before}, {name()}".encode()]

    assert (
        call_wsgi(OneEdition(application), "GET", "/").body == b"word-one clinic, word-one clinic"
    )
    assert name() == "word-two clinic"


def test_body_that_is_made_while_it_is_sent_keeps_its_edition(two_editions, call_wsgi):
    def application(environ, start_response):
        plain(environ, start_response)
        return parts()

    def parts():
        yield name().encode()
        two_editions()
        yield name().encode()

    assert call_wsgi(OneEdition(application), "GET", "/").body == b"word-one clinicword-one clinic"


def test_body_is_closed_with_its_edition(two_editions, call_wsgi):
    seen = []

    class Body:
        def __iter__(self):
            seen.append(name())
            two_editions()
            return iter([b""])

        def close(self):
            seen.append(name())

    def application(environ, start_response):
        plain(environ, start_response)
        return Body()

    call_wsgi(OneEdition(application), "GET", "/")
    assert seen == ["word-one clinic", "word-one clinic"]


def test_body_that_is_a_list_stays_one(make_environ):
    body = [b"all of it"]
    assert OneEdition(lambda *args: body)(make_environ("GET", "/"), None) is body


def test_exception_leaves_nothing_pinned(two_editions, make_environ):
    def application(environ, start_response):
        raise KeyError

    with pytest.raises(KeyError):
        OneEdition(application)(make_environ("GET", "/"), None)
    two_editions()
    assert name() == "word-two clinic"


def test_two_requests_at_once_have_an_edition_each(two_editions, make_environ):
    def application(environ, start_response):
        return (name().encode() for _ in range(2))

    first = OneEdition(application)(make_environ("GET", "/"), None)
    begun = next(first)
    two_editions()
    second = OneEdition(application)(make_environ("GET", "/"), None)
    assert [begun, *second, *first] == [
        *(b"word-one clinic", b"word-two clinic", b"word-two clinic", b"word-one clinic")
    ]


def ask(call_wsgi, answers, stop):
    from imsinfo.wsgi import application  # noqa: PLC0415 -- it starts the site

    while not stop.is_set():
        for path in PATHS:
            answer = call_wsgi(application, "GET", path)
            answers.put((path, answer.status, frozenset(re.findall(rb"word-\w+", answer.body))))


def test_every_page_is_wholly_of_one_generation_under_load(say, follower, call_wsgi):
    answers, stop, seen = queue.SimpleQueue(), threading.Event(), []
    say("word-0")
    follower.look()
    readers = [threading.Thread(target=ask, args=(call_wsgi, answers, stop)) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 6):
        say(f"word-{number}")
        follower.look()
        seen += [answers.get(timeout=20) for _ in range(40)]
    stop.set()
    for reader in readers:
        reader.join()
    seen += [answers.get() for _ in range(answers.qsize())]
    assert {len(found) for _, _, found in seen} == {1}
    assert {(path, status) for path, status, _ in seen} == {
        *(("/aftercare/", 200), ("/", 200), ("/enquiry/", 200), ("/no-such-page/", 404))
    }
    assert len({found for _, _, found in seen}) > 2
