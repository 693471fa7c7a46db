"""The rows of a list in the admin, so that each cell tells its column where rows are cards."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[str], headers: Iterable[Mapping[str, str]]) -> list[SafeString]:
    """Return the cells of one row with the titles of their columns.

    cells: HTML of Django's own, each a td, or the th of the row. headers: one for each cell, with
    text and class_attrib. The column of boxes to tick has no title, and its cell gets none.
    """
    return [
        _ticked(cell) if "action-checkbox" in header["class_attrib"] else _told(cell, header)
        for cell, header in zip(cells, headers, strict=True)
    ]


def _ticked(cell: str) -> SafeString:
    return mark_safe(cell)  # noqa: S308 -- as Django wrote it


def _told(cell: str, header: Mapping[str, str]) -> SafeString:
    label = format_html(' data-label="{}"', capfirst(header["text"]))
    told = cell.replace("<td", f"<td{label}", 1)
    if cell.startswith("<th"):
        told = cell.replace("<th", '<th scope="row"', 1)
    return mark_safe(told)  # noqa: S308 -- Django's own HTML with an escaped label
