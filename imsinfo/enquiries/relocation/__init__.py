"""Moving a site from SQLite to PostgreSQL: every row as it is stored, proved equal, or nothing."""

from imsinfo.enquiries.relocation.moving import Moved, listed, move
from imsinfo.enquiries.relocation.refusals import NotMovedError

__all__ = ("Moved", "NotMovedError", "listed", "move")
