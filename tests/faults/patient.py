"""A client of the storm: sends enquiries as a patient would, again where no answer came."""

import secrets
import time
from http.client import HTTPConnection, HTTPException
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from tests.answers import ANSWERS
from tests.faults.answers import FORM_TYPE, Page, message, new_address
from tests.faults.records import Records
from tests.faults.site import HOST

PATIENCE = 180  # seconds; on a slow machine a restart takes a good part of a minute
TIMEOUT = 30  # seconds for one answer, as long as the site may wait for its database


class Answer(NamedTuple):
    """What the site answered."""

    status: int
    location: str
    retry_after: str
    body: str


class Patient(Thread):
    """Sends one enquiry after another until there are no more to send.

    carried: the hidden fields of the page with the questions; pause: seconds between two.
    """

    def __init__(self, port: int, records: Records, carried: dict[str, str], pause: float = 0):
        super().__init__(daemon=True)
        self.pause = pause
        self.connection = HTTPConnection(HOST, port, timeout=TIMEOUT)
        self.records, self.carried = records, carried

    def run(self):
        for number in self.records.numbers():
            marker = f"storm-{number}-{secrets.token_hex(8)}"
            try:
                self._enquire(marker, checks_first=number % 2 == 0)
            except Exception as error:
                self.records.violated(f"{marker}: the client failed with {error!r}")
                raise
            self.records.ended.wait(self.pause)
        self.connection.close()

    def _enquire(self, marker, checks_first):
        self.records.saw("sent")
        self.address = new_address()
        fields = self.carried | ANSWERS | {"message": message(marker)}
        if checks_first:
            fields = self._checked(marker, fields)
        else:
            fields["submission_id"] = str(uuid4())
        if fields is None:
            return
        self.records.submission_ids[marker] = fields["submission_id"]
        began = time.monotonic()
        answer = self._answered(marker, "POST", "/enquiry/send/", fields)
        if answer and self._is(answer, 303, "/enquiry/sent/?r=", marker):
            self.records.waited.append(time.monotonic() - began)
            self._read_reference(marker, answer.location)

    def _checked(self, marker, fields):
        """Return what the check page carries, or None where it was not to be had."""
        answer = self._answered(marker, "POST", "/enquiry/check/", fields)
        if not answer or not self._is(answer, 200, "", marker):
            return None
        carried = Page(answer.body).hidden
        if carried.get("message") != message(marker):
            self.records.violated(f"{marker}: the check page has changed the message")
        return carried

    def _read_reference(self, marker, location):
        # With this redirect the site has said that it has the enquiry: it must not be lost.
        self.records.acknowledged[marker] = ""
        answer = self._answered(marker, "GET", location)
        if not answer or not self._is(answer, 200, "", marker):
            return
        reference = Page(answer.body).reference
        if not reference:
            self.records.violated(f"{marker}: the last page shows no reference")
        self.records.acknowledged[marker] = reference

    def _is(self, answer, status, location, marker):
        if answer.status == status and answer.location.startswith(location):
            return True
        self.records.violated(f"{marker}: answered with {answer.status} {answer.location}")
        self.records.saw("other 5xx" if answer.status >= 500 else "unexpected answers")
        return False

    def _answered(self, marker, method, path, fields=None):
        """Ask until there is an answer other than 503; None where patience has ended."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self.records.ended.is_set():
            answer = self._ask(method, path, fields)
            if answer and answer.status != 503:
                return answer
            if answer:
                self._look_at_503(answer, fields, marker)
            self.records.ended.wait(0.2 + secrets.randbelow(1000) / 1000)
        self.records.saw("given up")
        self.records.violated(f"{marker}: given up, no answer to {method} {path.split('?')[0]}")
        return None

    def _ask(self, method, path, fields):
        body = urlencode(fields).encode() if fields else None
        headers = {"X-Forwarded-For": self.address} | ({"Content-Type": FORM_TYPE} if body else {})
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, HTTPException):
            self.connection.close()
            self.records.saw("connections lost or refused")
            return None
        header = response.headers.get
        return Answer(response.status, header("Location", ""), header("Retry-After", ""), text)

    def _look_at_503(self, answer, fields, marker):
        page = Page(answer.body)
        lacking = {
            "the typed message": fields and page.hidden.get("message") != fields["message"],
            "the phone number": self.records.phone not in page.text,
            "Retry-After": not answer.retry_after,
        }
        lacking = [name for name, lacks in lacking.items() if lacks]
        self.records.saw("503 that lack something" if lacking else "503 with the text kept")
        if lacking:
            self.records.violated(f"{marker}: 503 without {', '.join(lacking)}")
