"""Block components: ::: lines become HTML, and what stands between them stays Markdown."""

from collections.abc import Callable
from typing import cast

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import FrontMatter
from imsinfo.clinic import CLINIC_FIELD, PHONE_FIELDS, Clinic, phone_href
from imsinfo.red_flags import AfterLevel, AfterSign, Level, RedFlags

Store = Callable[[str], str]

CARD_OF_LEVEL: dict[Level | AfterLevel, str] = {
    "emergency": "emergency",
    "today": "urgent",
    "doctor-first": "non-urgent",
    "phone-us": "non-urgent",
}
BEFORE_TITLES: dict[Level, str] = {
    "emergency": "Call {clinic.emergency_number} now if you have any of these",
    "today": "Get medical help today if you have any of these",
    "doctor-first": "See a doctor before any needling if you have any of these",
}
AFTER_TITLES: dict[AfterLevel, str] = {
    "emergency": "Call {clinic.emergency_number} now",
    "today": "Get medical help today",
    "phone-us": "Phone us: {clinic.phone}",
}
GET_HELP = "get-help"


def filled(text: str, clinic: Clinic) -> SafeString:
    """Return text as HTML with its clinic fields filled in; phone numbers can be called."""
    parts, end = [], 0
    for found in CLINIC_FIELD.finditer(text):
        parts += [conditional_escape(text[end : found.start()]), field_html(found[1], clinic)]
        end = found.end()
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 -- every part is escaped above


def field_html(name: str, clinic: Clinic) -> SafeString:
    value = clinic.fields[name]
    if name in PHONE_FIELDS:
        return format_html('<a href="{}">{}</a>', phone_href(value), value)
    return conditional_escape(value)


class Expander:
    """Turns the lines of one article into Markdown in which every component is stored HTML.

    store: keeps a piece of HTML and returns the mark that stands for it. The text has passed
    the checks, so fences are balanced and names are known.
    """

    def __init__(self, front: FrontMatter, clinic: Clinic, red_flags: RedFlags, store: Store):
        self.front, self.clinic, self.red_flags, self.store = front, clinic, red_flags, store
        self.closing: list[str] = []
        self.heading = "h2"
        self.has_get_help = False

    def expand(self, lines: list[str]) -> list[str]:
        """Return the lines with every component replaced; code blocks are stored away before."""
        return [new for line in lines for new in self._line(line)]

    def _line(self, line: str) -> list[str]:
        opened = syntax.FENCE_OPEN.match(line)
        if opened:
            return self._open(opened["name"], opened["title"])
        if syntax.FENCE_CLOSE.match(line):
            return self._html(self.closing.pop())
        if syntax.HEADING.match(line):
            # A card's title stands one level below the section that it is in.
            self.heading = "h3"
        return [line]

    def _html(self, html: str) -> list[str]:
        """A block of its own, so that Markdown leaves what stands around it alone."""
        return ["", self.store(html), ""] if html else [""]

    def _open(self, name: str, title: str) -> list[str]:
        if name == "evidence":
            self.closing.append("")
            return self._evidence()
        if name == "red-flags":
            self.closing.append("")
            words = title.split()
            if len(words) == 1:
                return self._before(words[0])
            # The checks have let through the levels of AFTER_TITLES alone.
            return self._after(cast(AfterLevel, words[1]))
        self.closing.append("</div></section>" if name in syntax.CARDS else "</section>")
        if name in syntax.CARDS:
            return self._html(self._card_start(name, title))
        return self._html(self._box_start(name, title or syntax.LISTS.get(name, "")))

    def _box_start(self, name: str, title: str) -> str:
        context = {
            "css": name if name == "callout" else f"{name}-list",
            "title": filled(title, self.clinic),
            "heading": self.heading,
        }
        return render_to_string("articles/components/box_start.html", context).strip()

    def _card_start(self, card: str, title: str) -> str:
        """The start of a care card; the first emergency card of a page can be linked to."""
        is_first = card == "emergency" and not self.has_get_help
        self.has_get_help = self.has_get_help or is_first
        context = {
            "card": card,
            "level": syntax.CARDS[card],
            "title": filled(title, self.clinic),
            "heading": self.heading,
            "id": GET_HELP if is_first else "",
        }
        return render_to_string("articles/components/card_start.html", context).strip()

    def _before(self, region: str) -> list[str]:
        """Up to three cards of merged lines, each with the full wording of its signs to open."""
        out: list[str] = []
        for level, title in BEFORE_TITLES.items():
            lines = self.red_flags.lines_for(region, level)
            if lines:
                items = self._items(filled(line.line, self.clinic) for line in lines)
                start = self._card_start(CARD_OF_LEVEL[level], title)
                full = "<details><summary>Read these signs in full</summary>"
                out += self._html(f"{start}{items}{full}")
                for sign in self.red_flags.signs_for(region, level):
                    out += [f"- {sign.sign}{self._citations(sign.sources)}"]
                out += self._html("</details></div></section>")
        return out

    def _after(self, level: AfterLevel) -> list[str]:
        signs = self.red_flags.after(level)
        items = self._items(self._after_item(sign) for sign in signs)
        start = self._card_start(CARD_OF_LEVEL[level], AFTER_TITLES[level])
        keys = dict.fromkeys(key for sign in signs for key in sign.sources)
        sources = f"Sources of these signs:{self._citations(keys)}"
        return [*self._html(start + items), sources, *self._html("</div></section>")]

    def _after_item(self, sign: AfterSign) -> SafeString:
        return format_html(
            "<strong>{}</strong>. {}<br>{}",
            *(filled(text, self.clinic) for text in (sign.title, sign.sign, sign.action)),
        )

    def _items(self, items) -> SafeString:
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ([i] for i in items)))

    def _evidence(self) -> list[str]:
        out = self._html('<ul class="evidence">')
        for line in self.front.evidence:
            context = {"line": line}
            start = render_to_string("articles/components/evidence_start.html", context)
            out += self._html(start.strip())
            out += [f"{line.statement}{self._citations(line.sources)}", *self._html("</li>")]
        return out + self._html("</ul>")

    def _citations(self, keys) -> str:
        return "".join(f" [@{key}]" for key in keys)
