"""Several who do the same thing at the same moment."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connections

Taken = TypeVar("Taken")


def at_once(count: int, take: Callable[[], Iterable[Taken]]) -> list[Taken]:
    """Run take in so many threads, each with a connection of its own; return what they took."""
    start, taken = threading.Barrier(count), []

    def run() -> None:
        start.wait()
        try:
            taken.extend(take())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken
