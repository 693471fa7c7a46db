"""manage.py rotate_keys: bring everything that is encrypted under the newest of FIELD_KEYS."""

from django.conf import settings
from django.core.management.base import CommandError

from imsinfo.enquiries.rotation import rotate
from imsinfo.operating.operational import OperationalCommand


class Command(OperationalCommand):
    help = "Encrypt everything with the first of FIELD_KEYS. May be stopped and run again."

    def handle(self, *args, **options):
        done = rotate()
        for place, count in sorted(done.values.items()):
            self.stdout.write(f"{place}: {count} brought under the newest key.")
        self.stdout.write(f"Lookup hashes of {done.hashes} enquiries made anew.")
        if done.unreadable:
            told = ", ".join(f"{place}: {count}" for place, count in done.unreadable.items())
            raise CommandError(
                f"No key in FIELD_KEYS opens these values: {told}. They are left as they are. "
                "Add the key that they were stored with, then run this again; remove no key yet."
            )
        if len(settings.FIELD_KEYS) > 1:
            self.stdout.write(
                "Everything is under the newest key. Leave the older keys out of FIELD_KEYS and "
                "restart; keep them as long as there are backups from before."
            )
        else:
            self.stdout.write("Everything is under the one key that FIELD_KEYS holds.")
