import gc
import os
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client

from imsinfo import strict_yaml
from imsinfo.content import forget_content
from imsinfo.editions import cores
from tests import ports
from tests.collected import collect_once, prepare_once
from tests.extent import WHOLE
from tests.nothing_built import nothing_built
from tests.wsgi_calls import call, environ

ROOT = Path(__file__).parent.parent

# Hundreds of tests read the shipped data files anew: each text is parsed once by each parser.
strict_yaml._read_by = lru_cache(maxsize=256)(strict_yaml._read_by)


def pytest_collection_modifyitems(config, items):
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: _place(item.path, sizes[item.path]))
    other = [item for item in items if _is_for_the_other_database(item) or _can_wait(item)]
    config.hook.pytest_deselected(items=other)
    items[:] = [item for item in items if item not in other]


def _place(path, size):
    """The browser comes last, for Playwright leaves an event loop running, under which Django
    refuses every query; what takes longest first, so that all processes of a run end together.
    """
    if path.parent.name != "browser":
        return (0, 0, 0)
    return (1, 0 if path.name.endswith("_walks.py") else 1, -size)


def pytest_collection_finish(session):
    # What was collected stays: no search for garbage has to go through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _is_for_the_other_database(item):
    marker = item.get_closest_marker("only_on")
    return marker is not None and marker.args[0] != connection.vendor


def _can_wait(item):
    return item.get_closest_marker("thorough") is not None and not WHOLE


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where nothing may be skipped (IMSINFO_NO_SKIPS), a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("IMSINFO_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be: {report.longrepr}"
    return report


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
def may_split(monkeypatch):
    """Let work be shared among processes here, where pytest-xdist has threads of its own."""
    threads = Path("/proc/self/task")
    before = len(list(threads.iterdir()))

    def may_split():
        return not cores._Child.is_here and len(list(threads.iterdir())) == before

    monkeypatch.setattr(cores, "_may_split", may_split)


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


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """A folder of all processes of this run, which lie beside each other."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def collected_static(shared_folder):
    """The static files as collectstatic leaves them for a real site, not to be changed."""
    return collect_once(shared_folder / "collected")


@pytest.fixture(scope="session")
def prepared_site(shared_folder, collected_static):
    """What a site on this machine keeps at its first visit, to be copied."""
    return prepare_once(shared_folder / "prepared", collected_static)


@pytest.fixture
def free_port():
    """A port of this machine at which nobody listens."""
    return ports.free_port()


@pytest.fixture
def static_files(collected_static, tmp_path):
    """The static files in the VAR_DIR of a site that a test starts."""
    shutil.copytree(collected_static, tmp_path / "var" / "static")


@pytest.fixture
def clinic_text():
    """The shipped clinic.yaml as a clinic would have it, without the mark of an example."""
    return (ROOT / "content/clinic.yaml").read_text().replace("example: true\n", "")


@pytest.fixture
def production(tmp_path, clinic_text):
    """Everything that a real site is given."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "clinic.yaml").write_text(clinic_text.replace("clinic.example", "clinic.test"))
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
def other_content():
    """Let a test have other content in force; what is built of the shipped is there afterwards."""
    with nothing_built():
        yield


@pytest.fixture(scope="session")
def brief_content(tmp_path_factory):
    """The shipped content with one line of text a page: what is around it is shown soon."""
    folder = tmp_path_factory.mktemp("brief") / "content"
    shutil.copytree(ROOT / "content", folder)
    for page in folder.rglob("*.md"):
        if (parts := page.read_text().split("---\n", 2))[0] == "" and "kind:" in parts[1]:
            page.write_text(f"---\n{parts[1]}---\nIt says one thing.\n")
    return folder


@pytest.fixture
def write_content(brief_content, tmp_path, settings, other_content):
    """Return a function that writes a file of a clinic's own, which is then in force.

    It lies over the shipped content; of its pages there is the least.
    """
    folder = tmp_path / "own"
    folder.mkdir()
    settings.CONTENT_ROOTS = [brief_content, folder]

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        forget_content()
        return path

    return write


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
def small_site(tmp_path, settings, clinic_text, write_page, other_content):
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
    return folder


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
