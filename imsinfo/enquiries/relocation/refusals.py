"""Why nothing was moved."""


class NotMovedError(Exception):
    """Nothing was moved, and the site on SQLite is as it was. The message tells the repair."""
