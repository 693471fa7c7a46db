"""What the site is made of: pinned, few, and under licences that any clinic may use."""

import re
from importlib.metadata import metadata

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "requirements"
SETS = ("runtime", "postgres", "dev", "audit")
# A clinic may use, change and pass on the site with each of them; the LGPL's parts stay libraries.
ACCEPTED = {
    *("MIT", "MIT-0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"),
    *("PSF-2.0", "Unlicense", "LGPL-3.0-only", "CC0-1.0", "CC-BY-4.0"),
}


def pinned(name):
    """Return the pins of a set: {package: everything that is written of it}."""
    text = (FOLDER / f"{name}.txt").read_text()
    pins = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    return {pin.split("==")[0].split("[")[0]: pin for pin in pins if pin[:1].isalnum()}


def listed():
    lines = (FOLDER / "licences.txt").read_text().splitlines()
    return dict(line.split(": ") for line in lines if line and not line.startswith("#"))


def licence(package):
    """Return a package's licence as it says it itself: by expression, text or classifier."""
    said = metadata(package)
    classifiers = [line for line in said.get_all("Classifier", []) if line.startswith("License")]
    of_classifier = classifiers[0].split(" :: ")[-1].removesuffix(" License") if classifiers else ""
    return said.get("License-Expression") or said.get("License") or of_classifier


def test_every_part_of_the_site_has_its_licence_listed():
    parts = [*pinned("runtime"), *pinned("postgres")]
    assert listed() == {part: licence(part) for part in parts}


@pytest.mark.parametrize(("part", "said"), listed().items())
def test_licence_is_one_that_any_clinic_may_use(part, said):
    assert set(re.split(r" (?:AND|OR) ", said)) <= ACCEPTED


def test_at_most_fifteen_parts_are_chosen_for_run_time():
    lines = (FOLDER / "runtime.in").read_text().splitlines()
    assert len([line for line in lines if line and not line.startswith("#")]) <= 15


@pytest.mark.parametrize("name", SETS)
def test_every_part_is_pinned_with_its_hash(name):
    without = [package for package, pin in pinned(name).items() if "--hash=sha256:" not in pin]
    assert without == []


@pytest.mark.parametrize("name", SETS)
def test_pins_name_no_address(name):
    assert "://" not in (FOLDER / f"{name}.txt").read_text()
