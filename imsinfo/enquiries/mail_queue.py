"""Sending what is owed: one mail after the other, until none is due."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from imsinfo.clinic import get_clinic
from imsinfo.content import Edition, in_force
from imsinfo.editions.generations import generations_folder, newest_whole
from imsinfo.enquiries.choices import MailKind
from imsinfo.enquiries.letters import written_letter
from imsinfo.enquiries.outbox import LONGEST_TRY, Letter, record_failure, record_sent, take_next

logger = logging.getLogger("imsinfo.mail")


class NotSentError(Exception):
    """Django sent nothing and raised nothing, as it does where there is no address."""


@dataclass
class Outcome:
    """How many mails were sent, put back for a later try, and given up."""

    sent: int = 0
    put_back: int = 0
    given_up: int = 0


def send_due(clock: Callable[[], datetime], goes_on: Callable[[], bool] = lambda: True) -> Outcome:
    """Send every mail that is due; a mail that fails is put back and holds up no other one.

    goes_on: asked before each mail whether to send it.
    """
    outcome = Outcome()
    while goes_on() and (letter := take_next(clock())) is not None:
        if _was_sent(letter, clock()):
            record_sent(letter, clock())
            outcome.sent += 1
        elif record_failure(letter, clock()):
            logger.error("The %s mail %s is given up after 3 days", letter.kind, letter.message)
            outcome.given_up += 1
        else:
            outcome.put_back += 1
    return outcome


def _was_sent(letter: Letter, now: datetime) -> bool:
    if not letter.enquiries and letter.kind != MailKind.DIGEST:
        return True  # Erased since: nothing is owed any more.
    try:
        with published_content().pinned(), ended_after(LONGEST_TRY.total_seconds()):
            if not written_letter(letter, get_clinic(), now).send():
                raise NotSentError
    except Exception:
        # Whatever it was, the mail is still owed. The log tells the class of the fault alone.
        logger.exception("The %s mail %s was not sent", letter.kind, letter.message)
        return False
    logger.info("The %s mail %s was sent", letter.kind, letter.message)
    return True


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Raise TimeoutError inside after so long: a server may answer for ever, a sign at a time.

    Where Python takes no signals, outside the main thread, it may take longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def published_content() -> Edition:
    """Return what the site shows, not what an editor is at work on; without it the folders."""
    generation = newest_whole(generations_folder())
    return Edition(generation.roots) if generation else in_force()
