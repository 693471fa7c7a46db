"""Many senders at once, from several processes: a client must cost less than the site."""

import time
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from tests.answers import ANSWERS
from tests.faults.answers import FORM_TYPE, message, new_address
from tests.faults.site import HOST

PROCESSES = 4
TIMEOUT = 60  # seconds for one answer, and for all processes to come to the barrier
Enquiry = tuple[bytes, dict[str, str]]


class Sent(NamedTuple):
    """One enquiry: its answer's status, 0 for none, and when it began and ended."""

    status: int
    began: float
    ended: float


def enquiries(carried: dict[str, str], count: int) -> list[Enquiry]:
    """Make bodies and headers of so many enquiries, each from an address of its own."""
    made = []
    for _ in range(count):
        marker = str(uuid4())
        fields = carried | ANSWERS | {"message": message(marker), "submission_id": marker}
        headers = {"Content-Type": FORM_TYPE, "X-Forwarded-For": new_address()}
        made.append((urlencode(fields).encode(), headers))
    return made


def send_all(port: int, made: list[Enquiry], senders: int) -> list[Sent]:
    """Send all from so many senders, released together, each on a connection of its own."""
    context = get_context("fork")
    barrier, results = context.Barrier(senders), context.SimpleQueue()
    shares = [made[number::senders] for number in range(senders)]
    processes = [
        context.Process(
            target=_process, args=(port, shares[number::PROCESSES], barrier, results), daemon=True
        )
        for number in range(min(PROCESSES, senders))
    ]
    for process in processes:
        process.start()
    sent = [each for _ in processes for each in results.get()]
    for process in processes:
        process.join()
    if len(sent) != len(made):
        raise RuntimeError(f"{len(made)} to send, {len(sent)} sent: a client has failed")
    return sent


def _process(port, shares, barrier, results):
    sent: list[Sent] = []
    threads = [
        Thread(target=_sender, args=(port, share, barrier, sent), daemon=True) for share in shares
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(sent)


def _sender(port, share, barrier, sent):
    connection = HTTPConnection(HOST, port, timeout=TIMEOUT)
    barrier.wait(TIMEOUT)
    for body, headers in share:
        began = time.monotonic()
        try:
            connection.request("POST", "/enquiry/send/", body, headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, HTTPException):
            connection.close()
            status = 0
        sent.append(Sent(status, began, time.monotonic()))
    connection.close()
