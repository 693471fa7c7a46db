"""A backup that is killed in its midst, and what must hold after each kill.

To be imported once Django is set up for the site that it is made of.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.folder import LOCK, backups_in
from imsinfo.enquiries.backups.restoring import Wishes, restore
from imsinfo.enquiries.models import Enquiry, Tombstone
from imsinfo.staff.models import AuditEvent
from tests.faults.killed import make_enquiries


class Backup:
    """Enquiries, and no backup of them."""

    name = "backup"
    arguments = ("backup",)

    def __init__(self, count: int):
        self.count = count
        self.folder = Path(settings.BACKUP_DIR)
        self.places = (self.folder, Path(settings.VAR_DIR) / "backup-drafts")

    def prepare(self) -> None:
        for model in (Enquiry, Tombstone, AuditEvent):
            model.objects.all().delete()
        make_enquiries(self.count)
        for place in self.places:
            shutil.rmtree(place, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        return {}

    def done_so_far(self) -> int:
        """How much has been written, whole or not: each file counts one more than its bytes."""
        return sum(1 + path.stat().st_size for path in self._files())

    def halves(self) -> Iterator[str]:
        """Yield every file that counts as a backup and is none."""
        for path in backups_in(self.folder):
            try:
                held = restore(path, Wishes(only_check=True)).enquiries
            except BackupFault as why:
                yield f"{path.name}: {why}"
            else:
                if held != self.count:
                    yield f"{path.name} holds {held} enquiries of {self.count}"

    def unfinished(self) -> Iterator[str]:
        made = backups_in(self.folder)
        if not made:
            yield "there is no backup"
        if left := [path.name for path in self._files() if path not in made]:
            yield f"left over: {', '.join(left)}"

    def _files(self) -> list[Path]:
        """All files but those that only tell that somebody is at work."""
        found = [path for place in self.places if place.is_dir() for path in place.iterdir()]
        return [path for path in found if path.is_file() and path.name != LOCK]
