import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from cryptography.fernet import Fernet
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client

from imsinfo.content import forget_content

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(config, items):
    # Playwright leaves an event loop running, under which Django refuses every query.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    other = [item for item in items if _is_for_the_other_database(item)]
    config.hook.pytest_deselected(items=other)
    items[:] = [item for item in items if item not in other]


def _is_for_the_other_database(item):
    marker = item.get_closest_marker("only_on")
    return marker is not None and marker.args[0] != connection.vendor


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where nothing may be skipped (IMSINFO_NO_SKIPS), a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("IMSINFO_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be: {report.longrepr}"
    return report


@dataclass(frozen=True)
class Answer:
    """What a WSGI application answered. lines: the headers as sent, doubled ones included."""

    status: int
    headers: dict[str, str]
    body: bytes
    lines: tuple[tuple[str, str], ...]


class StartResponse:
    """A server's start_response, as strict as PEP 3333: a second call needs exc_info."""

    def __init__(self):
        self.status, self.lines = "", ()

    def __call__(self, status, headers, exc_info=None):
        assert exc_info or not self.status
        self.status, self.lines = status, tuple(headers)


def environ(method, path, body=b"", **changes):
    """Return what a server makes of a request for path, which is percent-encoded."""
    address, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(address).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    } | changes


def call(application, method, path, body=b"", **changes):
    start = StartResponse()
    result = application(environ(method, path, body, **changes), start)
    try:
        received = b"".join(result)
    finally:
        getattr(result, "close", lambda: None)()
    headers = {name.lower(): value for name, value in start.lines}
    return Answer(int(start.status.split()[0]), headers, received, start.lines)


@pytest.fixture
def call_wsgi():
    """Return a function that asks any WSGI application: (application, method, path, body, …)."""
    return call


@pytest.fixture
def make_environ():
    return environ


@pytest.fixture
def wsgi():
    """Return a function that asks the whole site: (method, path, body=b"", **environ)."""
    from imsinfo.wsgi import application  # noqa: PLC0415 -- it starts the site

    # As Django's own test client does: the connection belongs to the test, not to the request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield lambda *args, **changes: call(application, *args, **changes)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def clean_environment(tmp_path):
    """Return a function that makes an environment of its own for a start of the site."""
    base = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var")}
    return lambda **env: base | env


@pytest.fixture
def run_manage(clean_environment):
    """Return a function that runs manage.py in a process and environment of its own."""

    def run(*args, **env):
        return subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT,
            env=clean_environment(**env),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def clinic_text():
    """The shipped clinic.yaml as a clinic would have it, without the mark of an example."""
    return (ROOT / "content/clinic.yaml").read_text().replace("example: true\n", "")


@pytest.fixture
def production(tmp_path, clinic_text):
    """Everything that a real site is given."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "clinic.yaml").write_text(clinic_text)
    return {
        "SITE_URL": "https://ims.clinic.test",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "TRUSTED_PROXIES": "1",
        "HSTS_INCLUDE_SUBDOMAINS": "true",
        "CONTENT_DIR": str(content),
        "EMAIL_HOST": "mail.clinic.test",
    }


@pytest.fixture
def write_content(tmp_path, settings):
    """Return a function that writes a file into a clinic's own folder, which is then in force."""
    folder = tmp_path / "own"
    folder.mkdir()
    settings.CONTENT_ROOTS = [ROOT / "content", folder]

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        forget_content()
        return path

    forget_content()
    yield write
    forget_content()


PAGE = """---
title: A page
summary: What it says.
kind: guide
section: about-ims
order: 50
sources_checked: 2026-11-21
next_review: 2028-11-21
---
{text}
"""


@pytest.fixture
def write_page():
    """Return a function that writes a page with good front matter: (path, text)."""

    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(text=text))

    return write


@pytest.fixture
def small_site(tmp_path, settings, clinic_text, write_page):
    """A content folder with the least that a site needs, in force, and a VAR_DIR of its own."""
    folder = tmp_path / "content"
    folder.mkdir()
    signs = "form_lines: []\nbefore_needling: []\nafter_needling: []\n"
    for name, text in [("clinic", clinic_text), ("red-flags", signs), ("sources", "[]\n")]:
        (folder / f"{name}.yaml").write_text(text)
    shutil.copy(ROOT / "content" / "wording.yaml", folder)
    for name in ("index.md", "aftercare.md"):
        write_page(folder / name, "As it was.")
    settings.CONTENT_ROOTS, settings.VAR_DIR = [folder], tmp_path / "var"
    forget_content()
    yield folder
    forget_content()


class ParsedPage(HTMLParser):
    """Collects what tests ask of a page: attribute values, and hidden fields."""

    def __init__(self, html):
        super().__init__()
        self.attributes, self.hidden = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.attributes += attrs
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.hidden.append((found["name"], found.get("value", "")))

    def with_attribute(self, name):
        return [value for found, value in self.attributes if found == name]


@pytest.fixture
def parsed():
    return lambda response: ParsedPage(response.content.decode())


@pytest.fixture
def admin_client(admin_user):
    """pytest-django's, with the second factor that every page of staff asks for."""
    from tests.accounts import sign_in  # noqa: PLC0415 -- needs the models

    return sign_in(Client(), admin_user)


@pytest.fixture
def staff_client(db):
    """Return a function that signs in somebody with these roles alone; its .user is who it is."""
    from tests.accounts import in_role, sign_in  # noqa: PLC0415 -- needs the models

    def signed_in(*roles):
        client = Client()
        client.user = in_role(*roles)
        return sign_in(client, client.user)

    return signed_in
