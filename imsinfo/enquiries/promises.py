"""What an enquirer was promised: the days that stand in the consent text beside each enquiry."""

import re
from functools import lru_cache
from typing import NamedTuple

from imsinfo.enquiries.consents import CONSENTS


class Promised(NamedTuple):
    """In days: after closing, and after receipt in any case."""

    closed: int
    at_most: int


def promised_days(version: str, text: str) -> Promised | None:
    """Return the days that a stored consent text names, None where it names none."""
    found = _wording(version).fullmatch(text) if version in CONSENTS else None
    return Promised(int(found["closed_days"]), int(found["open_days"])) if found else None


@lru_cache(maxsize=16)
def _wording(version: str) -> re.Pattern[str]:
    """A wording in which the name of the clinic and the days may be any."""
    pattern = re.escape(CONSENTS[version]).replace(re.escape("{clinic}"), ".*")
    for name in ("closed_days", "open_days"):
        pattern = pattern.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>[0-9]{{1,5}})")
    return re.compile(pattern, re.DOTALL)
