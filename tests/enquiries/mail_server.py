"""A mail server on this machine for tests: it takes mails in, or fails in one chosen way."""

import asyncio
import email
import email.policy
from contextlib import contextmanager
from dataclasses import dataclass

from aiosmtpd.controller import Controller

from tests.ports import free_port

REFUSED = {
    "at its address, for now": ("RCPT", "450 Try again later"),
    "at its address, for good": ("RCPT", "550 No such mailbox"),
    "after its text, for now": ("DATA", "451 Try again later"),
    "after its text, for good": ("DATA", "554 Not here"),
}
# Between the two nobody knows whether the mail was taken in.
UNANSWERED = ("closes after its text", "hangs after its text")


@dataclass(frozen=True)
class Received:
    """A mail as it came in. to: the addresses on its envelope."""

    to: tuple[str, ...]
    raw: bytes

    @property
    def message(self):
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def id(self):
        return self.message["Message-ID"]

    @property
    def text(self):
        return self.message.get_content()


class MailServer:
    """fault: one of REFUSED or UNANSWERED, for mails to the addresses that fails_for names."""

    def __init__(self):
        self.port, self.fault, self.fails_for = free_port(), "", ()
        self.tried, self.taken_in = [], []
        self.wait_for_tries(0)

    def wait_for_tries(self, count):
        """Answer no further mail before so many have come."""
        self._wanted, self._enough = len(self.tried) + count, asyncio.Event()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 -- aiosmtpd's
        if address in self.fails_for and REFUSED.get(self.fault, ("",))[0] == "RCPT":
            self.tried.append(address)
            return REFUSED[self.fault][1]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's
        mail = Received(tuple(envelope.rcpt_tos), envelope.content)
        self.tried.append(mail)
        if len(self.tried) >= self._wanted:
            self._enough.set()
        await self._enough.wait()
        fault = self.fault if set(mail.to) & set(self.fails_for) else ""
        if fault in REFUSED:
            return REFUSED[fault][1]
        if fault == "closes after its text":
            server.transport.abort()
        if fault == "hangs after its text":
            await asyncio.Event().wait()
        if not fault:
            self.taken_in.append(mail)
        return "250 OK"


@contextmanager
def serving(server):
    """Let a mail server listen on its port until the block ends."""
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
