"""manage.py send_mail_queue: send the mails that are owed, once or while the site runs."""

import logging
import os
import time

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from imsinfo import throttle
from imsinfo.enquiries import outbox
from imsinfo.enquiries.mail_queue import send_due
from imsinfo.workers import SERVER

logger = logging.getLogger("imsinfo.mail")
PAUSE = 2  # seconds between two looks
CLEANING = 600  # seconds between two looks for limits that have ended


class Command(BaseCommand):
    help = "Send the mails to staff and enquirers that are due."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="go on until the server ends")
        parser.add_argument("--again", action="store_true", help="also those that were given up")

    def handle(self, *args, **options):
        os.umask(0o077)
        if options["again"]:
            self.stdout.write(f"{outbox.try_again(timezone.now())} due again.")
        if options["loop"]:
            loop()
        else:
            outcome = send_due(timezone.now)
            self.stdout.write(
                f"{outcome.sent} sent, {outcome.put_back} put back for a later try, "
                f"{outcome.given_up} given up."
            )


def loop() -> None:
    """Send until the process that started this has ended; no fault of the database stops it."""
    parent, cleaned = int(os.environ.get(SERVER) or os.getppid()), 0.0

    def has_parent() -> bool:
        return os.getppid() == parent

    try:
        while has_parent():
            try:
                send_due(timezone.now, has_parent)
                if time.monotonic() - cleaned > CLEANING:
                    cleaned = time.monotonic()
                    throttle.delete_ended(time.time())
            except (DatabaseError, InterfaceError):
                logger.exception("The mails cannot be read; the next try follows")
            connection.close()
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        return
