from collections import Counter
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import brotli
import pytest
from django.template.loader import get_template, render_to_string

from imsinfo.articles.body_map import BODY_LABELS

TEMPLATE = "articles/drawings/body_map.html"
DRAWN = [key for key in BODY_LABELS if key != "whole-body"]
EVERY = tuple(BODY_LABELS)
SMALLEST_TARGET = 24


def body_map(*keys):
    """The drawing in which the parts with these keys have pages."""
    regions = {
        key.replace("-", "_"): SimpleNamespace(id=f"body-{key}", label=BODY_LABELS[key])
        for key in keys
    }
    return ElementTree.fromstring(render_to_string(TEMPLATE, {"regions": regions}))  # noqa: S314 -- ours


def links(drawing):
    return [(link.get("href"), link.findtext("title")) for link in drawing.iter("a")]


def word_boxes(drawing):
    """Left, top, width and height of the box around the words of each link."""
    sizes = {f"#{rect.get('id')}": rect for rect in drawing.iter("rect")}
    for use in drawing.iterfind("a/use[@class='body-map__word']"):
        rect = sizes[use.get("href")]
        left, top, width, height = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
        yield left, top + float(use.get("y", 0)), width, height


def test_parts_with_pages_are_links_from_head_to_foot():
    expected = [(f"#body-{key}", label) for key, label in BODY_LABELS.items()]
    assert links(body_map(*EVERY)) == expected


@pytest.mark.parametrize("key", BODY_LABELS)
def test_part_alone_with_pages_is_the_only_link(key):
    assert links(body_map(key)) == [(f"#body-{key}", BODY_LABELS[key])]


def test_front_and_back_of_a_part_are_one_link():
    lit = [use.get("href") for use in body_map(*EVERY).iterfind("a/use[@class='picture-region']")]
    assert lit == [f"#map-{key}" for key in DRAWN]


@pytest.mark.parametrize("keys", [(), EVERY])
def test_every_part_is_drawn_with_and_without_pages(keys):
    parts = body_map(*keys).findall("g[@class='body-map__part']/path")
    assert [part.get("id") for part in parts] == [f"map-{key}" for key in DRAWN]


def test_figures_are_named_front_and_back():
    assert [text.text for text in body_map().findall("text")] == ["Front", "Back"]


def test_drawing_is_a_named_group():
    drawing = body_map()
    name = "Parts of the body, front and back"
    assert (drawing.get("role"), drawing.get("aria-label")) == ("group", name)


# Who steers by voice says the words that can be seen.
@pytest.mark.parametrize("key", EVERY)
def test_words_of_a_link_are_part_of_its_name(key):
    [link] = body_map(key).iter("a")
    words = " ".join(text.text for text in link.findall("text"))
    assert words.lower() in BODY_LABELS[key].lower()


def test_words_are_targets_that_are_large_enough():
    boxes = list(word_boxes(body_map(*EVERY)))
    assert [min(box[2:]) >= SMALLEST_TARGET for box in boxes] == [True] * len(DRAWN)


def test_targets_of_words_do_not_overlap():
    boxes = list(word_boxes(body_map(*EVERY)))
    assert [a[1] + a[3] <= b[1] for a, b in pairwise(boxes)] == [True] * (len(DRAWN) - 1)


def test_ids_are_the_maps_own_and_stand_once():
    ids = Counter(each.get("id") for each in body_map(*EVERY).iter() if each.get("id"))
    assert {name: n for name, n in ids.items() if n > 1 or not name.startswith("map-")} == {}


def test_shapes_that_are_used_again_exist():
    drawing = body_map(*EVERY)
    used = {use.get("href") for use in drawing.iter("use")}
    assert used - {f"#{each.get('id')}" for each in drawing.iter()} == set()


def test_colours_come_from_classes_alone():
    own = [each.attrib.keys() & {"style", "stroke", "color"} for each in body_map(*EVERY).iter()]
    fills = {each.get("fill", "none") for each in body_map(*EVERY).iter()}
    assert (set().union(*own), fills) == (set(), {"none"})


def test_drawing_is_light():
    source = get_template(TEMPLATE).template.source.encode()
    assert (len(source) < 7_000, len(brotli.compress(source)) < 2_300) == (True, True)
