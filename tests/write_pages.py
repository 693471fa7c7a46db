"""Write every page and stylesheet into a folder, to be checked there.

python -m tests.write_pages FOLDER
"""

import logging
import os
import re
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402 -- the site is set up above
from django.test import Client  # noqa: E402
from django.test.utils import (  # noqa: E402
    setup_databases,
    setup_test_environment,
    teardown_databases,
)

from imsinfo.web.static import in_one_piece  # noqa: E402
from tests import accounts  # noqa: E402
from tests.pages import every_html, every_page, style_guide  # noqa: E402
from tests.stylesheets import FOLDER  # noqa: E402

STYLESHEETS = ("site.css", "print.css", "enquiry.css", "leaflets.css", "editors.css", "admin.css")


def write_pages(folder: Path) -> None:
    """Write the HTML of every page, state and error, and of the style guide."""
    for name, html in every_html(every_page()).items():
        (folder / _file(name)).write_text(html(Client()), encoding="utf-8")
    editor = Client()
    accounts.sign_in(editor, User.objects.create_user("editor", is_staff=True))
    for address in style_guide():
        (folder / _file(address)).write_bytes(editor.get(address).content)


def write_stylesheets(folder: Path) -> None:
    for name in STYLESHEETS:
        (folder / name).write_text(in_one_piece(FOLDER / name), encoding="utf-8")


def _file(name: str) -> str:
    """A file's name for an address: /search/?q=neck becomes search-q-neck.html."""
    return f"{re.sub('[^a-z0-9]+', '-', name).strip('-') or 'home'}.html"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    setup_test_environment()
    # Errors are asked for here, and are no news.
    logging.disable(logging.CRITICAL)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        write_pages(target)
        write_stylesheets(target)
    finally:
        teardown_databases(databases, verbosity=0)
