from datetime import date

import pytest

from imsinfo.content import content_folders, forget_content
from imsinfo.editions import asking
from imsinfo.editions.fingerprint import SHOWN, fingerprint, of_the_code
from imsinfo.editions.preparing import prepare
from tests.settings import READ_FROM_ENVIRONMENT

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """What another process compresses or logs could not be seen from here."""
    monkeypatch.setattr(asking, "mapped", lambda function, items: list(map(function, items)))


@pytest.fixture
def made(small_site, tmp_path):
    """Return a function that prepares the site as it is now; what it holds is its own name."""

    def made():
        forget_content()
        texts = {path.name: path.read_text() for path in small_site.iterdir()}
        return prepare(content_folders(), texts, tmp_path / "prepared")

    return made


@pytest.fixture
def compressed(monkeypatch):
    """The texts that were compressed, as they come."""
    seen = []
    original = asking.compressed
    monkeypatch.setattr(asking, "compressed", lambda body: seen.append(body) or original(body))
    return seen


def test_only_what_has_changed_is_compressed_again(made, small_site, write_page, compressed):
    made()
    before = len(compressed)
    write_page(small_site / "aftercare.md", "As it is now.")
    made()
    again = compressed[before:]
    assert 0 < len(again) < before
    assert any(b"As it is now." in body for body in again)
    assert not any(b"<h1" in body and b"As it was." in body for body in again)


def test_page_of_the_earlier_set_is_the_same_in_the_next(made, small_site, write_page):
    first = made()
    write_page(small_site / "aftercare.md", "As it is now.")
    second = made()
    assert second.path != first.path
    assert second.pages["/robots.txt"] == first.pages["/robots.txt"]
    assert second.pages["/aftercare/"] != first.pages["/aftercare/"]


def test_page_that_fails_is_left_to_be_made_for_each_reader(made, monkeypatch, caplog):
    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr("imsinfo.articles.machines.views.robots_text", fail)
    pages = made().pages
    assert "/robots.txt" not in pages
    assert "/aftercare/" in pages
    assert "/robots.txt cannot be prepared" in caplog.text


def test_missing_page_is_no_news(made, caplog):
    made()
    assert "Not Found" not in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [("SITE_URL", "http://127.0.0.1:9999"), ("KEEP_CLOSED_DAYS", 17), ("DEBUG", True)],
)
def test_setting_that_pages_show_gives_another_name(settings, name, value):
    before = fingerprint({}, MONDAY)
    setattr(settings, name, value)
    assert fingerprint({}, MONDAY) != before


def test_each_setting_is_shown_on_pages_or_known_not_to_be():
    others = {
        *("BACKUP_DIR", "BIND", "CONTENT_DIR", "DATABASE_URL", "EMAIL_HOST", "EMAIL_PASSWORD"),
        *("EMAIL_PORT", "EMAIL_SECURITY", "EMAIL_USER", "ERASE_NEEDS_SECOND", "FIELD_KEYS"),
        *("HSTS_INCLUDE_SUBDOMAINS", "MAIL_FROM", "PORT", "PREPARED", "SECRET_KEY", "VAR_DIR"),
        *("SECRET_KEY_FALLBACKS", "STAFF_EMAILS", "TLS_CERTIFICATE", "TLS_KEY", "TRUSTED_PROXIES"),
        *("ERASURE_JOURNAL", "LOG_FORMAT", "MAIL_LOOP", "OLD_KEYS_LOST"),
        # They are in ALLOWED_HOSTS.
        "HOSTS_ALSO",
    }
    assert READ_FROM_ENVIRONMENT - others <= set(SHOWN)
    assert others <= READ_FROM_ENVIRONMENT


def test_next_day_gives_another_name():
    assert fingerprint({}, MONDAY) != fingerprint({}, date(2026, 11, 24))


def test_content_and_its_names_give_another_name():
    names = [fingerprint(each, MONDAY) for each in ({}, {"a": "1"}, {"a": "2"}, {"b": "1"})]
    assert len(set(names)) == len(names)


def test_no_key_or_password_goes_into_the_name(settings):
    before = fingerprint({}, MONDAY)
    settings.SECRET_KEY, settings.FIELD_KEYS = "another", ("another",)
    assert fingerprint({}, MONDAY) == before


@pytest.fixture
def code(settings, tmp_path):
    """A folder that stands for the site's code; what was known of it before is forgotten."""
    for name in ("imsinfo/web", "templates"):
        (tmp_path / name).mkdir(parents=True)
    settings.BASE_DIR = tmp_path
    of_the_code.cache_clear()
    yield tmp_path
    of_the_code.cache_clear()


@pytest.mark.parametrize(
    "name", ["imsinfo/web/door.py", "templates/base.html", "templates/page.svg"]
)
def test_code_and_templates_give_another_name(code, name):
    before = fingerprint({}, MONDAY)
    (code / name).write_text("other")
    of_the_code.cache_clear()
    assert fingerprint({}, MONDAY) != before


def test_worker_keeps_the_name_of_the_code_that_it_runs(code):
    before = fingerprint({}, MONDAY)
    (code / "imsinfo" / "web" / "door.py").write_text("of an update that waits for its restart")
    assert fingerprint({}, MONDAY) == before


@pytest.fixture
def addresses_of_static(code, settings, tmp_path):
    """Return a function that gives the site static files with other addresses: (folder, text)."""

    def addresses_of_static(folder, text):
        settings.STATIC_ROOT = tmp_path / folder
        settings.STATIC_ROOT.mkdir()
        (settings.STATIC_ROOT / "staticfiles.json").write_text(text)
        of_the_code.cache_clear()
        return fingerprint({}, MONDAY)

    return addresses_of_static


def test_addresses_of_static_files_give_another_name(addresses_of_static):
    assert addresses_of_static("one", "site.1.css") != addresses_of_static("two", "site.2.css")


def test_a_site_that_is_moved_keeps_its_name(addresses_of_static):
    assert addresses_of_static("here", "site.css") == addresses_of_static("there", "site.css")
