"""A lock whose waiters go in the order in which they came: no search waits for later ones."""

import threading
from collections import deque
from types import TracebackType


class Turns:
    """Use it as a context manager; not by a thread that holds it already."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._waiting)

    def __enter__(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._guard:
            if self._waiting:
                # It stays taken: by the one that has waited longest.
                self._waiting.popleft().release()
            else:
                self._is_taken = False
