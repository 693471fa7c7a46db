"""manage.py serve: check, bring the database up to date, and become the server's parent."""

import gc
import os
import socket
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from imsinfo.articles.outline import get_outline
from imsinfo.editions.generations import generations_folder, newest_whole
from imsinfo.editions.needs import lacking
from imsinfo.editions.published import PublishingError, lines_of_faults
from imsinfo.editions.publishing import publish
from imsinfo.operating.database_state import waiting_migrations
from imsinfo.operating.start_checks import (
    refuse_useless_database,
    refuse_wrong_owner,
    start_warnings,
)
from imsinfo.operating.workers import WORKERS

GRANIAN_MAIN = "imsinfo.operating.granian_main"
SUPERVISING = settings.BASE_DIR / "imsinfo" / "operating" / "supervising.py"


class Command(BaseCommand):
    help = "Serve the site on BIND and PORT, by default on this machine alone."
    requires_system_checks = []

    def handle(self, *args, **options):
        refuse_port_in_use(settings.BIND, settings.PORT)
        refuse_wrong_owner()
        refuse_useless_database()
        # What was there before is no garbage.
        gc.freeze()
        self.read_content()
        refuse_without_static_files()
        # What else Django can check is code, which does not change from start to start.
        self.check(tags=[Tags.database], databases=["default"])
        if settings.PRODUCTION:
            refuse_waiting_migrations()
        else:
            migrate()
        for warning in start_warnings():
            self.stderr.write(warning)
        connections.close_all()
        self.stdout.write(welcome())
        self.stdout.flush()
        # All that the checks have read into memory goes with this process.
        os.execv(sys.executable, parent_command(settings.BIND, settings.PORT))  # noqa: S606 -- our own arguments

    def read_content(self):
        """Prepare the content; name what is broken, and stop where the site would be of no use."""
        try:
            published = publish(generations_folder(), datetime.now(UTC))
        except PublishingError as error:
            raise CommandError(f"The site does not start:\n{error}") from error
        except OSError as error:
            self.go_on_unprepared(error)
        else:
            for line in lines_of_faults(published):
                self.stderr.write(line)

    def go_on_unprepared(self, error):
        """A full disk must not keep patients from the pages: show what there is, and say so."""
        self.stderr.write(f"The content cannot be prepared: {error}")
        with suppress(OSError):
            if newest_whole(generations_folder()):
                self.stderr.write("The site shows what was prepared last.")
                return
        missing = lacking(get_outline)
        if missing:
            raise CommandError(f"The site does not start without {', '.join(missing)}.")
        self.stderr.write("The site shows the content folders as they are at this start.")


def refuse_without_static_files() -> None:
    """Raise CommandError where every page would fail for want of its stylesheet."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.is_file():
        raise CommandError(
            f"{manifest} is not there. Collect the static files first: "
            "manage.py collectstatic --no-input"
        )


def refuse_waiting_migrations() -> None:
    """Raise CommandError where an enquiry would find no table to be stored in."""
    if waiting_migrations():
        raise CommandError("The database is not up to date. Run first: manage.py migrate")


def migrate() -> None:
    """Bring the database up to date; most starts find it so, and are quick."""
    if waiting_migrations():
        call_command("migrate", verbosity=0)


def refuse_port_in_use(host: str, port: int) -> None:
    """Raise CommandError if something listens there already: two servers would share visitors."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop what runs there, "
                f"or choose another port: make run PORT={port + 1}"
            ) from error


def parent_command(host: str, port: int) -> list[str]:
    """The parent's arguments, which end in what it is to start: the server, and who sends mails."""
    parent = [sys.executable, "-I", "-S", str(SUPERVISING), host, str(port)]
    command = [*parent, settings.LOG_FORMAT, *server_command(host, port)]
    if settings.MAIL_LOOP:
        # Beside the server: no visitor waits for a mail.
        manage = str(settings.BASE_DIR / "manage.py")
        command += ["--", sys.executable, manage, "send_mail_queue", "--loop"]
    return command


def server_command(host: str, port: int) -> list[str]:
    """Granian's arguments. A thread is held by each visit that is slow in sending or reading, and
    made only when it is wanted: 384 a worker answer everybody beside 600 such visits, 128 do not.
    Back-pressure counts connections: of HTTP/2, a few could hold every thread by their streams.
    Without respawning, one killed worker would end the server."""
    command = [
        *(sys.executable, "-m", GRANIAN_MAIN, "--interface", "wsgi", "imsinfo.wsgi:application"),
        *("--host", host, "--port", str(port), "--http", "1", "--no-ws", "--log-level", "error"),
        *("--workers", str(WORKERS), "--blocking-threads", "384", "--backpressure", "768"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
    ]
    if settings.TLS_CERTIFICATE:
        command += [
            "--ssl-certificate",
            settings.TLS_CERTIFICATE,
            "--ssl-keyfile",
            settings.TLS_KEY,
        ]
    return command


def welcome() -> str:
    """What an operator wants to know at the start."""
    database = settings.DATABASES["default"]
    place = database["NAME"] if "sqlite3" in database["ENGINE"] else "PostgreSQL (DATABASE_URL)"
    python = f"{Path(sys.executable).parent / 'python'} manage.py"
    manage = "imsinfo-manage" if settings.PRODUCTION else python
    keys = settings.VAR_DIR / "keys"
    about_keys = f"  keys lie in        {keys}   (back them up apart from the data)\n"
    return (
        f"\nimsinfo is at {settings.SITE_URL}   (stop it with Ctrl+C)\n"
        f"  staff sign in at   {settings.SITE_URL}/admin/\n"
        f"  first staff account: {manage} createsuperuser\n"
        f"  enquiries lie in   {place}\n"
    ) + ("" if settings.PRODUCTION else about_keys)
