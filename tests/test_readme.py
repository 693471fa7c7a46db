import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.settings import READ_FROM_ENVIRONMENT

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
# Commands of Django itself that no app lists.
OWN = {"runserver"}
FOLDERS = ("imsinfo", "content", "templates", "static", "tests", "requirements", ".ci")
PATHS = re.compile(rf"(?<![\w/.-])(?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*\w(?![\w*-])")


def test_every_command_named_is_there():
    named = set(re.findall(r"(?:manage\.py|imsinfo-manage) ([a-z_]+)", README))
    assert named - set(get_commands()) == set()


def test_every_command_of_the_project_is_named():
    ours = {name for name, app in get_commands().items() if app.startswith("imsinfo")}
    assert {name for name in ours if not re.search(rf"\b{name}\b", README)} == set()


def test_every_setting_is_named():
    assert {name for name in READ_FROM_ENVIRONMENT if f"`{name}`" not in README} == set()


def test_every_target_of_make_named_is_there():
    named = set(re.findall(r"`make ([a-z]+)|^ {4}make ([a-z]+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {first or second for first, second in named} - targets == set()


@pytest.mark.parametrize("path", sorted(set(PATHS.findall(README))))
def test_every_path_named_is_there(path):
    assert (ROOT / path).exists()


def test_every_module_run_is_there():
    for module in re.findall(r"python -m (tests\.[\w.]+)", README):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_heading_spoken_of_is_there():
    headings = set(re.findall(r"^#+ (.+)$", README, re.MULTILINE))
    spoken = set(re.findall(r"(?:see|[Ss]teps? \d[^\"\n]* of|\() ?\"([A-Z][^\"]+)\"", README))
    assert spoken - headings == set()


def test_changes_begin_with_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = README[README.index("## Changes") :].split("### ", maxsplit=2)[1]
    assert newest.startswith(f"{version}, ")
