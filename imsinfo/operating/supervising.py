"""The parent of the server and of the mail loop: it starts them, and starts again what has died.

`manage.py serve` becomes this program once everything is checked. It runs by its path and with
nothing but a little of Python's own library: it stays beside the site for years, and shall take
next to no memory.

    python -I -S supervising.py HOST PORT text|json SERVER… [-- MAIL LOOP…]
"""

import os
import select
import signal
import socket
import sys
import time

# Holds the number of the process by which a child knows that it is still wanted.
SERVER = "IMSINFO_SERVER_PID"
STOPPED_BY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Seconds. Who has run for so long has not died of its start.
STEADY = 10.0
# The server ends what is in flight within 10 seconds, or kills the worker.
STOP_WITHIN = 20.0
# As `nice` counts: visitors come first.
LESS_URGENT = 10
ON_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG


class Program:
    """A program to keep running.

    most_deaths: after so many in a row, each soon after its start, it is given up; 0: never.
    """

    def __init__(self, name: str, command: list[str], most_deaths: int, longest_pause: float):
        self.name, self.command = name, command
        self.most_deaths, self.longest_pause = most_deaths, longest_pause
        self.pid = 0  # while it does not run
        self.deaths = 0
        self.started_at = self.due_at = 0.0

    @property
    def is_given_up(self) -> bool:
        return 0 < self.most_deaths <= self.deaths

    def started(self, pid: int, now: float) -> None:
        self.pid, self.started_at = pid, now

    def died(self, now: float) -> float:
        """Return the seconds until it is due again; now: on a clock that only goes on."""
        self.pid = 0
        self.deaths = 1 if now - self.started_at >= STEADY else self.deaths + 1
        pause = pause_after(self.deaths, self.longest_pause)
        self.due_at = now + pause
        return pause


def pause_after(deaths: int, longest: float) -> float:
    """Return seconds: none after one death, then 1, 2, 4 … and never more than the longest."""
    return min(2.0 ** min(deaths - 2, 20), longest) if deaths > 1 else 0.0


def how_it_ended(status: int) -> str:
    """Name what the system tells of a process that has ended."""
    code = os.waitstatus_to_exitcode(status)
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


class Signals:
    """What has arrived: whether to stop, or that a child has ended."""

    def __init__(self):
        self.told_to_stop = False
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for each in STOPPED_BY:
            # Who was started to outlive its terminal goes on ignoring it.
            if signal.getsignal(each) is not signal.SIG_IGN:
                signal.signal(each, self._stop)

    def wait(self, seconds: float | None) -> None:
        """Wait for a signal, so long at most."""
        select.select([self._reader], [], [], seconds)
        try:
            os.read(self._reader, 512)
        except BlockingIOError:
            return

    def _stop(self, *_: object) -> None:
        self.told_to_stop = True


class Supervisor:
    """Keeps programs running until it is told to stop, or the first of them is given up.

    say: takes a level of logging and a line.
    """

    def __init__(self, programs: list[Program], signals: Signals, say):
        self.programs, self.signals, self.say = programs, signals, say

    def run(self) -> int:
        """Return the exit code."""
        while not self.signals.told_to_stop:
            now = time.monotonic()
            for each in self.programs:
                if not each.pid and each.due_at <= now:
                    each.started(start(each.command, is_server=each is self.programs[0]), now)
            due = [each.due_at for each in self.programs if not each.pid]
            self.signals.wait(max(0.0, min(due) - now) if due else None)
            if not self.signals.told_to_stop and self._tell_of_deaths():
                return self._stop() or 1
        return self._stop()

    def _tell_of_deaths(self) -> bool:
        """Say what has died and when it is started again; return whether it is given up."""
        for program, status in self._ended():
            pause, how = program.died(time.monotonic()), how_it_ended(status)
            if program.is_given_up:
                self.say(
                    "CRITICAL",
                    f"The {program.name} ended ({how}) for the {program.deaths}th time just after "
                    "its start: the site stops. What the server said stands above.",
                )
                return True
            again = f"in {pause:.0f} seconds" if pause else "at once"
            self.say("ERROR", f"The {program.name} ended ({how}); it is started again {again}.")
        return False

    def _ended(self) -> list[tuple[Program, int]]:
        """Collect every child that has ended."""
        found: list[tuple[Program, int]] = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return found
            if not pid:
                return found
            # Of another, such as an orphan in a container, nothing need be told.
            found += [(each, status) for each in self.programs if each.pid == pid]

    def _stop(self) -> int:
        """End all that runs; return 1 where the server had to be killed.

        A mail loop may be: whatever was in its hand is sent at the next start.
        """
        until, exit_code = time.monotonic() + STOP_WITHIN, 0
        while running := [each for each in self.programs if each.pid]:
            is_late = time.monotonic() >= until
            for each in running:
                # Told again and again: a program that is just being started does not hear it.
                os.kill(each.pid, signal.SIGKILL if is_late else signal.SIGTERM)
                if is_late:
                    self.say("ERROR", f"The {each.name} did not end in time and is killed.")
                    exit_code = exit_code or int(each is self.programs[0])
            self._wait_for_ends(time.monotonic() + 1)
        return exit_code

    def _wait_for_ends(self, until: float) -> None:
        """Wait until nothing runs any more, or until then."""
        while any(each.pid for each in self.programs) and time.monotonic() < until:
            self.signals.wait(max(0.0, until - time.monotonic()))
            for each, _ in self._ended():
                each.pid = 0


def start(command: list[str], is_server: bool) -> int:
    """Start a program and return its process number."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        if is_server:
            # Its workers ask after it by this number.
            os.environ[SERVER] = str(os.getpid())
            end_with_parent(parent)
        else:
            os.environ[SERVER] = str(parent)
            os.nice(LESS_URGENT)
        os.execv(command[0], command)  # noqa: S606 -- our own command
    finally:
        os._exit(127)


def end_with_parent(parent: int) -> None:
    """Let this process be told to end (SIGTERM) when its parent is killed; Linux alone can."""
    if sys.platform != "linux":
        return
    # Here and not above: only the child, which becomes something else, pays for it.
    import ctypes  # noqa: PLC0415

    ctypes.CDLL(None).prctl(ON_DEATH_OF_PARENT, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)


def hold(host: str, port: int) -> socket.socket:
    """Take the port without listening: no second site may start while the server is restarted.

    The workers listen beside it, since all of them set SO_REUSEPORT.
    """
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((host, port))
    return held


def say_as(form: str):
    """Return what writes a line to standard error as the site's own log has it: text or json."""

    def say(level: str, message: str) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        line = f"{at}Z {level} imsinfo.serve: {message}"
        if form == "json":
            import json  # noqa: PLC0415 -- hardly ever wanted

            entry = {"time": f"{at}Z", "level": level, "logger": "imsinfo.serve"}
            line = json.dumps(entry | {"message": message})
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    return say


def main(host: str, port: str, form: str, *commands: str) -> int:
    split = commands.index("--") if "--" in commands else len(commands)
    programs = [Program("server", list(commands[:split]), most_deaths=6, longest_pause=8)]
    if split < len(commands):
        # Whatever it dies of, patients still read and write: it is never given up.
        mail_loop = list(commands[split + 1 :])
        programs.append(Program("mail loop", mail_loop, most_deaths=0, longest_pause=60))
    held = hold(host, int(port))
    with held:
        return Supervisor(programs, Signals(), say_as(form)).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
