"""Block components: ::: lines become HTML, and what stands between them stays Markdown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from imsinfo.articles import syntax
from imsinfo.articles.figures import Figure
from imsinfo.articles.icon_arrays import LARGEST_BASE, icon_array
from imsinfo.articles.rendering.making import PageInMaking
from imsinfo.articles.rendering.signs import (
    after_needling,
    before_needling,
    citations,
    in_full,
    in_short,
)
from imsinfo.articles.rendering.words import filled
from imsinfo.red_flags import AfterLevel, Level

Store = Callable[[str], str]

# The class of each box that has the name of its list.
BOXES = {"do": "do-list", "do-not": "do-not-list"}


@dataclass
class Opened:
    """A component that is not closed yet. end: its last HTML; gathered: lines it reads itself."""

    end: str = ""
    gathered: list[str] | None = None


@dataclass
class Expander:
    """Turns the lines of one article into Markdown in which every component is stored HTML.

    store: keeps a piece of HTML and returns the mark that stands for it.
    """

    page: PageInMaking
    store: Store
    opened: list[Opened] = field(default_factory=list)
    heading: str = "h2"
    has_get_help: bool = False

    def expand(self, lines: list[str]) -> list[str]:
        """Return the lines with every component replaced; code blocks are stored away before.

        Raises ContentError where the checks have read the lines differently.
        """
        if any(line.startswith("::: glossary") for line in lines):
            # Other pages lead to these ids, so nothing else on the page may have them.
            self.page.ids.taken |= self.page.material.terms.keys()
        out = [new for line in lines for new in self._line(line)]
        if self.opened:
            raise self.page.unreadable("a component that is not closed", ":::")
        return out

    def _line(self, line: str) -> list[str]:
        if syntax.FENCE_CLOSE.match(line):
            return self._close(line)
        if self.opened and self.opened[-1].gathered is not None:
            self.opened[-1].gathered.append(line)
            return []
        opened = syntax.FENCE_OPEN.match(line)
        if opened:
            return self._open(opened["name"], opened["title"])
        picture = syntax.PICTURE.match(line)
        if picture:
            return self._picture(picture["file"], picture["alternative"], picture["caption"] or "")
        if syntax.HEADING.match(line):
            # A card's title stands one level below the section that it is in.
            self.heading = "h3"
        return [line]

    def html(self, html: str) -> list[str]:
        """A block of its own, so that Markdown leaves what stands around it alone."""
        if not html:
            return [""]
        mark = self.store(html)
        self.page.marks.add(mark)
        return ["", mark, ""]

    def _open(self, name: str, title: str) -> list[str]:
        opener = OPENERS.get(name)
        if opener is None:
            raise self.page.unreadable("unknown component", f"::: {name}")
        self.opened.append(Opened())
        return opener(self, name, title)

    def _close(self, line: str) -> list[str]:
        if not self.opened:
            raise self.page.unreadable("a ::: line that opens and closes nothing", line)
        opened = self.opened.pop()
        rows = [] if opened.gathered is None else self._counted(opened.gathered)
        return [*rows, *self.html(opened.end)]

    def template(self, name: str, **context: object) -> SafeString:
        """Return a template of a component, with the heading that fits in here."""
        context |= {"heading": self.heading}
        return mark_safe(  # noqa: S308 -- the template has escaped what it was given
            render_to_string(f"articles/components/{name}.html", context).strip()
        )

    def filled(self, text: str) -> SafeString:
        return filled(text, self.page.material.clinic)

    def card_start(self, card: str, title: str, anchor: str = "") -> SafeString:
        """The start of a care card; without an anchor of its own, the first emergency card of a
        page is where the page's link to help leads."""
        if card == "emergency" and not anchor:
            anchor = self.get_help()
        return self.template(
            "card_start",
            card=card,
            level=syntax.CARDS[card],
            title=self.filled(title),
            id=anchor,
        )

    def get_help(self) -> str:
        """The id to which the links to help lead; "" for all but the first that asks for it."""
        name = "" if self.has_get_help else syntax.GET_HELP
        self.has_get_help = True
        return name

    def box(self, name: str, title: str) -> list[str]:
        """The start of a box, which its last line closes."""
        self.opened[-1].end = "</section>"
        words = title or syntax.COMPONENTS[name].default
        css = BOXES.get(name, name)
        return self.html(self.template("box_start", css=css, title=self.filled(words)))

    def card(self, name: str, title: str) -> list[str]:
        self.opened[-1].end = "</div></section>"
        return self.html(self.card_start(name, title))

    def question(self, _name: str, title: str) -> list[str]:
        """A question that opens on its answer, and that a link can lead to."""
        self.opened[-1].end = "</div></details>"
        # Plain words: a link inside a summary could not be told from the summary.
        words = self.page.material.clinic.fill(title)
        return self.html(self.template("question_start", title=words, id=self.page.ids.of(words)))

    def comparison(self, _name: str, title: str) -> list[str]:
        """A mark for the caption, which moves into the table once Markdown has made it."""
        self.page.captions.append(title)
        return ["", f"{{caption:{len(self.page.captions) - 1}}}", ""]

    def red_flags(self, _name: str, title: str) -> list[str]:
        if not syntax.is_shown_by(title):
            raise self.page.unreadable("red-flags of what?", f"::: red-flags {title}")
        red_flags = self.page.material.red_flags
        match title.split():
            case [region]:
                return before_needling(self, red_flags, region)
            case ["in-full", level]:
                return in_full(self, red_flags, cast(Level, level))
            case [_, "in-short"]:
                return in_short(self, red_flags)
            case [_, level]:
                return after_needling(self, red_flags, cast(AfterLevel, level))
        raise AssertionError(title)

    def evidence(self, _name: str, _title: str) -> list[str]:
        out = self.html('<ul class="evidence">')
        for line in self.page.draft.front.evidence:
            out += self.html(self.template("evidence_start", line=line))
            out += [f"{line.statement}{citations(line.sources)}", *self.html("</li>")]
        return out + self.html("</ul>")

    def icon_array(self, _name: str, title: str) -> list[str]:
        """The title of an icon array; its rows follow when their ids have been read."""
        self.opened[-1] = Opened("</ul></section>", [])
        return self.html(self.template("box_start", css="figures", title=self.filled(title)))

    def _counted(self, lines: list[str]) -> list[str]:
        """The base of an icon array, then each figure in words with its picture."""
        counted = self._figures(lines)
        group = self.filled(counted[0].group)
        base = format_html('<p class="figures__base">Of {} {}</p>', f"{counted[0].of:,}", group)
        out = self.html(base) + self.html('<ul class="figures__rows">')
        for each in counted:
            out += self.html('<li class="figures__row"><div class="figures__words">')
            out += [f"{{counted:{each.id}}}"]
            out += self.html(f"</div>{icon_array(each.n or 0, each.of or 1)}</li>")
        return out

    def _figures(self, lines: list[str]) -> list[Figure]:
        items = [syntax.FIGURE_ITEM.match(line) for line in lines if line.strip()]
        figures = [self.page.material.figures.get(item[1]) for item in items if item]
        counted = [each for each in figures if each and 0 < (each.of or 0) <= LARGEST_BASE]
        if not counted or len(counted) < len(items):
            what = "the component icon-array holds no figures"
            raise self.page.unreadable(what, "::: icon-array")
        return counted

    def glossary(self, _name: str, _title: str) -> list[str]:
        """Every term in the order of the alphabet, each with the id that other pages lead to."""
        terms = sorted(self.page.material.terms.values(), key=lambda term: term.term.casefold())
        out: list[str] = []
        for term in terms:
            out += self.html(self.template("term_start", term=term))
            out += [f"{{meaning:{term.id}}}", *self.html(self.template("term_end", term=term))]
        return [*self.html("<dl>"), *out, *self.html("</dl>")] if terms else []

    def prices(self, _name: str, _title: str) -> list[str]:
        return self.html(self.template("prices", clinic=self.page.material.clinic))

    def _picture(self, file: str, alternative: str, caption: str) -> list[str]:
        picture = self.page.material.pictures.get(file)
        if picture is None:
            raise self.page.unreadable("a picture that is not there", file)
        self.page.pictures += 1
        clinic = self.page.material.clinic
        drawing = picture.html(
            f"picture-{self.page.pictures}",
            clinic.fill(alternative),
            lambda link: self.page.link(link, file),
        )
        return self.html(self.template("picture", drawing=drawing, caption=self.filled(caption)))


Opener = Callable[[Expander, str, str], list[str]]

OPENERS: Mapping[str, Opener] = {
    **dict.fromkeys(syntax.CARDS, Expander.card),
    **dict.fromkeys(("callout", "do", "do-not", "differ", "steps"), Expander.box),
    "question": Expander.question,
    "comparison": Expander.comparison,
    "red-flags": Expander.red_flags,
    "evidence": Expander.evidence,
    "icon-array": Expander.icon_array,
    "glossary": Expander.glossary,
    "prices": Expander.prices,
}
