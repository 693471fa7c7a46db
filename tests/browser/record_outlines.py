"""Record what screen readers say of the main pages: python -m tests.browser.record_outlines

Read what has changed (git diff) as somebody would who only hears it, before it is kept.
"""

import os
import tempfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from playwright.sync_api import sync_playwright  # noqa: E402 -- the site is set up above

from tests.browser.chromium import launch_options_of_chromium  # noqa: E402
from tests.browser.outlines import FOLDER, OUTLINED  # noqa: E402
from tests.browser.serving import running_site  # noqa: E402
from tests.browser.visits import DESK, outline_of  # noqa: E402
from tests.collected import collect_once, prepare_once  # noqa: E402


def record():
    FOLDER.mkdir(exist_ok=True)
    options = launch_options_of_chromium() or {}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder), _prepared(Path(folder))) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**options)
        page = browser.new_page(viewport=DESK)
        for name in OUTLINED:
            (FOLDER / f"{name}.yml").write_text(outline_of(page, site, name), encoding="utf-8")
        browser.close()


def _prepared(folder):
    return prepare_once(folder / "prepared", collect_once(folder / "collected"))


if __name__ == "__main__":
    record()
