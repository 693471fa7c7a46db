import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from imsinfo.management.commands.serve import refuse_port_in_use
from imsinfo.operating.supervising import STEADY, Program, how_it_ended, pause_after

ROOT = Path(__file__).parent.parent.parent
# The parent as it runs, but with no pause before a restart.
HURRIED = (
    "import sys; from imsinfo.operating import supervising; "
    "supervising.pause_after = lambda *_: 0; "
    # Tests may run where a keyboard's interrupt is ignored, which a process inherits.
    "import signal; "
    "[signal.signal(each, signal.SIG_DFL) for each in (signal.SIGINT, signal.SIGHUP)]; "
)
MAIN = "sys.exit(supervising.main(*sys.argv[1:]))"
STAYS = "import time; time.sleep(60)"
TELL = """
import os, sys
def tell(*words): os.write(1, (" ".join(map(str, words)) + "\\n").encode())
"""


def test_nobody_waits_after_one_death_and_longer_after_each_more():
    assert [pause_after(deaths, 8) for deaths in range(1, 7)] == [0, 1, 2, 4, 8, 8]


def test_the_pause_is_the_longest_however_often_a_program_died():
    assert pause_after(10**6, 60) == 60


@pytest.fixture
def program():
    return Program("server", ["true"], most_deaths=3, longest_pause=8)


def test_a_program_that_dies_again_and_again_of_its_start_is_given_up(program):
    told = []
    for death in range(3):
        program.started(1, death)
        told.append((program.died(death + STEADY / 2), program.is_given_up))
    assert told == [(0, False), (1, False), (2, True)]


def test_deaths_with_a_good_time_between_them_do_not_add_up(program):
    for _ in range(10):
        program.started(1, 0)
        assert (program.died(STEADY), program.is_given_up) == (0, False)


def test_a_program_without_a_limit_is_never_given_up():
    mail_loop = Program("mail loop", ["true"], most_deaths=0, longest_pause=60)
    for _ in range(100):
        mail_loop.started(1, 0)
        mail_loop.died(0)
    assert not mail_loop.is_given_up


@pytest.mark.parametrize(
    ("code", "told"), [("sys.exit(3)", "exit code 3"), ("os.abort()", "killed by signal 6")]
)
def test_how_it_ended_names_code_or_signal(code, told):
    pid = os.posix_spawn(
        sys.executable, [sys.executable, "-c", f"import os, sys; {code}"], os.environ
    )
    assert how_it_ended(os.waitpid(pid, 0)[1]) == told


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def supervise(port, tmp_path):
    """Return a function that starts a parent of programs, given as Python: the server first.

    What each writes with tell() comes line by line from the process.
    """
    processes = []

    def start(*codes, form="text"):
        commands = [[sys.executable, "-c", TELL + code] for code in codes]
        joined = [*commands[0], *(["--", *commands[1]] if commands[1:] else [])]
        process = subprocess.Popen(
            [sys.executable, "-c", HURRIED + MAIN, "127.0.0.1", str(port), form, *joined],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "FOLDER": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.02)


def test_a_killed_server_is_started_again_and_told_of(supervise):
    parent = supervise(f"tell(os.getpid()); {STAYS}")
    first = int(parent.stdout.readline())
    os.kill(first, signal.SIGKILL)
    second = int(parent.stdout.readline())
    assert (second != first, is_gone(second)) == (True, False)
    assert parent.stderr.readline().partition(" ")[2] == (
        "ERROR imsinfo.serve: The server ended (killed by signal 9); it is started again at once.\n"
    )


def test_a_killed_mail_loop_is_started_again_and_the_server_stays(supervise):
    parent = supervise(
        f"tell('server'); {STAYS}", f"tell('loop', os.getpid(), os.nice(0)); {STAYS}"
    )
    lines = sorted(parent.stdout.readline() for _ in range(2))
    _, loop, niceness = lines[0].split()
    os.kill(int(loop), signal.SIGKILL)
    assert parent.stdout.readline().startswith("loop ")
    assert (niceness, lines[1]) == ("10", "server\n")


def test_a_server_that_never_stays_up_ends_the_site_with_a_fault(supervise):
    parent = supervise("sys.exit(3)", f"tell(os.getpid()); {STAYS}")
    said = parent.communicate(timeout=40)[1].splitlines()
    assert (parent.returncode, len(said)) == (1, 6)
    assert said[-1].endswith(
        "CRITICAL imsinfo.serve: The server ended (exit code 3) for the 6th time just after its "
        "start: the site stops. What the server said stands above."
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_lets_both_finish_and_gives_zero(supervise, how):
    finishes = (
        "import signal, time; signal.signal(signal.SIGTERM, lambda *_: (tell('done'), os._exit(0)))"
        "; tell('up'); time.sleep(60)"
    )
    parent = supervise(finishes, finishes)
    assert [parent.stdout.readline() for _ in range(2)] == ["up\n", "up\n"]
    parent.send_signal(how)
    assert (parent.communicate(timeout=20), parent.returncode) == (("done\ndone\n", ""), 0)


def test_a_server_ends_when_its_parent_is_killed(supervise):
    parent = supervise(f"tell(os.getpid()); {STAYS}")
    server = int(parent.stdout.readline())
    parent.kill()
    wait_until(lambda: is_gone(server))


def test_each_is_told_whom_to_ask_after(supervise):
    parent = supervise(
        f"tell('server', os.environ['IMSINFO_SERVER_PID'] == str(os.getpid())); {STAYS}",
        f"tell('loop', os.environ['IMSINFO_SERVER_PID'] == str(os.getppid())); {STAYS}",
    )
    assert sorted(parent.stdout.readline() for _ in range(2)) == ["loop True\n", "server True\n"]


def test_the_server_may_listen_where_the_parent_holds_the_port(supervise, port):
    parent = supervise(
        "import socket; s = socket.socket(); "
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1); "
        f"s.bind(('127.0.0.1', {port})); s.listen(); tell('listens'); {STAYS}"
    )
    assert parent.stdout.readline() == "listens\n"


def test_another_start_finds_the_port_taken_although_nobody_listens(supervise, port):
    parent = supervise(f"tell('up'); {STAYS}")
    parent.stdout.readline()
    with pytest.raises(CommandError, match="Address already in use"):
        refuse_port_in_use("127.0.0.1", port)


def test_lines_are_json_where_the_log_is(supervise):
    parent = supervise(f"tell(os.getpid()); {STAYS}", form="json")
    os.kill(int(parent.stdout.readline()), signal.SIGKILL)
    line = parent.stderr.readline()
    assert (line[0], '"level": "ERROR"' in line) == ("{", True)


def test_the_parent_runs_on_pythons_own_library_alone():
    code = "import sys; exec(open(sys.argv[1]).read(), {'__name__': ''}); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, ROOT / "imsinfo" / "operating" / "supervising.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"django", "granian", "imsinfo", "ctypes", "json", "subprocess", "typing", "logging"}
    assert heavy & set(done.stdout.split()) == set()
