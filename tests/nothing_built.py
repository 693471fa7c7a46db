"""A process in which nothing has been built of the content yet, as after its start."""

from collections.abc import Iterator
from contextlib import contextmanager

from imsinfo import content


@contextmanager
def nothing_built() -> Iterator[None]:
    """Begin with nothing built, and end with what had been built before: it takes a second."""
    process = content._process
    before = process.followed, process.of_settings
    content.forget_content()
    try:
        yield
    finally:
        process.followed, process.of_settings = before
