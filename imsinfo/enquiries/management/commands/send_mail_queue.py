"""manage.py send_mail_queue: send the mails that are owed, once or while the site runs."""

import logging
import os
import signal
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from imsinfo import throttle
from imsinfo.enquiries import outbox
from imsinfo.enquiries.keys import keys_fault
from imsinfo.enquiries.mail_queue import send_due
from imsinfo.operating.workers import SERVER

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
        refuse_wrong_keys()
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


def refuse_wrong_keys() -> None:
    """Raise CommandError where receipts could not be addressed, and would be given up at last.

    A database that does not answer yet is no reason: the loop waits for it.
    """
    try:
        fault = keys_fault()
    except (DatabaseError, InterfaceError):
        return
    if fault:
        raise CommandError(f"No mail is sent: {fault}. Give back the right ones.")


def loop() -> None:
    """Send until told to end, or until the process that started this has ended.

    No fault of the database stops it, and the mail in hand is finished first.
    """
    parent, cleaned = int(os.environ.get(SERVER) or os.getppid()), 0.0

    def goes_on() -> bool:
        return not ending.told and os.getppid() == parent

    with Ending() as ending:
        while goes_on():
            try:
                send_due(timezone.now, goes_on)
                if time.monotonic() - cleaned > CLEANING:
                    cleaned = time.monotonic()
                    throttle.delete_ended(time.time())
            except (DatabaseError, InterfaceError):
                logger.exception("The mails cannot be read; the next try follows")
            connection.close()
            ending.rest(PAUSE)


class Ending:
    """Ends a loop at SIGTERM: a pause at once, the work in hand not before it is done.

    A keyboard's interrupt ends both, without a trace.
    """

    def __init__(self):
        self.told = self._rests = False

    def __enter__(self) -> "Ending":
        self._before = signal.signal(signal.SIGTERM, self._end)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        signal.signal(signal.SIGTERM, self._before)
        return kind is not None and issubclass(kind, KeyboardInterrupt)

    def rest(self, seconds: float) -> None:
        self._rests = True
        if not self.told:
            time.sleep(seconds)
        self._rests = False

    def _end(self, *_: object) -> None:
        self.told = True
        if self._rests:
            raise KeyboardInterrupt
