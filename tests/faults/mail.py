"""Let the mail server be down, hang, be slow, refuse, close after the text, while people send.

Nobody who sends may wait for it. Then it is well again, but the sender is killed in the midst of
mails, again and again. In the end every mail that is owed has arrived, each under one Message-ID.
"""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.enquiries.mail_server import MailServer, serving
from tests.faults import outcome
from tests.faults.outcome import Outcome
from tests.faults.records import Records
from tests.faults.site import HOST, Site, served_site
from tests.faults.under_load import outcome_of, sending, wait_for_more

STAFF = "reception@clinic.test"
SLOW = 2  # seconds that a slow server takes for each step
KILLS = 4
EACH = 20  # enquiries under each fault
MOST_UNTIL_TRIED, MOST_UNTIL_SENT = 90, 180  # seconds
MOST_FOR_SENDERS = 5.0  # seconds, p95
MOST_SECONDS = 800
NOT_SENT = b"was not sent"
# As if the pauses and leases of all mails that wait had passed.
HURRY = """
import json
from django.utils import timezone
from imsinfo.enquiries.models import OutgoingMail
changes = {"next_try_at": timezone.now()} | ({"leased_until": None} if %s else {})
print(json.dumps(OutgoingMail.objects.waiting().update(**changes)))
"""
OWED = """
import json
from imsinfo.enquiries.models import OutgoingMail
rows = OutgoingMail.objects.values_list("message", "sent_at")
print(json.dumps([(str(message), bool(sent_at)) for message, sent_at in rows]))
"""


class Server(MailServer):
    """A mail server that may also be slow, and see to it that its client is killed in a mail."""

    def __init__(self, kill: Callable[[], None] = lambda: None):
        super().__init__()
        self.fails_for, self.pause = (STAFF,), 0.0
        self.kill, self.kills = kill, 0

    async def handle_RCPT(self, *args):  # noqa: N802 -- aiosmtpd's
        await asyncio.sleep(self.pause)
        return await super().handle_RCPT(*args)

    async def handle_DATA(self, *args):  # noqa: N802 -- aiosmtpd's
        await asyncio.sleep(self.pause)
        if self.kills:
            self.kills -= 1
            # By turns before the mail is taken in, and after it.
            if self.kills % 2:
                self.kill()
                return "451 Nobody is there"
            answer = await super().handle_DATA(*args)
            self.kill()
            return answer
        return await super().handle_DATA(*args)


def main() -> int:
    given = outcome.options("mail", __doc__).parse_args()
    return outcome.run(lambda: _made(given.database), given, "mail")


def _made(database: str) -> Outcome:
    began, server = time.monotonic(), Server()
    settings = {
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": str(server.port),
        "EMAIL_SECURITY": "none",
        "STAFF_EMAILS": STAFF,
        "MAIL_FROM": STAFF,
    }
    with served_site(database, MOST_SECONDS, settings) as site:
        server.kill = lambda: _kill_mail_loop(site)
        with sending(site, clients=4) as records:
            for fault in (_down, _hanging, *map(_answering, ANSWERS)):
                with fault(server):
                    _suffer(site, records, server)
            with serving(server):
                wrong = _killed_in_the_midst(site, records, server)
        with serving(server):
            wrong += _arrived(site, server)
            found = outcome_of("mail", site, records, began, wrong)
    if found.p95 and found.p95 > MOST_FOR_SENDERS:
        found.wrong.append(f"p95 of the senders above {MOST_FOR_SENDERS} s")
    found.rows |= {"mails taken in": len(server.taken_in), "of them twice": _twice(server)}
    return found


@contextmanager
def _down(server: Server) -> Iterator[None]:
    yield


@contextmanager
def _hanging(server: Server) -> Iterator[None]:
    """Whoever comes is let in, and never hears a word."""
    with socket.create_server((HOST, server.port)):
        yield


# Of a server that answers: its fault as MailServer has it, and how long each step takes.
ANSWERS = (
    ("", SLOW),
    ("at its address, for now", 0),
    ("after its text, for good", 0),
    ("closes after its text", 0),
)


def _answering(how: tuple[str, float]):
    @contextmanager
    def fault(server: Server) -> Iterator[None]:
        server.fault, server.pause = how
        with serving(server):
            yield
        server.fault, server.pause = "", 0.0

    return fault


def _suffer(site: Site, records: Records, server: Server) -> None:
    """Send on, and wait until the site has tried a mail under this fault."""
    wait_for_more(records, EACH)
    before = _tries(site, server)
    site.shell(HURRY % False)
    _wait_until(lambda: _tries(site, server) > before, MOST_UNTIL_TRIED)


def _tries(site: Site, server: Server) -> int:
    return site.log.read_bytes().count(NOT_SENT) + len(server.taken_in)


def _killed_in_the_midst(site: Site, records: Records, server: Server) -> list[str]:
    server.kills = KILLS
    for left in range(KILLS - 1, -1, -1):
        wait_for_more(records, EACH // 2)
        site.shell(HURRY % True)
        if not _wait_until(lambda left=left: server.kills <= left, MOST_UNTIL_TRIED):
            return [f"the sender was killed {KILLS - server.kills} times, not {KILLS}"]
    return []


def _arrived(site: Site, server: Server) -> list[str]:
    """Wait until nothing is owed any more; return what has not arrived."""
    site.shell(HURRY % True)
    owed = site.shell(OWED)
    until = time.monotonic() + MOST_UNTIL_SENT
    while not all(is_sent for _, is_sent in owed) and time.monotonic() < until:
        time.sleep(1)
        owed = site.shell(OWED)
    came = {each.id.strip("<>").partition("@")[0] for each in server.taken_in}
    unsent = sum(not is_sent for _, is_sent in owed)
    lost = {message for message, _ in owed} - came
    return [f"{unsent} mails are still owed"] * bool(unsent) + [
        f"{len(lost)} mails were recorded as sent and never arrived"
    ] * bool(lost)


def _twice(server: Server) -> int:
    return len(server.taken_in) - len({each.id for each in server.taken_in})


def _kill_mail_loop(site: Site) -> None:
    for pid in site.children():
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            # The parent's own command ends in that of the mail loop, but begins with other flags.
            if command.split(b"\0")[2:3] == [b"send_mail_queue"]:
                os.kill(pid, signal.SIGKILL)


def _wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


if __name__ == "__main__":
    sys.exit(main())
