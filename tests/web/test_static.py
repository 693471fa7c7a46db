import os
import re

import brotli
import pytest
from django.contrib.staticfiles.finders import get_finder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import override_settings
from whitenoise.base import scantree

from imsinfo.web.static import StaticAtTheDoor, StaticFiles, in_one_piece

LINKED = {"site.css", "print.css", "enquiry.css", "editors.css", "leaflets.css", "admin.css"}
STORAGES = {"staticfiles": {"BACKEND": "imsinfo.web.static.OneStylesheet"}}


@pytest.fixture
def write_css(tmp_path):
    def write_css(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.css").write_text(text)
        return tmp_path / "all.css"

    return write_css


@pytest.fixture
def collected(settings, collected_static):
    """The folder of static files, made as `make run` makes it."""
    settings.STORAGES = settings.STORAGES | STORAGES
    settings.STATIC_ROOT = collected_static
    return settings.STATIC_ROOT


def test_in_one_piece_puts_imports_in_their_order(write_css):
    stylesheet = write_css(
        all='@import "one.css";\n@import "two.css";\n', one="a { color: red }", two="p { top: 0 }"
    )
    assert in_one_piece(stylesheet) == "a{color:red}p{top:0}"


@pytest.mark.parametrize(
    "rule",
    [
        'li::before{content:"› " / ""}',
        "a{width:calc((100% - 2rem) / 2)}",
        "a:is(.b,.c) > :first-child{margin:0}",
        "@media (min-width:40rem) and (prefers-color-scheme:dark){a{top:0}}",
    ],
)
def test_in_one_piece_keeps_blanks_that_mean_something(write_css, rule):
    spaced = rule.replace("{", " {\n  ").replace("}", "\n}")
    kept = in_one_piece(write_css(all=f"/* why */\n{spaced}"))
    assert kept.replace(" > ", ">") == rule.replace(" > ", ">")


def test_in_one_piece_names_an_import_that_is_not_there(write_css, tmp_path):
    with pytest.raises(ImproperlyConfigured) as refused:
        in_one_piece(write_css(all='@import "gone.css";'))
    assert str(refused.value) == (
        f"all.css imports gone.css, which is not in {tmp_path}; mend the name or add the file"
    )


def test_the_stylesheet_is_delivered_as_one_hashed_compressed_file(collected):
    name = staticfiles_storage.stored_name("css/site.css")
    text = (collected / name).read_bytes()
    assert (b"@import" in text, b".care-card" in text) == (False, True)
    assert brotli.decompress((collected / f"{name}.br").read_bytes()) == text


def test_the_stylesheet_addresses_its_typeface_by_the_hashed_name(collected):
    text = (collected / staticfiles_storage.stored_name("css/site.css")).read_text()
    typeface = staticfiles_storage.stored_name("fonts/atkinson-hyperlegible-next.woff2")
    assert f"../{typeface}" in text


def test_files_of_an_older_version_take_the_place_of_newer_copies(tmp_path):
    """After a roll-back: its files have the times of the day on which it was installed."""
    old, place = tmp_path / "old", tmp_path / "static"
    for folder, rule in ((old, "a { top: 0 }"), (place, "a { top: 9px }")):
        folder.mkdir()
        (folder / "site.css").write_text(rule)
    os.utime(old / "site.css", (1, 1))
    with override_settings(
        STATICFILES_DIRS=[old],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=place,
        STORAGES={"staticfiles": {"BACKEND": "imsinfo.web.static.OneStylesheet"}},
    ):
        get_finder.cache_clear()
        call_command("collectstatic", interactive=False, verbosity=0)
    get_finder.cache_clear()
    assert "top: 0" in (place / "site.css").read_text()


def test_every_component_is_imported_once(settings):
    folder = settings.BASE_DIR / "static/css"
    linked = "".join((folder / name).read_text() for name in ("site.css", "enquiry.css"))
    imports = re.findall(r'@import "([^"]+)";', linked)
    files = {path.name for path in folder.glob("*.css")} - LINKED
    assert sorted(imports) == sorted(files)


@pytest.fixture
def scanned(monkeypatch, tmp_path):
    """A folder that was collected, and how often anybody has looked through it."""
    found = []
    monkeypatch.setattr(
        "whitenoise.base.scantree", lambda root: found.append(root) or scantree(root)
    )
    (tmp_path / "site.css").write_text("a{top:0}")
    (tmp_path / "staticfiles.json").write_text("{}")
    with override_settings(STATIC_ROOT=str(tmp_path), WHITENOISE_AUTOREFRESH=False):
        yield tmp_path, found


def test_django_and_the_door_look_through_the_files_once_for_both(scanned):
    files = [each(None).files["/static/site.css"] for each in (StaticFiles, StaticAtTheDoor)]
    assert (files[0] is files[1], len(scanned[1])) == (True, 1)


def test_files_that_were_collected_anew_are_found(scanned):
    folder, found = scanned
    StaticFiles(None)
    (folder / "new.css").write_text("a{top:1px}")
    os.utime(folder / "staticfiles.json", (1, 1))
    assert "/static/new.css" in StaticFiles(None).files
    assert len(found) == 2


def test_a_folder_that_nobody_has_collected_is_looked_through_each_time(scanned):
    folder, found = scanned
    (folder / "staticfiles.json").unlink()
    assert [bool(StaticFiles(None).files), bool(StaticFiles(None).files)] == [True, True]
    assert len(found) == 2
