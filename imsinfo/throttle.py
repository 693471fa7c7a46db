"""Limits on how often a client may do a thing, counted in the database for every process."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from imsinfo.models import Throttle

# One statement counts, so that no two processes count the same number. A time that ends later than
# one that begins now is left from a clock that went wrong: it is over too.
_COUNT = """
INSERT INTO imsinfo_throttle (key, ends_at, count) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN imsinfo_throttle.ends_at BETWEEN %s AND excluded.ends_at
    THEN imsinfo_throttle.count + 1 ELSE 1 END,
  ends_at = CASE WHEN imsinfo_throttle.ends_at BETWEEN %s AND excluded.ends_at
    THEN imsinfo_throttle.ends_at ELSE excluded.ends_at END
RETURNING key, ends_at, count
"""


@dataclass(frozen=True)
class Limit:
    """At most so many times in so many seconds. name: what is counted, of whom, such as "day"."""

    name: str
    who: str
    most: int
    seconds: int

    @property
    def key(self) -> str:
        """What the database sees: nobody can tell from it who it was."""
        return salted_hmac(
            f"imsinfo.throttle.{self.name}", self.who, algorithm="sha256"
        ).hexdigest()


class TooMany(Exception):  # noqa: N818 -- an answer, not an error
    """A limit is passed. seconds: until it may be tried again."""

    def __init__(self, limit: Limit, seconds: int):
        self.limit, self.seconds = limit, seconds
        super().__init__(limit.name)


class ThrottleFault(Exception):  # noqa: N818 -- as Django names its faults
    """The counting itself failed; the caller decides whether its door opens or closes."""


def count(limits: Sequence[Limit], now: float) -> dict[str, int]:
    """Count once for each limit and return the counts by the limits' names.

    Raises TooMany where one is passed, of several the one that lasts longest. Inside a
    transaction that is rolled back, nothing has been counted. now: seconds since 1970.
    """
    # Always in the same order, so that two processes never wait for each other.
    rows = sorted((limit.key, int(now) + limit.seconds, 1) for limit in limits)
    sql = _COUNT.format(rows=", ".join(["(%s, %s, %s)"] * len(rows)))
    values = [value for row in rows for value in row]
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, int(now) + 1, int(now) + 1])
            counted = {key: (ends_at, times) for key, ends_at, times in cursor.fetchall()}
    except (DatabaseError, InterfaceError) as error:
        raise ThrottleFault from error
    _refuse_passed(limits, counted, now)
    return {limit.name: counted[limit.key][1] for limit in limits}


def _refuse_passed(
    limits: Sequence[Limit], counted: dict[str, tuple[int, int]], now: float
) -> None:
    passed = [
        (counted[limit.key][0], limit) for limit in limits if counted[limit.key][1] > limit.most
    ]
    if passed:
        ends_at, limit = max(passed, key=lambda pair: pair[0])
        raise TooMany(limit, max(1, ends_at - int(now)))


def take_back(limits: Sequence[Limit]) -> None:
    """Count once less for these limits."""
    keys = [limit.key for limit in limits]
    Throttle.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def forget(limits: Sequence[Limit]) -> None:
    """Begin to count anew for these limits."""
    Throttle.objects.filter(key__in=[limit.key for limit in limits]).delete()


def delete_ended(now: float) -> int:
    """Delete what has ended; the longest limit is a day. Return how many rows."""
    return Throttle.objects.filter(ends_at__lte=int(now)).delete()[0]
