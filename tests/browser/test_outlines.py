"""What a screen reader is told of the main pages is what somebody has read and found good."""

import pytest

from tests.browser.outlines import FOLDER, OUTLINED, outline
from tests.browser.visits import DESK, outline_of
from tests.extent import some

RECORD = """\
What a screen reader is told of {place} has changed. Read it as somebody would who only hears it.
If it reads well, record it anew and look at the difference:
    .venv/bin/python -m tests.browser.record_outlines && git diff tests/browser/outlines"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(viewport=DESK)
    yield page
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", some([*OUTLINED], 5))
def test_a_screen_reader_is_told_what_was_read_and_found_good(page, site, name):
    recorded = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    assert outline_of(page, site, name) == recorded, RECORD.format(place=OUTLINED[name])


@pytest.mark.parametrize(
    ("snapshot", "told"),
    [
        ('- heading "Neck pain" [level=1]\n- paragraph: Words.', 'heading "Neck pain" [level=1]\n'),
        ("- 'link \"IMS: what\"':\n  - /url: /a/", 'link "IMS: what"\n'),
        ('- main:\n  - paragraph:\n    - link "A":\n      - /url: /a/', 'main\n  link "A"\n'),
        ('- link "604 555 0123":\n  - /url: tel:6045550123', 'link "(a phone number)"\n'),
        ('- superscript:\n  - link "source [1]":\n    - /url: "#ref-1"', ""),
        ('- checkbox "A" [invalid]\n- text: A', 'checkbox "A" [invalid]\n'),
        (f'- checkbox "{"word " * 13}"', f'checkbox "{"word " * 11}…"\n'),
    ],
)
def test_outline_keeps_what_tells_the_way(snapshot, told):
    assert outline(snapshot) == told


LIST = """\
- main:
  - list:
    - listitem:
      - link "A":
        - /url: /a/
    - listitem:
      - heading "B" [level=2]:
        - link "B":
          - /url: /b/
      - link "C":
        - /url: /c/
      - link "D":
        - /url: /d/
"""


@pytest.mark.parametrize(
    ("grows", "told"),
    [
        (
            False,
            'main\n  link "A"\n  heading "B" [level=2]\n    link "B"\n  link "C"\n  link "D"\n',
        ),
        (True, "main\n  list, of\n    heading … [level=2]\n      link …\n    link …\n"),
    ],
)
def test_outline_tells_a_list_that_grows_by_its_richest_item(grows, told):
    assert outline(LIST, grows=grows) == told


def test_outline_leaves_out_header_and_footer_where_another_tells_them():
    assert outline("- banner\n- main\n- contentinfo", has_frame=False) == "main\n"
