"""Who breaks the site in a storm: workers killed, the server and its database restarted."""

import os
import secrets
import signal
import time
from contextlib import suppress
from threading import Thread

from tests.faults.records import Records
from tests.faults.site import Site

# Each is made as soon as this share of the enquiries is over.
SERVER_STOPS = {0.25: signal.SIGTERM, 0.7: signal.SIGKILL}
CRASHES = (0.1, 0.35, 0.55, 0.85)
# Once the processes that have just come in place of killed ones are killed, one upon the other:
# where a new worker ends within 5.5 seconds granian gives up, and the parent starts it again.
NEWCOMERS_KILLED = 0.45
# Otherwise none is killed before the last kill has been outlived by so many enquiries: on a slow
# machine nobody would ever be served.
OUTLIVED_BY = 10


class FaultMaker(Thread):
    """Kills a process of the server about every second or two, and makes the planned faults."""

    def __init__(self, site: Site, records: Records):
        super().__init__(daemon=True)
        self.site, self.records = site, records
        self.finished_at_kill = 0
        self.planned = [(share, self._restart, how) for share, how in SERVER_STOPS.items()]
        self.planned.append((NEWCOMERS_KILLED, self._kill_newcomers, None))
        if site.cluster:
            self.planned += [(share, self._crash_database, None) for share in CRASHES]
        self.planned.sort(key=lambda fault: fault[0], reverse=True)

    def run(self):
        try:
            while not self.records.ended.wait(1 + secrets.randbelow(1000) / 1000):
                self._start_if_ended()
                self._make_what_is_due()
                if self.records.finished >= self.finished_at_kill + OUTLIVED_BY:
                    self._kill_one_of(self.site.children())
        except Exception as error:
            self.records.violated(f"the fault-maker ended: {error!r}")
            self.records.ended.set()
            raise

    def _start_if_ended(self):
        """Do as a service manager does, where the parent has given up or was killed."""
        if self.site.process.poll() is not None:
            self.site.start()
            self.records.saw("server ended by itself")

    def _kill_one_of(self, processes):
        if processes:
            # It may have ended by itself since.
            with suppress(ProcessLookupError):
                os.kill(secrets.choice(processes), signal.SIGKILL)
                self.records.saw("processes killed")
                self.finished_at_kill = self.records.finished

    def _kill_newcomers(self, _):
        for _ in range(8):
            self._kill_one_of(self.site.children())
            self.records.ended.wait(0.5)
        self._start_if_ended()

    def _make_what_is_due(self):
        while self.planned and self.planned[-1][0] <= self.records.finished / self.records.count:
            _, make, how = self.planned.pop()
            make(how)

    def _restart(self, how):
        # It may have ended by itself just before.
        self.site.stop(how)
        self.site.start()
        self.records.saw("server restarts")

    def _crash_database(self, _):
        self.site.cluster.crash()
        # Down long enough that enquiries arrive meanwhile.
        time.sleep(1)
        self.site.cluster.start()
        self.records.saw("database restarts")
