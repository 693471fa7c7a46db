"""The cards of warning signs, before needling and after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from imsinfo.red_flags import AfterLevel, AfterSign, Level, RedFlags

if TYPE_CHECKING:
    from imsinfo.articles.rendering.components import Expander

FULL_PAGE = "warning-signs.md"
CARD_OF_LEVEL: dict[Level | AfterLevel, str] = {
    "emergency": "emergency",
    "today": "urgent",
    "doctor-first": "non-urgent",
    "phone-us": "non-urgent",
}
BEFORE_TITLES: dict[Level, str] = {
    "emergency": "Call {clinic.emergency_number} now if you have any of these",
    "today": "Get medical help today if any of these is new or getting worse",
    "doctor-first": "See a doctor before any needling if you have any of these",
}
TO_FULL: dict[Level, str] = {
    "emergency": "Each emergency sign in full",
    "today": "Each sign that needs help today, in full",
    "doctor-first": "Each sign that needs a doctor first, in full",
}
AFTER_TITLES: dict[AfterLevel, str] = {
    "emergency": "Call {clinic.emergency_number} now",
    "today": "Get medical help today",
    "phone-us": "Phone us: {clinic.phone}",
}
WHEN_CLOSED = "Closed? Call {clinic.advice_name}: {clinic.advice_number}"


def before_needling(page: Expander, red_flags: RedFlags, region: str) -> list[str]:
    """Up to three cards of merged lines, each with a link to the full wording of its signs."""
    out: list[str] = []
    for level, title in BEFORE_TITLES.items():
        lines = red_flags.lines_for(region, level)
        if lines:
            items = _items(page.filled(line.line) for line in lines)
            start = page.card_start(CARD_OF_LEVEL[level], title)
            out += page.html(f"{start}{items}{_to_full(page, level)}</div></section>")
    return out


def in_full(page: Expander, red_flags: RedFlags, level: Level) -> list[str]:
    """One card with each line of a level and, below it, the full wording of its signs."""
    out = page.html(page.card_start(CARD_OF_LEVEL[level], BEFORE_TITLES[level], f"signs-{level}"))
    for line in red_flags.lines(level):
        signs = red_flags.signs(line)
        if [sign.sign.rstrip(".") for sign in signs] == [line.line.rstrip(".")]:
            # The line is the sign word for word, and need not be read twice.
            out += [f"- **{line.line}**{citations(signs[0].sources)}"]
        else:
            out += [f"- **{line.line}**"]
            out += [f"    - {sign.sign}{citations(sign.sources)}" for sign in signs]
    return out + page.html("</div></section>")


def _to_full(page: Expander, level: Level) -> SafeString:
    if FULL_PAGE not in page.page.material.pages:
        return SafeString("")
    address = page.page.link(f"{FULL_PAGE}#signs-{level}", "::: red-flags")
    return format_html('<p><a class="lone-link" href="{}">{}</a></p>', address, TO_FULL[level])


def after_needling(page: Expander, red_flags: RedFlags, level: AfterLevel) -> list[str]:
    """One card with every sign of a level, what to do about each, and all their sources."""
    found = red_flags.after(level)
    items = _items(_after_item(page, sign) for sign in found)
    start = page.card_start(CARD_OF_LEVEL[level], AFTER_TITLES[level])
    keys = dict.fromkeys(key for sign in found for key in sign.sources)
    sources = f"Sources of these signs:{citations(keys)}"
    opening, end = f'{start}{items}<div class="care-card__sources">', "</div></div></section>"
    return [*page.html(opening), sources, *page.html(end)]


def in_short(page: Expander, red_flags: RedFlags) -> list[str]:
    """Every sign after needling in a few words, below what to do: the first thing to be read.

    It fits on one screen of a phone, and leads to help by itself. The cards that say more follow.
    """
    levels = [
        {
            "card": CARD_OF_LEVEL[level],
            "level": level,
            "title": page.filled(title),
            "signs": [page.filled(sign.in_short) for sign in red_flags.after(level)],
        }
        for level, title in AFTER_TITLES.items()
    ]
    closed = page.filled(WHEN_CLOSED)
    return page.html(page.template("in_short", id=page.get_help(), levels=levels, closed=closed))


def citations(keys: Iterable[str]) -> str:
    """Return the citations of sources as an article writes them."""
    return "".join(f" [@{key}]" for key in keys)


def _after_item(page: Expander, sign: AfterSign) -> SafeString:
    """The sign, and on lines of their own what to do: the first sentence of it stands out."""
    first, stop, rest = sign.action.partition(". ")
    return format_html(
        '<strong>{}</strong>. {} <span class="care-card__action"><strong>{}</strong>{}</span>',
        *(page.filled(text) for text in (sign.title, sign.sign, f"{first}{stop}", rest)),
    )


def _items(items: Iterable[SafeString]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ([i] for i in items)))
