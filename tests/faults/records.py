"""What the clients of one storm saw, written down from many threads."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event, Lock


@dataclass
class Records:
    """Enquiries by their markers, counts of what happened, and what must not happen.

    count: enquiries to send at most; phone: what a page that turns a patient away must show.
    """

    count: int
    phone: str
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    # By marker: the reference that the last page has shown, "" before it has.
    acknowledged: dict[str, str] = field(default_factory=dict)
    # By marker: the hidden id under which it was sent.
    submission_ids: dict[str, str] = field(default_factory=dict)
    # Seconds that each acknowledged one took, from the first try on.
    waited: list[float] = field(default_factory=list)
    # Set: enough has been sent, what is begun is finished; ended: everything is broken off.
    enough: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    finished: int = 0
    _begun: int = 0

    def numbers(self) -> Iterator[int]:
        """Hand out the enquiries to the clients, each once, until there are enough."""
        while not (self.enough.is_set() or self.ended.is_set()):
            with self._lock:
                if self._begun == self.count:
                    return
                self._begun += 1
                number = self._begun
            yield number
            with self._lock:
                self.finished += 1

    def saw(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def violated(self, what: str) -> None:
        with self._lock:
            self.violations.append(what)
