"""Tables that can be read as cards: every cell knows the heading of its column."""

import re
from xml.etree.ElementTree import Element

from imsinfo.articles.rendering.words import add_words
from imsinfo.clinic import Clinic


def captioned(table: Element, caption: str | None, clinic: Clinic) -> Element:
    """Return the table with its caption, and with the first cell of each row as its heading."""
    for row in table.iter("tr"):
        for cell in list(row)[:1]:
            if cell.tag == "td" and _words(cell):
                cell.tag = "th"
                cell.set("scope", "row")
    if caption is not None:
        element = Element("caption")
        add_words(element, caption, clinic)
        table.insert(0, element)
    return table


def wrapped(table: Element) -> Element:
    """Return the table in its box, every cell told the heading of its column."""
    heads = [_words(cell) for cell in table.findall("thead/tr/*")]
    for cell in table.findall("thead/tr/th"):
        if _words(cell):
            cell.set("scope", "col")
        else:
            # An empty heading is none: assistive technology would announce it without words.
            cell.tag = "td"
    for row in table.findall("tbody/tr"):
        for head, cell in zip(heads, row, strict=False):
            if head and cell.tag == "td":
                cell.set("data-label", head)
    for cell in (*table.iter("th"), *table.iter("td")):
        align = re.search(r"text-align: (right|center)", cell.attrib.pop("style", ""))
        if align:
            cell.set("class", f"align-{align[1]}")
    box = Element("div", {"class": "table-wrap"})
    box.append(table)
    return box


def _words(cell: Element) -> str:
    return "".join(cell.itertext()).strip()
