"""Writing a clinician's sign-off into the lines at the top of a page."""

from datetime import date
from pathlib import PurePath

import yaml

from imsinfo.articles.frontmatter import FENCE, ClinicalReview
from imsinfo.articles.pages import Article, Library
from imsinfo.clinic import Clinic
from imsinfo.problems import ContentError

FIELD = "clinical_review:"


def page_to_sign(path: str, library: Library, clinic: Clinic) -> Article:
    """Return the page that a path means: aftercare.md, or content/aftercare.md as a shell has it.

    Raises ValueError with the reason where the page cannot be signed.
    """
    if clinic.example:
        raise ValueError(
            "This is the example clinic, which has no clinicians: nobody can sign. "
            "Describe your own clinic in the clinic.yaml of your CONTENT_DIR first."
        )
    parts = PurePath(path).parts
    names = {"/".join(parts[at:]) for at in range(len(parts))}
    found = [each for each in (*library.articles, *library.drafts) if each.name in names]
    if found:
        # content/conditions/index.md ends like index.md, and means the longer name.
        return max(found, key=lambda article: len(article.name))
    faults = [problem for problem in library.problems if problem.file.split("/", 1)[-1] in names]
    if faults:
        raise ContentError(*faults)
    raise ValueError(
        f"{path} is no page: write its name inside the content folder, such as "
        "conditions/neck-pain.md."
    )


def sign_off(name: str, role: str, register: str, signed_on: date, text_hash: str) -> str:
    """Return the lines of a sign-off as they stand in the front matter; values are checked."""
    values = {"name": name, "role": role, "register": register}
    ClinicalReview.model_validate({**values, "date": signed_on, "hash": text_hash})
    written = yaml.safe_dump(
        {FIELD.rstrip(":"): {**values, "date": signed_on, "hash": text_hash}},
        sort_keys=False,
        allow_unicode=True,
        width=1000,
    )
    return written.rstrip("\n")


def with_sign_off(text: str, lines: str) -> str:
    """Return an article with these lines as its only sign-off; all else stays as it was.

    text: a whole article that has been read without a fault.
    """
    head, *rest = text.split("\n")
    end = next(at for at, line in enumerate(rest) if line.rstrip() == FENCE)
    kept: list[str] = []
    inside = False
    for line in rest[:end]:
        inside = line.startswith(FIELD) or (inside and line[:1] in {" ", ""})
        if not inside:
            kept.append(line)
    return "\n".join([head, *kept, *lines.split("\n"), *rest[end:]])
