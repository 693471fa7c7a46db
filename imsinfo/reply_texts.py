"""The texts with which staff answer enquiries: content/replies.yaml.

Staff copy them into the clinic's own mail. They hold places for a name and a reference, never for
an answer: nothing about anybody's health goes into a mail.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from imsinfo.content import built_from_content, content_file
from imsinfo.strict_yaml import Strict, read_yaml

FILE = "replies.yaml"
# What may stand in braces: whom it is written to, and who writes.
PLACES = ("name", "reference", "clinic", "phone", "site", "me")
SUBJECT = "Your enquiry {reference}"
PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")
_BRACES = re.compile(r"\{[^{}\n]*\}?|\}")


def _with_known_places(text: str) -> str:
    found = _BRACES.search(PLACE.sub("", text))
    if found:
        known = ", ".join(f"{{{name}}}" for name in PLACES)
        raise ValueError(f"{found[0]} cannot be filled in; write one of {known}, or no braces")
    return text


Filled = AfterValidator(_with_known_places)


class ReplyText(Strict):
    """One text. title: what staff choose it by; subject: of the mail."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    title: Annotated[str, Field(min_length=1, max_length=80)]
    subject: Annotated[str, Field(min_length=1, max_length=120), Filled] = (
        "Your enquiry {reference}"
    )
    text: Annotated[str, Field(min_length=1, max_length=3000), Filled]


class ReplyTexts(Strict):
    replies: tuple[ReplyText, ...]

    @model_validator(mode="after")
    def _keys_are_single(self) -> "ReplyTexts":
        keys = [each.key for each in self.replies]
        doubled = sorted({key for key in keys if keys.count(key) > 1})
        if doubled:
            raise ValueError(f"two replies have the same key: {', '.join(doubled)}")
        return self


@built_from_content
def get_reply_texts() -> tuple[ReplyText, ...]:
    """Read replies.yaml; a clinic need not have one. Raises ContentError with every fault in it."""
    file = content_file(FILE)
    if not file.path.is_file():
        return ()
    return read_yaml(file.read(), ReplyTexts, file.shown_as).replies
