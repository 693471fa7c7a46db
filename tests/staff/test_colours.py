"""The switch of the staff's pages shows the site's own colours."""

import re

from tests.stylesheets import FOLDER, rules_of

PAIR = re.compile(r"light-dark\(\s*([^,]+?)\s*,\s*([^)]+?)\s*\)")
USED = re.compile(r"var\(\s*(--[\w-]+)")
DARK = ("@media (prefers-color-scheme: dark)",)
BY_THE_SWITCH = ("@supports (color: light-dark(#fff, #000))", "@media screen")


def properties(file, context, selector=":root"):
    return {
        name: value
        for rule in rules_of(FOLDER / file)
        if (rule.context, rule.selector) == (context, selector)
        for name, value in rule.declarations
    }


LIGHT = properties("variables.css", ())
OF_DARK = properties("variables.css", DARK)
SWITCHED = properties(
    "admin.css", BY_THE_SWITCH, 'html:is([data-theme="light"], [data-theme="dark"])'
)


def test_the_switch_shows_the_values_of_the_site_in_both_schemes():
    pairs = {name: PAIR.fullmatch(value).groups() for name, value in SWITCHED.items()}
    assert pairs == {name: (LIGHT[name], OF_DARK[name]) for name in SWITCHED}


def test_every_colour_that_changes_with_the_scheme_follows_the_switch():
    values = [value for rule in rules_of(FOLDER / "admin.css") for _, value in rule.declarations]
    used = {name for value in values for name in USED.findall(value)}
    assert used & OF_DARK.keys() == SWITCHED.keys()
