import fcntl
import socket
import struct
import subprocess
import sys
from contextlib import suppress

import pytest

from imsinfo.web import slow_connections
from imsinfo.web.slow_connections import (
    LEAST_READ,
    MOST_SILENCE,
    READ_IN,
    Counted,
    Verdict,
    Watch,
    counted,
    look,
)

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a connection")
TALKING = Counted(silence=0, unread=False, read=0)
UNREAD = TALKING._replace(unread=True)


@pytest.fixture
def connection():
    """Return a server's port, its end of one connection, and the visitor's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        visitor = socket.create_connection(("127.0.0.1", port), timeout=10)
        ours, _ = server.accept()
        ours.settimeout(10)
        with visitor, ours:
            yield port, ours, visitor


def asked(ours):
    return counted(ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256))


def fill(ours):
    """Send until neither side takes more."""
    ours.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            ours.send(b"a" * 65536)


def drain(visitor):
    """Read until the other side has ended it."""
    while visitor.recv(65536):
        pass


def locked_by_another(path):
    """Whether another process finds the file locked."""
    code = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'wb'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=False)
    return b"BlockingIOError" in done.stderr


@on_linux
def test_counted_sees_a_new_connection(connection):
    _, ours, _ = connection
    assert asked(ours)._replace(silence=0) == TALKING


@on_linux
def test_counted_sees_how_much_was_read(connection):
    _, ours, visitor = connection
    ours.sendall(b"a" * 1234)
    assert len(visitor.recv(1234, socket.MSG_WAITALL)) == 1234
    while asked(ours).unread:
        pass
    assert asked(ours).read == 1234


@on_linux
def test_counted_sees_what_is_not_read(connection):
    _, ours, _ = connection
    fill(ours)
    assert asked(ours).unread


def test_counted_reads_milliseconds():
    raw = bytearray(slow_connections.TCP_INFO_LENGTH)
    struct.pack_into("=I", raw, slow_connections.LAST_DATA_SENT, 61_500)
    assert counted(bytes(raw)).silence == 61.5


@pytest.mark.parametrize(
    ("silence", "verdict"),
    [(MOST_SILENCE - 1, Verdict.LEAVE), (MOST_SILENCE, Verdict.END_WAITING)],
)
def test_watch_ends_waiting_after_long_silence(silence, verdict):
    assert Watch().judge(1, TALKING._replace(silence=silence), 0) is verdict


def test_watch_takes_an_answer_on_its_way_for_no_silence():
    found = UNREAD._replace(silence=MOST_SILENCE)
    assert Watch().judge(1, found, 0) is Verdict.LEAVE


@pytest.mark.parametrize(
    ("read", "verdict"), [(LEAST_READ - 1, Verdict.END), (LEAST_READ, Verdict.LEAVE)]
)
def test_watch_ends_an_answer_that_is_hardly_read(read, verdict):
    watch = Watch()
    watch.judge(1, UNREAD._replace(read=500), 0)
    assert watch.judge(1, UNREAD._replace(read=500 + read), READ_IN) is verdict


def test_watch_counts_anew_once_all_was_read():
    watch = Watch()
    watch.judge(1, UNREAD, 0)
    watch.judge(1, TALKING, READ_IN - 1)
    assert watch.judge(1, UNREAD, READ_IN) is Verdict.LEAVE


def test_watch_forgets_connections_that_are_gone():
    watch = Watch()
    watch.judge(1, UNREAD, 0)
    watch.forget_all_but({2})
    assert watch.judge(1, UNREAD, READ_IN) is Verdict.LEAVE


@on_linux
def test_look_leaves_connections_that_talk(connection):
    port, _, _ = connection
    assert look(Watch(), port, 0) == 0


@on_linux
def test_look_ends_waiting_and_lets_it_be_told(connection, monkeypatch):
    port, ours, visitor = connection
    monkeypatch.setattr(slow_connections, "MOST_SILENCE", 0)
    assert look(Watch(), port, 0) == 1
    assert ours.recv(1) == b""
    ours.sendall(b"too slow")
    assert visitor.recv(100) == b"too slow"


@on_linux
def test_look_leaves_connections_to_other_ports(connection, monkeypatch):
    port, _, _ = connection
    monkeypatch.setattr(slow_connections, "MOST_SILENCE", 0)
    assert look(Watch(), port + 1, 0) == 0


@on_linux
def test_look_ends_an_answer_that_nobody_reads(connection):
    port, ours, visitor = connection
    fill(ours)
    watch = Watch()
    assert [look(watch, port, 0), look(watch, port, READ_IN)] == [0, 1]
    with pytest.raises(BrokenPipeError):
        ours.send(b"a")
    ours.close()
    with pytest.raises(ConnectionResetError):
        drain(visitor)


@on_linux
def test_look_keeps_the_locks_of_files(tmp_path):
    path = tmp_path / "locked"
    with path.open("wb") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        look(Watch(), 1, 0)
        assert locked_by_another(path)


@on_linux
def test_look_keeps_connections_open(connection):
    port, ours, visitor = connection
    look(Watch(), port, 0)
    ours.sendall(b"a")
    assert visitor.recv(1) == b"a"


@on_linux
def test_look_forgets_connections_that_are_gone(connection):
    port, ours, _ = connection
    fill(ours)
    watch = Watch()
    look(watch, port, 0)
    assert watch.unread_since
    ours.close()
    look(watch, port, 0)
    assert not watch.unread_since
