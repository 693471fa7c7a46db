import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.settings import READ_FROM_ENVIRONMENT

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "imsinfo" / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("imsinfo*.*") if path.is_file())
TEXTS = {path: path.read_text() for path in DEPLOY.rglob("*") if path.is_file()}
# Below this systemd calls a service "OK".
MOST_EXPOSURE = 15  # tenths
HARDENING = DEPLOY / "systemd" / "imsinfo-.service.d" / "common.conf"
analyze = pytest.mark.skipif(
    not shutil.which("systemd-analyze"),
    reason="systemd-analyze is missing (on Debian: apt-get install systemd)",
)


@pytest.fixture
def units(tmp_path):
    """The units as they are installed, their program in a folder of the test's own."""
    program = tmp_path / "site" / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    folder = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", folder)
    for path in (path for path in folder.rglob("*") if path.is_file()):
        path.write_text(path.read_text().replace("/srv/imsinfo", str(tmp_path / "site")))
    return folder


def services():
    return [name for name in UNITS if name.endswith(".service")]


def analysed(*arguments):
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False
    )


@analyze
def test_units_are_accepted_by_systemd_without_a_warning(units):
    checked = analysed("verify", "--man=no", *(str(units / name) for name in UNITS))
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@analyze
@pytest.mark.parametrize("name", services())
def test_service_is_little_exposed(units, name):
    checked = analysed("security", "--offline=true", f"--threshold={MOST_EXPOSURE}", units / name)
    assert checked.returncode == 0, checked.stdout.splitlines()[-1]


def commands_in(text):
    return re.findall(r"manage\.py (\w+)", text) + re.findall(r"imsinfo-manage (\w+)", text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_named_is_there(path):
    assert [name for name in commands_in(TEXTS[path]) if name not in get_commands()] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_setting_named_is_read(path):
    if path.suffix == ".env":
        named = re.findall(r"^#?([A-Z][A-Z_]+)=", TEXTS[path], re.MULTILINE)
    else:
        named = re.findall(r"^Environment=([A-Z_]+)=", TEXTS[path], re.MULTILINE)
    assert {name.removesuffix("_FILE") for name in named} <= READ_FROM_ENVIRONMENT


def test_some_command_and_some_setting_are_named():
    everything = "".join(TEXTS.values())
    assert {"serve", "backup", "send_mail_queue"} <= set(commands_in(everything))
    assert "SITE_URL=" in everything


def test_every_part_belongs_to_the_target():
    wanted = re.findall(r"imsinfo-[\w.]+", (DEPLOY / "systemd" / "imsinfo.target").read_text())
    timed = {name.replace(".timer", ".service") for name in UNITS if name.endswith(".timer")}
    assert sorted(wanted) == sorted({*UNITS} - timed - {"imsinfo.target"})


def test_every_folder_that_the_settings_name_may_be_written():
    writable = re.findall(r"^ReadWritePaths=-?(.+)$", TEXTS[HARDENING], re.MULTILINE)
    named = re.findall(r"^(?:VAR|BACKUP)_DIR=(.+)$", TEXTS[DEPLOY / "settings.env"], re.MULTILINE)
    assert len(named) == 2
    assert set(named) <= set(writable)


def test_services_may_ask_the_system_for_what_the_code_asks():
    code = "".join(path.read_text() for path in (ROOT / "imsinfo").rglob("*.py"))
    asked = set(re.findall(r"\bos\.(nice|setpriority|sched_set\w+)\(", code))
    allowed = re.findall(r"^SystemCallFilter=(.*)", HARDENING.read_text(), re.MULTILINE)[-1].split()
    # In C, nice() is written with setpriority().
    assert {"setpriority" if name == "nice" else name for name in asked} == set(allowed)


def test_the_mail_loop_runs_once():
    assert "Environment=MAIL_LOOP=false" in TEXTS[DEPLOY / "systemd" / "imsinfo-web.service"]
    assert "send_mail_queue --loop" in TEXTS[DEPLOY / "systemd" / "imsinfo-mail.service"]


@pytest.fixture
def manage(tmp_path):
    """Return a function that runs imsinfo-manage on a folder of the test's own."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$PWD" "$SITE_URL" "$(umask)" "$@"\n')
    python.chmod(0o755)
    (tmp_path / "settings.env").write_text("SITE_URL=https://ims.clinic.test\n")
    script = tmp_path / "imsinfo-manage"
    text = TEXTS[DEPLOY / "imsinfo-manage"].replace("/etc/imsinfo", str(tmp_path))
    script.write_text(text.replace("runuser -u imsinfo --", "env"))

    def run(*arguments, **env):
        done = subprocess.run(
            ["sh", script, *arguments],
            env=os.environ | env,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr or done.stdout

    run.folder = tmp_path
    return run


def test_manage_runs_a_command_with_the_settings_and_keeps_what_it_writes_private(manage):
    told = manage("restore", "a file", IMSINFO=str(manage.folder))
    assert told == f"{manage.folder} https://ims.clinic.test 0077 manage.py restore a file\n"


@pytest.mark.parametrize("value", ["Ada <ada@clinic.test>", "a (b", '"half'])
def test_manage_tells_how_a_value_is_to_be_written(manage, value):
    (manage.folder / "settings.env").write_text(f"SITE_URL=x\nMAIL_FROM={value}\n")
    told = manage("check", IMSINFO=str(manage.folder)).splitlines()[-1]
    assert told.startswith(f"imsinfo-manage: mend {manage.folder}/settings.env; a value with a")


@pytest.mark.parametrize("value", ["a?b=c&d=e", '"a$b"', "$(id)", '"`id`"'])
def test_manage_refuses_what_a_shell_would_read_otherwise(manage, value):
    (manage.folder / "settings.env").write_text(f"SITE_URL=x\nDATABASE_URL={value}\n")
    told = manage("check", IMSINFO=str(manage.folder)).splitlines()
    assert told == [
        f"imsinfo-manage: mend {manage.folder}/settings.env, line 2:DATABASE_URL",
        "A value with & stands in \"quotes\", one with $ or ` in 'single quotes'.",
    ]


@pytest.mark.parametrize("value", ['"a?b=c&d=e"', "'a$b'"])
def test_manage_takes_what_the_services_read_as_well(manage, value):
    (manage.folder / "settings.env").write_text(f"SITE_URL=https://x\nDATABASE_URL={value}\n")
    assert "manage.py check" in manage("check", IMSINFO=str(manage.folder))


def test_manage_without_its_settings_says_who_may_read_them(manage):
    (manage.folder / "settings.env").unlink()
    told = manage("check", IMSINFO=str(manage.folder))
    assert told.endswith("settings.env cannot be read. Run it as root.\n")


def test_root_is_kept_from_making_a_second_site_in_the_folder_of_the_code(monkeypatch, tmp_path):
    module = runpy.run_path(str(ROOT / "manage.py"), run_name="manage")
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate", "--check"])
    monkeypatch.delenv("SITE_URL", raising=False)
    refuse, server = module["refuse_bare"], tmp_path / "settings.env"
    assert refuse(is_root=True, server=server) is None
    server.touch()
    assert refuse(is_root=False, server=server) is None
    with pytest.raises(SystemExit) as refused:
        refuse(is_root=True, server=server)
    assert str(refused.value).endswith("Run: imsinfo-manage migrate --check")
    monkeypatch.setenv("SITE_URL", "https://ims.clinic.test")
    assert refuse(is_root=True, server=server) is None


def test_manage_is_a_program():
    assert os.access(DEPLOY / "imsinfo-manage", os.X_OK)
