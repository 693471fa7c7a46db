"""The site's settings for tests: of the developer's own environment only DATABASE_URL is read."""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "imsinfo" / "settings.py"
READ_FROM_ENVIRONMENT = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SOURCE.read_text()))

for name in READ_FROM_ENVIRONMENT:
    os.environ.pop(f"{name}_FILE", None)
    if name != "DATABASE_URL":
        os.environ.pop(name, None)
# A folder of its own: tests never touch the site's keys and enquiries.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="imsinfo-tests-")
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from imsinfo.settings import *  # noqa: E402, F403 -- the environment is made ready above
from imsinfo.settings import DATABASES, STATIC_ROOT, STORAGES, VAR_DIR  # noqa: E402

# Files come straight from their folders: no test waits for collectstatic.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_USE_FINDERS = True
# They are looked for when one is asked for, not whenever a test's client begins.
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Every request goes through Django; what prepares pages says so.
PREPARED = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Threads and WAL behave as on a real site only with a database file.
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "tests.sqlite3")}
