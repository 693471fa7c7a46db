"""What every command of an operator asks before it begins, in place of checks of the code."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imsinfo.operating.database_state import FAULTS
from imsinfo.operating.own_connection import own_connection
from imsinfo.operating.readiness import further_needs
from imsinfo.operating.useless_database import PATIENCE, useless_database


class OperationalCommand(BaseCommand):
    """A command that wants a database of this version, and the keys that fit it.

    On the command line it asks for both before it begins, and tells what fails in one line: the
    words of a database may hold a row that it refused, and end in the log of a timer.
    """

    requires_system_checks = []

    def execute(self, *args: Any, **options: Any) -> Any:
        is_called = getattr(self, "_called_from_command_line", False)
        if is_called and (fault := unfit()):
            raise CommandError(f"Nothing was done. {fault}")
        try:
            return super().execute(*args, **options)
        except FAULTS as error:
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            raise CommandError(
                f"The database failed on the way ({kind}). What was done until then stays; see "
                "whether it runs and has room, then run this again."
            ) from error


def unfit() -> str:
    """Return why no command can do its work, "" where each can."""
    if fault := useless_database(may_wait=False):
        return fault
    with own_connection(PATIENCE):
        found = [fault for ask in further_needs if (fault := ask())]
    return f"{found[0][0].upper()}{found[0][1:]}: give back the right ones." if found else ""
