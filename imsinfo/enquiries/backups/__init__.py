"""Backups that only this site's keys open, the journal of erasures, and the way back from them."""


class BackupFault(Exception):  # noqa: N818 -- an answer for the operator
    """Why no backup was made or put back, in words for the operator, with the repair."""
