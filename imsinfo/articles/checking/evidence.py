"""Faults in the lines of evidence of the front matter."""

from collections.abc import Iterator

from imsinfo.articles.checking.known import Known
from imsinfo.articles.frontmatter import Draft
from imsinfo.problems import Problem


def evidence_problems(draft: Draft, known: Known) -> Iterator[Problem]:
    """Yield the faults of the sources that stand behind the lines of evidence."""
    for line in draft.front.evidence:
        for key in line.sources:
            if known.sources is not None and key not in known.sources:
                what = f"unknown source in the evidence of {line.method}"
                repair = "correct the key, or add the source to sources.yaml after reading it"
                at = draft.file, draft.line_of_field(key)
                yield Problem(*at, what, key, "a key of sources.yaml", repair)
