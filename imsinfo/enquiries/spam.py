"""What speaks for a robot. It gives a score and its reasons; it never turns anybody away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

SUSPECT = 3
LEAST_TIME = timedelta(seconds=2)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)

# Points and words by reason. One odd thing alone makes nobody a suspect, but for the trap:
# only a program fills in what no person sees.
POINTS = {"trap": 3, "links": 3, "link_in_name": 2, "unchecked": 2, "link": 1, "fast": 1}
WORDS = {
    "trap": "the field that only robots see was filled in",
    "links": "several links in the text",
    "link_in_name": "a link in place of a name",
    "unchecked": "sent without the page “Check your answers”",
    "link": "a link in the text",
    "fast": f"sent within {LEAST_TIME.seconds} seconds",
}


@dataclass(frozen=True)
class Verdict:
    """reasons: keys of WORDS, the weightiest first."""

    reasons: tuple[str, ...]

    @property
    def is_suspect(self) -> bool:
        return sum(POINTS[reason] for reason in self.reasons) >= SUSPECT


def judged(answers: dict[str, str], since_check: timedelta | None) -> Verdict:
    """Return what speaks against an enquiry.

    answers: as typed; since_check: how long ago the check page was made, None where no check
    page of ours was seen.
    """
    found = set(_in_text(answers)) | set(_in_time(since_check))
    return Verdict(tuple(reason for reason in POINTS if reason in found))


def _in_text(answers: dict[str, str]) -> Iterator[str]:
    if answers.get("subject"):
        yield "trap"
    links = len(_LINK.findall(answers.get("message", "")))
    if links:
        yield "link" if links == 1 else "links"
    names = (answers.get(name, "") for name in ("name", "link", "their_first_name"))
    if any(_LINK.search(name) for name in names):
        yield "link_in_name"


def _in_time(since_check: timedelta | None) -> Iterator[str]:
    if since_check is None:
        yield "unchecked"
    elif since_check < LEAST_TIME:
        yield "fast"


def check_stamp(submission_id: UUID, now: float) -> str:
    """Return the mark that a check page carries: its time, signed, good for one submission id.

    now: seconds since 1970.
    """
    made = str(round(now * 1000))
    return _signer().sign(f"{submission_id}:{made}").removeprefix(f"{submission_id}:")


def age_of_stamp(submission_id: UUID, stamp: str, now: float) -> timedelta | None:
    """Return how long ago a mark was made; None if this site made none like it. It never expires.

    now: seconds since 1970.
    """
    try:
        _, made = _signer().unsign(f"{submission_id}:{stamp}").split(":")
        return timedelta(seconds=now, milliseconds=-int(made))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    # Made anew, because a Signer keeps the keys of the moment it was made.
    return Signer(salt="imsinfo.enquiries.check")
