"""Why nothing can be done with a database, in words for the operator."""

from imsinfo.operating.database_state import FAULTS, waiting_migrations, words_of
from imsinfo.operating.own_connection import own_connection

PATIENCE = 5.0  # seconds; a database that has just been started may need some


def useless_database(*, may_wait: bool = True) -> str:
    """Return why the database is of no use to this version of the site, "" where it is.

    Tables of a newer version are no reason: the code before an upgrade runs on them, so that a
    site can be rolled back without losing what came since. may_wait: whether its tables may be
    older, because they are about to be migrated.
    """
    try:
        with own_connection(PATIENCE):
            waiting = waiting_migrations()
    except FAULTS as error:
        return (
            f"The database does not answer: {words_of(error)}. See whether it runs, DATABASE_URL, "
            "and the owner and rights of its files; a damaged one is replaced by a backup: "
            "manage.py restore."
        )
    if may_wait or not waiting:
        return ""
    return "The database is not up to date. Run first: manage.py migrate"
