import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management.base import CommandError

from imsinfo.editions.generations import newest_whole
from imsinfo.management.commands import serve
from imsinfo.management.commands.serve import (
    Command,
    parent_command,
    refuse_port_in_use,
    server_command,
)

ROOT = Path(__file__).parent.parent


@pytest.fixture
def port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_port_in_use_is_refused(port_in_use):
    with pytest.raises(CommandError) as refused:
        refuse_port_in_use("127.0.0.1", port_in_use)
    assert str(refused.value) == (
        f"Port {port_in_use} on 127.0.0.1 cannot be used (Address already in use). Stop what "
        f"runs there, or choose another port: make run PORT={port_in_use + 1}"
    )


def test_free_port_is_taken(free_port):
    assert refuse_port_in_use("127.0.0.1", free_port) is None


def test_port_stays_free_after_the_question(free_port):
    refuse_port_in_use("127.0.0.1", free_port)
    socket.create_server(("127.0.0.1", free_port)).close()


def test_host_that_is_not_ours_is_refused(free_port):
    with pytest.raises(CommandError, match=r"^Port \d+ on 192\.0\.2\.1 cannot be used"):
        refuse_port_in_use("192.0.2.1", free_port)


def test_second_start_ends_before_it_touches_anything(run_manage, tmp_path, port_in_use):
    done = run_manage("serve", PORT=str(port_in_use))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"CommandError: Port {port_in_use} on 127.0.0.1")
    assert not (tmp_path / "var" / "imsinfo.sqlite3").exists()


def test_server_is_started_with_every_flag():
    command = server_command("127.0.0.1", 8123)
    level = command.index("--log-level")  # A matter of taste; the others were found by trial.
    assert command[:level] + command[level + 2 :] == [
        *(sys.executable, "-m", "imsinfo.operating.granian_main"),
        *("--interface", "wsgi", "imsinfo.wsgi:application"),
        *("--host", "127.0.0.1", "--port", "8123", "--http", "1", "--no-ws"),
        *("--workers", "2", "--blocking-threads", "384", "--backpressure", "768"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
    ]


def test_server_is_given_the_sites_own_certificate(settings):
    settings.TLS_CERTIFICATE, settings.TLS_KEY = "/etc/ims/cert.pem", "/etc/ims/key.pem"
    assert server_command("0.0.0.0", 443)[-4:] == [  # noqa: S104 -- no socket is opened
        *("--ssl-certificate", "/etc/ims/cert.pem"),
        *("--ssl-keyfile", "/etc/ims/key.pem"),
    ]


def test_parent_is_given_what_to_start(settings):
    settings.LOG_FORMAT = "json"
    server = server_command("127.0.0.1", 8123)
    mail_loop = [sys.executable, str(ROOT / "manage.py"), "send_mail_queue", "--loop"]
    head, tail = parent_command("127.0.0.1", 8123)[:7], parent_command("127.0.0.1", 8123)[7:]
    path = str(ROOT / "imsinfo" / "operating" / "supervising.py")
    assert head == [sys.executable, "-I", "-S", path, "127.0.0.1", "8123", "json"]
    assert tail == [*server, "--", *mail_loop]


def test_parent_starts_no_mail_loop_where_a_service_of_its_own_does(settings):
    settings.MAIL_LOOP = False
    assert parent_command("127.0.0.1", 8123)[7:] == server_command("127.0.0.1", 8123)


def test_server_knows_every_flag():
    from granian.cli import cli  # noqa: PLC0415 -- slow to import

    known = {
        name for parameter in cli.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
    flags = {word for word in server_command("127.0.0.1", 8123) if word.startswith("--")}
    assert flags - known == set()


@pytest.fixture
def read_content(small_site):
    """Return a function that reads the content as a start does and returns what it says."""

    def read_content():
        said = StringIO()
        Command(stderr=said).read_content()
        return said.getvalue().splitlines()

    return read_content


def test_start_prepares_the_content(read_content, settings):
    read_content()
    assert newest_whole(settings.VAR_DIR / "generations") is not None


@pytest.mark.parametrize("name", ["clinic.yaml", "red-flags.yaml"])
def test_broken_file_that_every_page_needs_stops_the_start(read_content, small_site, name):
    (small_site / name).write_text("name: [\n")
    with pytest.raises(CommandError) as refused:
        read_content()
    assert str(refused.value).startswith(f"The site does not start:\ncontent/{name}:2: ")


@pytest.mark.parametrize("name", ["aftercare.md", "index.md"])
def test_a_site_does_not_start_without_the_pages_that_patients_need(read_content, small_site, name):
    (small_site / name).write_text("broken")
    with pytest.raises(CommandError, match="The site would be without /"):
        read_content()


@pytest.mark.parametrize("name", ["clinic.yaml", "red-flags.yaml", "aftercare.md", "index.md"])
def test_start_goes_on_with_the_last_good_version_and_says_so(read_content, small_site, name):
    read_content()
    (small_site / name).write_text("name: [\n")
    [fault, outcome] = read_content()[-2:]
    assert fault.startswith(f"content/{name}:")
    assert outcome.startswith("Its last good version of ")
    assert outcome.endswith(f" stays up: content/{name}")


def test_start_names_what_is_left_out(read_content, small_site):
    (small_site / "new.md").write_text("broken")
    assert "Left out: content/new.md" in read_content()


@pytest.fixture
def full_disk(monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr(os, "write", refuse)


def test_start_on_a_full_disk_shows_what_was_prepared_last(read_content, small_site, full_disk):
    read_content()
    (small_site / "index.md").unlink()
    full_disk()
    assert read_content() == [
        "The content cannot be prepared: [Errno 28] No space left on device",
        "The site shows what was prepared last.",
    ]


def test_first_start_on_a_full_disk_shows_the_content_folders(read_content, full_disk):
    full_disk()
    assert read_content() == [
        "The content cannot be prepared: [Errno 28] No space left on device",
        "The site shows the content folders as they are at this start.",
    ]


def test_first_start_on_a_full_disk_needs_what_every_start_needs(
    read_content, small_site, full_disk
):
    full_disk()
    (small_site / "index.md").unlink()
    with pytest.raises(CommandError, match="does not start without /"):
        read_content()


@pytest.mark.thorough
def test_missing_static_files_stop_the_start(run_manage, free_port):
    done = run_manage("serve", PORT=str(free_port))
    assert done.returncode == 1
    assert "Collect the static files first: manage.py collectstatic" in done.stderr


@pytest.mark.thorough
def test_waiting_migrations_stop_a_real_site(run_manage, production, free_port, static_files):
    done = run_manage("serve", PORT=str(free_port), **production)
    assert done.returncode == 1
    assert "Run first: manage.py migrate" in done.stderr


@pytest.fixture
def welcome_for(monkeypatch):
    """Return a function that makes the words of welcome for a database."""

    def words(**database):
        values = {
            "SITE_URL": "http://127.0.0.1:8123",
            "VAR_DIR": Path("/srv/ims"),
            "DATABASES": {"default": database},
            "PRODUCTION": False,
        }
        monkeypatch.setattr(serve, "settings", SimpleNamespace(**values))
        return serve.welcome()

    return words


def test_welcome_names_the_address_and_the_places(welcome_for):
    words = welcome_for(ENGINE="django.db.backends.sqlite3", NAME="/srv/clinic.sqlite3")
    places = ("http://127.0.0.1:8123/admin/", "/srv/clinic.sqlite3", "/srv/ims/keys")
    assert [place in words for place in places] == [True, True, True]


def test_welcome_shows_no_password_of_the_database(welcome_for):
    words = welcome_for(ENGINE="django.db.backends.postgresql", NAME="ims", PASSWORD="hunter2")
    assert ("hunter2" in words, "PostgreSQL (DATABASE_URL)" in words) == (False, True)


@pytest.fixture
def running_site(
    run_manage, clean_environment, clinic_text, write_page, tmp_path, free_port, static_files
):
    """A served site with a content folder of its own: (its address, the folder)."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "clinic.yaml").write_text(clinic_text)
    write_page(folder / "page.md", "It says one thing.")
    options = {"PORT": str(free_port), "CONTENT_DIR": str(folder)}
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=clean_environment(**options),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{free_port}", folder, lambda: run_manage("prepare", **options)
    server.terminate()
    assert server.wait(timeout=40) == 0


def said_on(url, wanted):
    """Ask a page of both workers until it says what is wanted; return what it says at last."""
    seen = []
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own address
                seen.append(re.search(r"It says \w+ thing", answer.read().decode())[0])
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            seen.append("")
        # Two workers take turns as they like: twenty answers in a row are of both.
        if seen[-20:] == [wanted] * 20:
            return wanted
        if seen[-1] != wanted:
            time.sleep(0.1)
    return seen[-1]


@pytest.mark.thorough
def test_running_site_takes_up_new_content_and_keeps_good_content(running_site, write_page):
    url, folder, prepare = running_site
    page = folder / "page.md"
    assert said_on(f"{url}/page/", "It says one thing") == "It says one thing"
    write_page(page, "It says another thing.")
    prepare()
    assert said_on(f"{url}/page/", "It says another thing") == "It says another thing"
    write_page(page, "It says {broken} thing.")
    done = prepare()
    assert (done.returncode, "clinic/page.md:10: a brace" in done.stdout) == (1, True)
    assert said_on(f"{url}/page/", "It says another thing") == "It says another thing"


OWE_A_MAIL = """
from uuid import uuid4
from imsinfo.enquiries.models import Enquiry, OutgoingMail
from imsinfo.enquiries.outbox import mails_owed
given = {"area": "neck", "duration": "over-a-year", "caution": "yes", "reply_by": "phone"}
enquiry = Enquiry.objects.create(submission_id=uuid4(), name="Zora Quillfeather", **given)
OutgoingMail.objects.bulk_create(mails_owed(enquiry))
"""


@pytest.fixture
def server(clean_environment, free_port, static_files):
    """A server with a database of its own, as `make run` starts it."""
    options = {"PORT": str(free_port)}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=clean_environment(**options),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # A group of its own, by which all that it starts is ended in the end.
        start_new_session=True,
    )
    # Its first words come when the database is there.
    assert process.stdout.readline() == "\n"
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=40)


def wait_until(condition, seconds=40):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.05)


def mail_loops(parent):
    """Return the folders in /proc of the mail loops that a process has started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, its_parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (process / "cmdline").read_bytes()
            if state != "Z" and int(its_parent) == parent and b"send_mail_queue" in command:
                found.append(process)
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_mails_go_out_beside_the_server_and_end_with_it(server, run_manage, tmp_path, how):
    assert run_manage("shell", "--no-imports", "-c", OWE_A_MAIL).returncode == 0
    wait_until(lambda: [*(tmp_path / "var").glob("mail/*.log")])
    [loop] = mail_loops(server.pid)
    server.send_signal(how)
    server.wait(timeout=40)
    wait_until(lambda: not (loop / "cmdline").exists() or not (loop / "cmdline").read_bytes())
