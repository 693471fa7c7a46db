"""A clinician's sign-off: which text was signed, and whether it still is that text."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from imsinfo.articles.frontmatter import ClinicalReview, Draft

State = Literal["none", "current", "changed"]


@dataclass(frozen=True)
class Review:
    """What a page says of its sign-off. changed: the text is not the one that was signed.

    text_hash: of the text as it is now.
    """

    state: State
    text_hash: str
    signed: ClinicalReview | None = None


def hash_of(draft: Draft, texts_used: Iterable[str]) -> str:
    """Return the SHA-256 of the medical text of a page, as 64 hexadecimal digits.

    texts_used: what the page shows from elsewhere (warning signs, figures, shared pieces), so
    that a change there counts as a change of the page. Dates, order, old addresses and line
    ends do not count, nor do the clinic's phone numbers: no clinician signs those.
    """
    front = draft.front
    evidence = (f"{line.method} {line.grade} {line.statement}" for line in front.evidence)
    lines = (line.rstrip() for line in draft.text.strip().split("\n"))
    parts = [front.title, front.summary, *evidence, "\n".join(lines), *sorted(texts_used)]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def review_of(draft: Draft, texts_used: Iterable[str]) -> Review:
    """Return what the page may say of its sign-off."""
    signed, text_hash = draft.front.clinical_review, hash_of(draft, texts_used)
    if signed is None:
        return Review("none", text_hash)
    return Review("current" if signed.hash == text_hash else "changed", text_hash, signed)
