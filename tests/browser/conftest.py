"""The running site, as `make run` runs it, and Chromium to visit it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Site:
    """The running site: its address, and a way to run its commands on its data."""

    url: str
    environment: dict[str, str]

    def shell(self, code):
        """Run Python in the site's own environment and return what it prints as JSON."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, check=True, timeout=60
        )
        return json.loads(done.stdout)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(url, process):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 -- our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended before it was ready"
            time.sleep(0.1)
    raise AssertionError("the server was not ready in 30 seconds")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site served by granian on a free port, with a database and keys of its own."""
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "PORT": str(port),
    }
    manage = [sys.executable, "manage.py"]
    collect = [*manage, "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True, timeout=120)
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*manage, "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(url, process)
        yield Site(url, environment)
    finally:
        process.terminate()
        process.wait(timeout=40)


@pytest.fixture(scope="session")
def launch_options():
    """How to start Debian's Chromium; without one the test is skipped, and says so."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("BROWSER TESTS NOT RUN: apt-get install chromium libatomic1")
    # Chromium refuses its own sandbox to root.
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {"executable_path": path, "args": flags}


@pytest.fixture(scope="session")
def browser_type_launch_args(launch_options):
    return launch_options


@pytest.fixture
def reader(launch_options, playwright, tmp_path):
    """A page of a browser that has JavaScript and cookies switched off."""
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences))
    context = playwright.chromium.launch_persistent_context(
        tmp_path,
        **launch_options,
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
    )
    yield context.pages[0]
    context.close()


@pytest.fixture(scope="session")
def staff_password(site):
    """Make one staff account on the running site and return its password."""
    code = (
        "from django.contrib.auth.models import User\n"
        "User.objects.create_superuser('reception', password='correct-horse-battery')\n"
        "print('true')"
    )
    assert site.shell(code)
    return "correct-horse-battery"


@pytest.fixture
def sign_in(site, staff_password):
    def sign_in(page):
        page.goto(f"{site.url}/admin/")
        page.get_by_label("Username").fill("reception")
        page.get_by_label("Password").fill(staff_password)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{site.url}/admin/")

    return sign_in
