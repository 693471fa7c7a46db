import json
import re

import pytest
from django.core.management import call_command
from pytest_django.asserts import assertContains

from imsinfo.operating import status
from imsinfo.operating.databases import SQLITE_PRAGMAS
from imsinfo.operating.operator_warning import in_words
from imsinfo.operating.proxies import WORDS, proxies_folder
from imsinfo.operating.status import Line, Mark, lines, tells, worst
from imsinfo.operating.status_lines import (
    disk_lines,
    durability_lines,
    has_database,
    proxy_lines,
    server_line,
)

MARKED = re.compile(r"(ok|look|fault) +\S.*")
UNKNOWN = "unknown without a database of this version"
NAMES = ["server", "database", "tables", "integrity", "keys", "content", "mail", "backup", "clock"]


@pytest.fixture
def parts(monkeypatch):
    """No parts but those that a test adds."""
    monkeypatch.setattr(status, "_parts", [])
    monkeypatch.setattr(status, "autodiscover_modules", lambda name: None)
    monkeypatch.setattr("imsinfo.management.commands.status.has_database", lambda: True)


def add(place, *told, needs_database=False, name="part"):
    tells(place, name, needs_database=needs_database)(lambda: told)


def ok(name):
    return Line(name, Mark.OK, "as it must be")


def test_lines_stand_in_their_order(parts):
    add(2, ok("second"))
    add(1, ok("first"), ok("after it"))
    assert [line.name for line in lines(has_database=True)] == ["first", "after it", "second"]


def test_without_its_database_a_part_is_not_asked(parts):
    def ask():
        raise AssertionError

    tells(1, "mail", needs_database=True)(ask)
    add(2, ok("disk"))
    [unknown, known] = lines(has_database=False)
    assert (unknown, known) == (
        Line("mail", Mark.FAULT, UNKNOWN),
        ok("disk"),
    )


def test_a_part_that_fails_hides_no_other_and_tells_none_of_its_words(parts):
    def fail():
        yield ok("before")
        raise ValueError("Ada Khan")

    tells(1, "mail")(fail)
    add(2, ok("disk"))
    found = list(lines(has_database=True))
    assert [line.name for line in found] == ["before", "mail", "disk"]
    assert found[1].told == "cannot be told: builtins.ValueError"


@pytest.mark.parametrize(
    ("marks", "expected"),
    [((), 0), ((Mark.OK,), 0), ((Mark.OK, Mark.LOOK), 1), ((Mark.FAULT, Mark.LOOK), 2)],
)
def test_worst_line_is_the_exit_code(parts, capsys, marks, expected):
    for mark in (Mark.OK, *marks):
        add(1, Line("thing", mark, "stands"))
    with pytest.raises(SystemExit) as ended:
        call_command("status")
    assert int(ended.value.code) == expected


def test_nothing_is_not_at_fault():
    assert worst([]) == Mark.OK


def test_json_is_the_same_for_a_machine(parts, capsys):
    add(1, Line("disk", Mark.LOOK, "20 MB free", "make room"))
    with pytest.raises(SystemExit):
        call_command("status", "--format=json")
    assert json.loads(capsys.readouterr().out) == {
        "mark": "look",
        "lines": [{"name": "disk", "mark": "look", "told": "20 MB free", "repair": "make room"}],
    }


@pytest.mark.parametrize(
    ("free", "mark"), [(0, Mark.FAULT), (20 * 2**20, Mark.LOOK), (2**40, Mark.OK)]
)
def test_room_is_marked(monkeypatch, free, mark):
    monkeypatch.setattr("imsinfo.operating.status_lines.free_bytes", lambda place: free)
    monkeypatch.setattr("imsinfo.operating.status_lines.network_file_system", lambda place: "")
    assert {line.mark for line in disk_lines()} == {mark}


@pytest.mark.only_on("sqlite")
@pytest.mark.db
@pytest.mark.django_db
def test_a_database_that_may_lose_what_it_has_stored_is_told(monkeypatch):
    assert [line.mark for line in durability_lines()] == [Mark.OK]
    monkeypatch.setitem(SQLITE_PRAGMAS, "synchronous", 3)
    [line] = durability_lines()
    assert (line.mark, line.told) == (Mark.FAULT, "SQLite's synchronous is 2; 3 is needed.")


def test_what_workers_noticed_of_proxies_is_told(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    proxies_folder(tmp_path).mkdir()
    for name in WORDS:
        (proxies_folder(tmp_path) / name).touch()
    assert [line.told for line in proxy_lines()] == [told for told, _ in WORDS.values()]


def test_staff_are_told_what_the_operator_must_see_to():
    told = in_words([ok("proxies"), Line("disk", Mark.LOOK, "20 MB free", "make room")])
    assert told == "Tell whoever runs the site: disk: 20 MB free (make room)."


def test_staff_are_told_nothing_where_all_is_well():
    assert in_words([ok("disk")]) == ""


@pytest.mark.django_db
def test_overview_warns_of_a_disk_that_fills_up(admin_client, monkeypatch):
    monkeypatch.setattr("imsinfo.operating.status_lines.free_bytes", lambda place: 20 * 2**20)
    assertContains(admin_client.get("/admin/"), "Tell whoever runs the site: disk: 20 MB free for ")


@pytest.fixture
def site(db, settings, tmp_path):
    """Return a function that gives the lines of a new site by their names."""
    settings.VAR_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    settings.ERASURE_JOURNAL = tmp_path / "erasures.journal"
    return lambda: {line.name: line for line in lines(has_database())}


@pytest.mark.db
def test_a_whole_site_is_told(site):
    found = site()
    assert [name for name in NAMES if name not in found] == []
    faults = {name for name, line in found.items() if line.mark == Mark.FAULT}
    assert faults == {"content", "backup"}


def test_tables_of_another_version_are_told(site, monkeypatch):
    monkeypatch.setattr(
        "imsinfo.operating.status_lines.waiting_migrations", lambda: ["enquiries.0999_newer"]
    )
    found = site()
    assert (found["tables"].told, found["mail"].told) == ("migrations that wait: 1", UNKNOWN)


def test_a_damaged_database_is_told_without_a_trace(run_manage, tmp_path):
    (tmp_path / "var").mkdir(mode=0o700)
    (tmp_path / "var" / "imsinfo.sqlite3").write_bytes(b"nonsense" * 1000)
    done = run_manage("status")
    assert (done.returncode, done.stderr) == (2, "")
    assert [line for line in done.stdout.splitlines() if not MARKED.fullmatch(line)] == []
    assert re.search("^fault +database +does not answer: file is not a database", done.stdout, re.M)
    assert re.search("^fault +mail +unknown without a database", done.stdout, re.M)


def test_a_postgresql_that_is_down_is_told_without_a_trace_or_its_password(run_manage, tmp_path):
    url = f"postgres://ims:hunter2@/ims?host={tmp_path}"
    done = run_manage("status", DATABASE_URL=url)
    assert (done.returncode, done.stderr, "hunter2" in done.stdout) == (2, "", False)
    assert re.search("^fault +database +does not answer: connection", done.stdout, re.M)


@pytest.mark.parametrize(("is_real", "mark"), [(True, Mark.FAULT), (False, Mark.LOOK)])
def test_a_real_site_that_does_not_answer_is_a_fault(settings, is_real, mark):
    # Nothing listens on port 9 of a test's machine.
    settings.PRODUCTION, settings.BIND, settings.PORT = is_real, "127.0.0.1", 9
    assert [(line.mark, line.told) for line in server_line()] == [
        (mark, "nobody answers at 127.0.0.1:9")
    ]
