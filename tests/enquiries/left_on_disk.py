"""What a site has written to its disk: everything in its folder, its database, and a copy of it."""

import sqlite3
import subprocess
import sys

from tests.faults.cluster import Cluster
from tests.faults.site import Site

# A backup is sealed: what lies in it is looked at too.
UNSEALED = """
import json
from pathlib import Path
from django.conf import settings
from imsinfo.enquiries.backups.sealed import unseal
[backup] = settings.BACKUP_DIR.glob("*.backup")
unseal(backup, settings.FIELD_KEYS[0], Path({!r}))
print(json.dumps(backup.name))
"""


def on_sqlite(site: Site) -> tuple[dict[str, bytes], bytes]:
    files = whole_var(site)
    copy = site.folder / "copy.sqlite3"
    source, target = sqlite3.connect(site.var / "imsinfo.sqlite3"), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    return files, copy.read_bytes()


def on_postgresql(site: Site) -> tuple[dict[str, bytes], bytes]:
    of_postgresql(site.cluster, "psql", "-c", "CHECKPOINT")
    copy = of_postgresql(site.cluster, "pg_dump", "--inserts")
    paths = [path for path in (site.cluster.folder / "data").rglob("*") if path.is_file()]
    return whole_var(site) | {str(path): path.read_bytes() for path in paths}, copy


def unsealed_backup(site: Site) -> bytes:
    opened = site.folder / "opened"
    site.shell(UNSEALED.format(str(opened)))
    return opened.read_bytes()


def whole_var(site: Site) -> dict[str, bytes]:
    """Everything that the site has written, the database and the backups included."""
    paths = [path for path in site.var.rglob("*") if path.is_file()]
    return {str(path.relative_to(site.var)): path.read_bytes() for path in paths}


def of_postgresql(cluster: Cluster, program: str, *arguments: str) -> bytes:
    command = [program, "-h", str(cluster.folder), "-U", cluster.user, *arguments, cluster.name]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def told_by(site: Site, command: str) -> bytes:
    """Return all that a command of manage.py tells, whether or not it finds something to mend."""
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=site.code,
        env=site.environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr
