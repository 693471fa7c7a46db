#!/usr/bin/env python
"""Run one of the site's commands, such as check_content."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # What the site writes (database, keys), its own user alone may read.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imsinfo.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Settings tell what to repair; a trace would only hide it. A monitor that runs `status`
        # reads 2 as a fault, and 1 as something to look at.
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
