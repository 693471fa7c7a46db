from dataclasses import replace
from pathlib import Path

import pytest

from imsinfo.operating.places import Places, place_problems, sqlite_file


@pytest.fixture
def good(tmp_path):
    for name in ("var", "content", "site/static", "tls.pem"):
        (tmp_path / name).mkdir(parents=True)
    return Places(
        var_dir=tmp_path / "var",
        content_dir=tmp_path / "content",
        sqlite=str(tmp_path / "var" / "imsinfo.sqlite3"),
        own=(("VAR_DIR", tmp_path / "var"), ("BACKUP_DIR", tmp_path / "var" / "backups")),
        public=(tmp_path / "site" / "static", tmp_path / "var" / "static"),
        read=(("TLS_KEY", str(tmp_path / "tls.pem")), ("TLS_CERTIFICATE", "")),
    )


@pytest.fixture
def owner(good):
    return good.var_dir.stat().st_uid


def test_good_places_have_no_problem(good, owner):
    assert place_problems(good, owner) == []


def test_a_content_folder_that_is_not_there_is_told(good, owner, tmp_path):
    [told] = place_problems(replace(good, content_dir=tmp_path / "nowhere"), owner)
    assert told.startswith(f"CONTENT_DIR is {tmp_path}/nowhere: there is no such folder.")


def test_a_content_folder_below_one_that_may_not_be_entered_is_told(good, owner, monkeypatch):
    as_it_is = Path.is_dir

    def refuse(path):
        if path == good.content_dir:
            raise PermissionError(13, "Permission denied")
        return as_it_is(path)

    monkeypatch.setattr(Path, "is_dir", refuse)
    [told] = place_problems(good, owner)
    assert told.startswith(f"CONTENT_DIR is {good.content_dir}, below a folder that the site may")


def test_what_lies_in_another_place_that_is_told_of_is_not_told_again(good, owner, tmp_path):
    [told] = place_problems(replace(good, content_dir=tmp_path), owner)
    assert told.startswith("VAR_DIR lies inside CONTENT_DIR")


@pytest.mark.parametrize("folder", ["site/static", "var/static/backups"])
def test_what_anybody_could_fetch_is_refused(good, owner, tmp_path, folder):
    own = (("VAR_DIR", tmp_path / "var"), ("BACKUP_DIR", tmp_path / folder))
    [told] = place_problems(replace(good, own=own), owner)
    assert told.startswith(f"BACKUP_DIR is {tmp_path / folder}, below {tmp_path}/")


def test_a_link_into_a_public_folder_is_found(good, owner, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "site" / "static")
    own = (("BACKUP_DIR", tmp_path / "link" / "backups"),)
    assert len(place_problems(replace(good, own=own), owner)) == 1


@pytest.mark.parametrize("name", [":memory:", "clinic.sqlite3", "var/clinic.sqlite3"])
def test_a_database_that_has_no_fixed_place_is_refused(good, owner, name):
    [told] = place_problems(replace(good, sqlite=name), owner)
    assert told.startswith(f"DATABASE_URL names the SQLite database {name!r}, ")


def test_a_file_that_is_not_there_is_told(good, owner):
    read = (("TLS_KEY", "/no/such/key.pem"),)
    [told] = place_problems(replace(good, read=read), owner)
    assert told.startswith("TLS_KEY is /no/such/key.pem: it is not there.")


def test_root_does_nothing_in_the_folder_of_another(good, monkeypatch):
    monkeypatch.setattr(
        Path, "stat", lambda *_, **__: type("Stat", (), {"st_uid": 1, "st_mode": 0})()
    )
    told = place_problems(replace(good, content_dir=None, own=(), public=(), read=()), 0)
    assert [each.startswith(f"VAR_DIR is {good.var_dir}, which belongs to ") for each in told] == [
        True
    ]


@pytest.mark.parametrize(
    ("database", "file"),
    [
        (
            {"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/a"},
            (("DATABASE_URL", Path("/srv/a")),),
        ),
        ({"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}, ()),
        ({"ENGINE": "django.db.backends.postgresql", "NAME": "ims"}, ()),
        ({"ENGINE": ""}, ()),
    ],
)
def test_a_sqlite_database_is_a_file(database, file):
    assert sqlite_file(database) == file
