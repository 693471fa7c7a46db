"""The running site, as `make run` runs it, and Chromium to visit it."""

import json

import pytest

from tests.browser.chromium import launch_options_of_chromium
from tests.browser.serving import running_site


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site served by granian on a free port, with a database and keys of its own."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def launch_options():
    """How to start Debian's Chromium; without one the test is skipped, and says so."""
    options = launch_options_of_chromium()
    if options is None:
        pytest.skip("BROWSER TESTS NOT RUN: apt-get install chromium libatomic1 fonts-liberation")
    return options


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


@pytest.fixture(scope="session")
def sign_in(site, staff_password):
    def sign_in(page):
        page.goto(f"{site.url}/admin/")
        page.get_by_label("Username").fill("reception")
        page.get_by_label("Password").fill(staff_password)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{site.url}/admin/")

    return sign_in
