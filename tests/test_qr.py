import re
from xml.etree import ElementTree

import brotli
import pytest
import segno
from django.conf import settings

from imsinfo.qr import qr_svg

SHORT, LONG = "https://x.ca/", "https://www.example-clinic.ca/conditions/tension-headache/"
each_address = pytest.mark.parametrize("address", [SHORT, LONG])


def shape_of(address):
    """Return the drawing and its only shape."""
    root = ElementTree.fromstring(qr_svg(address))  # noqa: S314 -- our own
    [path] = root
    return root, path


def drawn(path):
    """The dark modules of a drawing, each stroke followed with a pen as browsers do."""
    x = y = 0
    for right, down, length in re.findall(r"m(-?\d+) (\d+)h(\d+)", path):
        x, y = x + int(right), y + int(down)
        yield from ((x + step, y) for step in range(int(length)))
        x += int(length)


def dark_of(address, mask):
    """The dark modules of the code of an address, under one of the patterns that it may have."""
    rows = segno.make_qr(address, error="m", boost_error=False, mask=mask).matrix
    return {(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark}


@each_address
def test_drawing_is_the_code_of_the_address(address):
    assert set(drawn(shape_of(address)[1].get("d"))) in [
        dark_of(address, mask) for mask in range(8)
    ]


@each_address
def test_drawing_holds_nothing_but_strokes(address):
    assert re.fullmatch(r"(m-?\d+ \d+h\d+)+", shape_of(address)[1].get("d"))


@each_address
def test_code_is_of_level_m(address):
    # ISO/IEC 18004: row 8 begins with the level, 00 for M, under the mask 10.
    dark = set(drawn(shape_of(address)[1].get("d")))
    assert [(x, 8) in dark for x in (0, 1)] == [True, False]


@each_address
def test_drawing_leaves_four_modules_white_on_each_side(address):
    root, path = shape_of(address)
    left, top, width, height = map(float, root.get("viewBox").split())
    last = max(x for x, _ in drawn(path.get("d")))
    # A stroke lies half above its line: the first row begins at -0.5.
    assert (left, top, width, height) == (-4, -4.5, last + 9, last + 9)


def test_drawing_has_words_and_a_class_and_no_look_of_its_own():
    root, path = shape_of(SHORT)
    assert {name: value for name, value in root.items() if name != "viewBox"} == {
        "class": "qr",
        "role": "img",
        "aria-label": "QR code of this address",
    }
    assert list(path.keys()) == ["d"]


def test_drawing_is_made_once():
    assert qr_svg(SHORT) is qr_svg(SHORT)


def test_page_holds_the_code_of_its_own_address(client):
    page = client.get("/aftercare/").content.decode()
    assert re.findall(r'<svg class="qr".*?</svg>', page) == [
        qr_svg(f"{settings.SITE_URL}/aftercare/")
    ]


def test_error_page_has_no_code(client):
    assert 'class="qr"' not in client.get("/no-such-page/").content.decode()


@pytest.mark.parametrize("path", ["/aftercare/", "/conditions/neck-pain/", "/changes/"])
def test_foot_for_paper_weighs_at_most_500_bytes(client, path):
    page = client.get(path).content.decode()
    bare = re.sub(r'<div class="leaflet-foot.*?</div>\s*</div>', "", page, flags=re.DOTALL)
    weights = [len(brotli.compress(text.encode(), quality=11)) for text in (page, bare)]
    assert 0 < weights[0] - weights[1] <= 500
