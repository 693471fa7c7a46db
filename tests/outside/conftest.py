"""One site for the attacks from outside: as in production, behind one proxy, and with a fault."""

import secrets

import pytest
from cryptography.fernet import Fernet

from tests.accounts import PASSWORD
from tests.conftest import ROOT
from tests.enquiries.marked_visit import EXECUTE, REFUSAL, site_with_a_fault
from tests.outside.client import HOST, Staff

NEW_ACCOUNT = f"""
import json
from django.contrib.auth.models import User
from tests import accounts
phone = accounts.set_up_phone(User.objects.create_superuser("reception", password="{PASSWORD}"))
# Of the next half minute: the machine may have much else to do.
print(json.dumps(accounts.code_of(phone, steps=1)))
"""


def production_settings(content):
    """Return what a real site is given. content: an empty folder for a clinic's own files."""
    clinic = (ROOT / "content" / "clinic.yaml").read_text()
    (content / "clinic.yaml").write_text(clinic.replace("example: true\n", ""))
    return {
        "SITE_URL": f"https://{HOST}",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "HSTS_INCLUDE_SUBDOMAINS": "true",
        "CONTENT_DIR": str(content),
        # Nothing listens there: the mails wait.
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": "9",
    }


@pytest.fixture(scope="package")
def site(tmp_path_factory, prepared_site):
    """The running site. Some enquiries fail in its view, others are refused by its database."""
    site = site_with_a_fault(tmp_path_factory.mktemp("site"), None, prepared_site)
    site.environment |= production_settings(tmp_path_factory.mktemp("content"))
    try:
        site.shell(EXECUTE.format(REFUSAL["sqlite"]))
        site.start()
        yield site
    finally:
        site.end()


@pytest.fixture(scope="package")
def staff(site):
    """Somebody who may do everything, signed in as people are."""
    return Staff(site, "reception", PASSWORD, site.shell(NEW_ACCOUNT))
