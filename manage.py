#!/usr/bin/env python
"""Run one of the site's commands, such as check_content."""

import gc
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

# Where a server keeps what its services are started with.
SERVER = Path("/etc/imsinfo/settings.env")


def refuse_bare(is_root: bool, server: Path = SERVER) -> None:
    """End where root gives a command on a server without the settings of its site.

    The command would do its work on a second site in this folder, and seem to have done it.
    """
    given = {"SITE_URL", "SITE_URL_FILE"} & set(os.environ)
    if is_root and not given and server.exists():
        command = " ".join(["imsinfo-manage", *sys.argv[1:]])
        sys.exit(f"The site of this server has its settings in {server}. Run: {command}")


if __name__ == "__main__":
    refuse_bare(os.geteuid() == 0)
    # What the site writes (database, keys), its own user alone may read.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imsinfo.settings")
    # Code that is loaded is no garbage, and a command makes little: looking seldom saves a tenth.
    gc.set_threshold(50_000, 20, 100)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Settings tell what to repair; a trace would only hide it. A monitor that runs `status`
        # reads 2 as a fault, and 1 as something to look at.
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
