"""How old the newest backup is, by the files in the folder for backups."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils.timezone import get_default_timezone

# Once a day, and half a day for a backup that runs late.
TOO_OLD = timedelta(hours=36)
# A file of a later time is left from a clock that went wrong, and would look new for years.
CLOCKS_DIFFER_BY = 3600  # seconds


def newest_backup(folder: Path) -> datetime | None:
    """Return when the newest file was last written to; None where no backup lies in the folder.

    Hidden and empty files are left out: they are in the making, or what is left of a failure. So
    are those of a time to come.
    Raises OSError where a folder that is there cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            times = [
                entry.stat(follow_symlinks=False).st_mtime
                for entry in entries
                if not entry.name.startswith(".")
                and entry.is_file(follow_symlinks=False)
                and entry.stat(follow_symlinks=False).st_size
            ]
    except FileNotFoundError:
        return None
    past = [each for each in times if each <= time.time() + CLOCKS_DIFFER_BY]
    return datetime.fromtimestamp(max(past), get_default_timezone()) if past else None


def age_in_words(age: timedelta) -> str:
    """Return an age such as "3 hours" or "4 days", rounded down."""
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours // 24} days"
