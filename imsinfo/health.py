"""Whether the process answers, and whether it can do its work."""

from django.db import Error as DatabaseFault
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from imsinfo.articles.library import get_library


def is_alive() -> bool:
    return True


def is_ready() -> bool:
    """The database answers, its tables are those of this code, and there is something to read."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseFault:
        return False
    finally:
        connection.close()
    return not waiting and bool(get_library().articles)


HEALTH_CHECKS = {"/healthz": is_alive, "/readyz": is_ready}
