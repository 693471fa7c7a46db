import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management.base import CommandError

from imsinfo.management.commands import serve
from imsinfo.management.commands.serve import Command, refuse_port_in_use, server_command


@pytest.fixture
def port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


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
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "imsinfo.wsgi:application"),
        *("--host", "127.0.0.1", "--port", "8123", "--no-ws"),
        *("--workers", "2", "--blocking-threads", "128", "--backpressure", "512"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
    ]


def test_server_is_given_the_sites_own_certificate(settings):
    settings.TLS_CERTIFICATE, settings.TLS_KEY = "/etc/ims/cert.pem", "/etc/ims/key.pem"
    assert server_command("0.0.0.0", 443)[-4:] == [  # noqa: S104 -- no socket is opened
        *("--ssl-certificate", "/etc/ims/cert.pem"),
        *("--ssl-keyfile", "/etc/ims/key.pem"),
    ]


def test_server_knows_every_flag():
    from granian.cli import cli  # noqa: PLC0415 -- slow to import

    known = {
        name for parameter in cli.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
    flags = {word for word in server_command("127.0.0.1", 8123) if word.startswith("--")}
    assert flags - known == set()


def test_broken_clinic_file_stops_the_start(write_content):
    write_content("clinic.yaml", "name: [\n")
    with pytest.raises(CommandError) as refused:
        Command().read_content()
    assert str(refused.value).startswith("The site does not start:\nown/clinic.yaml:")


def test_broken_red_flags_stop_the_start(write_content):
    write_content("red-flags.yaml", "form_lines: []\n")
    with pytest.raises(CommandError, match=r"^The site does not start:\nown/red-flags\.yaml:1: "):
        Command().read_content()


@pytest.mark.parametrize("name", ["aftercare.md", "index.md", "sources.yaml"])
def test_a_site_does_not_start_without_the_pages_that_patients_need(write_content, name):
    write_content(name, "broken")
    with pytest.raises(CommandError, match="does not start without /"):
        Command().read_content()


def test_missing_static_files_stop_the_start(run_manage, free_port):
    done = run_manage("serve", PORT=str(free_port))
    assert done.returncode == 1
    assert "Collect the static files first: manage.py collectstatic" in done.stderr


def test_waiting_migrations_stop_a_real_site(run_manage, production, free_port):
    assert run_manage("collectstatic", "--no-input", **production).returncode == 0
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
