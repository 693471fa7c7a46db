import re
from itertools import chain
from pathlib import Path

import django
import pytest
from django.contrib import admin

from imsinfo.articles.frontmatter import GRADE_LABELS
from imsinfo.articles.picture_lists import PICTURE_CLASSES
from imsinfo.articles.rendering.components import BOXES
from imsinfo.articles.syntax import CARDS
from tests.markup import ROOT, in_python, in_template, templates
from tests.stylesheets import delivered, rules_of, stylesheets

# Django's own pages and stylesheets, which the admin's sheet and templates build upon.
DJANGO = Path(django.__file__).parent / "contrib/admin"
# What {} stands for in a class that is put together.
FILLED_IN = {
    "care-card--{}": CARDS,
    "evidence__grade--{}": GRADE_LABELS,
    "icon-array{}": ("", "--large"),
    "icon-array__{}": ("ring", "hole", "dot"),
    "align-{}": ("right", "center"),
    # Boxes: articles/components/box_start.html.
    "{}": ("callout", "differ", "figures", "steps", *BOXES.values()),
}
# These write of classes, and no HTML.
NO_HTML = {"settings.py", "logs.py", "picture_rules.py", "picture_lists.py"}
# Paper is white and ink is black; Django's own properties want colours of their own.
WITH_COLOURS = {"variables.css", "print.css", "admin.css"}

# django/contrib/admin/templatetags/admin_list.py puts the classes of a column together.
MADE_BY_DJANGO = {"sortable"}
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
ID = re.compile(r"#([A-Za-z_][\w-]*)")
CLASSES, IDS = re.compile(r'\bclass="([^"{}]*)'), re.compile(r'\bid="([^"{}]*)"')
PROPERTY = re.compile(r"(--[\w-]+)\s*:")
PROPERTY_USED = re.compile(r"var\(\s*(--[\w-]+)")
COLOURED = re.compile(
    r"color$|^(?:background|border|outline|text-decoration|box-shadow|column-rule)|^(?:fill|stroke)$"
)
# What a value may hold beside lengths and functions, and is no colour of its own.
WORDS = {
    *("none", "solid", "dashed", "dotted", "double", "inset", "inherit", "transparent"),
    *("currentColor", "underline", "collapse", "from-font", "light", "dark", "auto", "exact"),
    *("preserve-parent-color", "padding-box", "border-box", "no-repeat", "center"),
}
SYSTEM_COLOURS = {"Canvas", "CanvasText", "LinkText", "ButtonText", "Highlight", "HighlightText"}
FUNCTION = re.compile(r"[\w-]+\([^()]*\)")

RULES = [rule for path in stylesheets() for rule in rules_of(path)]
SITE = [rule for rule in RULES if rule.file != "admin.css"]
# The admin takes some files of the site, and need not use all of them.
ADMIN = delivered("admin.css")
ADMIN_ALONE = [rule for rule in ADMIN if rule.file == "admin.css"]


def written_raw():
    """Every class that is written, {} included, with the file that writes it."""
    modules = [path for path in (ROOT / "imsinfo").rglob("*.py") if path.name not in NO_HTML]
    found = [(path, in_template(path)) for path in templates()]
    found += [(path, in_python(path)) for path in modules]
    return {(name, path) for path, names in found for name in names}


def filled_in(name):
    if "{}" not in name:
        return (name,)
    return tuple(name.replace("{}", each) for each in FILLED_IN.get(name, ()))


def written(is_for_admin):
    """The classes of the site's pages, or those of the templates of Django's admin."""
    return {
        each
        for name, path in written_raw()
        if ("admin" in path.parts) == is_for_admin
        for each in filled_in(name)
    }


def in_django(files, pattern):
    """What a pattern finds in the files of Django's own admin."""
    found = chain.from_iterable(pattern.findall(path.read_text()) for path in DJANGO.rglob(files))
    return {name for value in found for name in value.split()}


def classes_of_django():
    return in_django("*.css", CLASS) | in_django("*.html", CLASSES) | MADE_BY_DJANGO


def classes_of_columns():
    """Django marks each cell of a list with the column's name."""
    lists = (model_admin.list_display for model_admin in admin.site._registry.values())
    return {f"field-{column}" for column in chain.from_iterable(lists)}


def selected(rules, pattern=CLASS):
    bare = [re.sub(r'"[^"]*"', "", rule.selector) for rule in rules]
    return {name for selector in bare for name in pattern.findall(selector)}


def defined(rules):
    return {name for rule in rules for name, _ in rule.declarations if name.startswith("--")}


def used(rules):
    values = chain.from_iterable(rule.declarations for rule in rules)
    return {name for _, value in values for name in PROPERTY_USED.findall(value)}


def test_every_class_with_a_rule_is_written_somewhere():
    assert selected(SITE) - written(is_for_admin=False) - PICTURE_CLASSES == set()


def test_every_class_with_a_rule_for_the_admin_is_written_somewhere():
    own = written(is_for_admin=True) | written(is_for_admin=False)
    assert selected(ADMIN_ALONE) - own - classes_of_django() - classes_of_columns() == set()


def test_every_class_that_is_written_has_a_rule():
    assert written(is_for_admin=False) - selected(SITE) == set()


def test_every_class_that_is_written_for_the_admin_has_a_rule():
    assert written(is_for_admin=True) - selected(ADMIN) - classes_of_django() == set()


def test_every_class_that_is_put_together_is_spelt_out():
    assert {name for name, _ in written_raw() if "{}" in name} == FILLED_IN.keys()


def test_every_class_of_a_picture_is_one_of_those_it_may_use():
    images = (ROOT / "content/images").glob("*.svg")
    texts = [re.findall(r'class="([^"]*)"', path.read_text()) for path in images]
    assert {name for text in texts for names in text for name in names.split()} <= PICTURE_CLASSES


def test_no_rule_of_the_site_is_bound_to_an_id():
    assert selected(SITE, ID) == set()


def test_every_id_with_a_rule_for_the_admin_is_one_of_its_pages():
    texts = [path.read_text() for path in templates() if "admin" in path.parts]
    own = {name for text in texts for name in IDS.findall(text)}
    own |= in_django("*.css", ID) | in_django("*.html", IDS)
    assert selected(ADMIN_ALONE, ID) - own == set()


def test_every_custom_property_of_the_site_is_defined_and_used():
    assert defined(SITE) ^ used(SITE) == set()


def test_every_custom_property_of_the_admin_is_defined_and_used():
    of_django = in_django("*.css", PROPERTY_USED)
    unused = defined(ADMIN_ALONE) - of_django - used(ADMIN)
    undefined = used(ADMIN) - defined(ADMIN) - in_django("*.css", PROPERTY)
    assert (unused, undefined) == (set(), set())


def colours_of_their_own(rule):
    """The words and codes for colours in a rule, where a token belongs."""
    known = WORDS | (SYSTEM_COLOURS if "@media (forced-colors: active)" in rule.context else set())
    for name, value in rule.declarations:
        bare = value
        while FUNCTION.search(bare):
            yield from re.findall(
                r"(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color(?:-mix)?)\(|#\w+", bare
            )
            bare = FUNCTION.sub("", bare)
        yield from re.findall(r"#\w+", bare)
        if COLOURED.search(name):
            words = re.findall(r"(?<![\w.#-])[A-Za-z][\w-]*", bare)
            yield from (word for word in words if word not in known)


def test_colours_stand_in_the_file_of_variables_alone():
    others = [rule for rule in RULES if rule.file not in WITH_COLOURS]
    found = {
        (rule.file, rule.selector, each) for rule in others for each in colours_of_their_own(rule)
    }
    assert found == set()


def test_no_file_has_two_rules_for_one_selector():
    places = [(rule.file, rule.context, rule.selector) for rule in RULES if rule.selector[0] != "@"]
    assert {place for place in places if places.count(place) > 1} == set()


@pytest.mark.parametrize("path", stylesheets(), ids=lambda path: path.name)
def test_no_declaration_is_forced(path):
    assert "!important" not in path.read_text()


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_has_style_or_script_of_its_own(path):
    text = path.read_text()
    found = re.findall(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|<script\b[^>]*>", text)
    assert set(found) <= {'<script type="application/ld+json">'}
