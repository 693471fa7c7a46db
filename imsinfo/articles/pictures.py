"""Pictures drawn for the site: SVG files that are checked whole and then stand in the page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from imsinfo.articles.picture_lists import COLOURS, LETTERS, PARTS
from imsinfo.articles.picture_rules import faults
from imsinfo.articles.svg import NAMES, Shape, read_svg
from imsinfo.articles.syntax import address_of
from imsinfo.content import ContentFile
from imsinfo.problems import ContentError


def address_of_link(link: str) -> str:
    """Return the address of conditions/neck-pain.md#symptoms: /conditions/neck-pain/#symptoms."""
    name, sign, anchor = link.partition("#")
    return f"{address_of(name)}{sign}{anchor}"


@dataclass(frozen=True)
class Picture:
    """A drawing that has passed the rules."""

    root: Shape

    @property
    def links(self) -> tuple[str, ...]:
        """The pages it leads to, each once, as the file names them (conditions/neck-pain.md)."""
        links = (shape.get("href") for shape in self.root.walk() if shape.tag == "a")
        return tuple(dict.fromkeys(links))

    def html(
        self, prefix: str, alternative: str, addresses: Callable[[str], str] = address_of_link
    ) -> SafeString:
        """Return the drawing as part of a page.

        prefix: begins every id within, different for each picture of a page; alternative: says
        what the picture shows; addresses: makes of a link of the file an address of the site.
        """
        writer = _Writer(prefix, addresses)
        # Without links it is one picture; with them, a group whose links are read one by one.
        role = "group" if self.links else "img"
        start = (
            f'<svg class="picture" viewBox="{escape(self.root.get("viewBox"))}" '
            f'role="{role}" aria-label="{escape(alternative)}">'
        )
        content = "".join(writer.content(self.root, in_text=False))
        # Tags and names of attributes are on open lists; every value and word is escaped.
        return mark_safe(f"{start}{content}</svg>")  # noqa: S308


def read_picture(file: ContentFile) -> Picture:
    """Return the picture of a content file; raises ContentError with every fault in it."""
    return picture_of(file.read(), file.shown_as)


def picture_of(text: str, file: str) -> Picture:
    """Return the picture of an SVG text; file: the name shown in a fault.

    Raises ContentError with every fault, in the order of the lines.
    """
    root = read_svg(text, file)
    problems = sorted(set(faults(root)))
    if problems:
        raise ContentError(*problems)
    return Picture(root)


@dataclass(frozen=True)
class _Writer:
    prefix: str
    addresses: Callable[[str], str]

    def content(self, shape: Shape, in_text: bool) -> Iterator[str]:
        """Yield what stands in a shape; blanks between shapes are left out."""
        for child in shape.children:
            if isinstance(child, Shape):
                # A title names a link; elsewhere the text alternative of the picture says it.
                if child.tag not in NAMES or (child.tag, shape.tag) == ("title", "a"):
                    yield self._element(child, in_text)
            elif in_text:
                yield escape(child)

    def _element(self, shape: Shape, in_text: bool) -> str:
        pairs = ((name, self._value(shape, name, value)) for name, value in shape.attributes)
        start = " ".join([shape.tag, *(f'{name}="{escape(value)}"' for name, value in pairs)])
        in_text = in_text or shape.tag in LETTERS | NAMES
        content = "".join(self.content(shape, in_text))
        return f"<{start}>{content}</{shape.tag}>" if content else f"<{start}/>"

    def _value(self, shape: Shape, name: str, value: str) -> str:
        if name == "id":
            return f"{self.prefix}-{value}"
        if name == "href" and shape.tag == "a":
            return self.addresses(value)
        if name == "href" or (name in (*COLOURS, *PARTS) and "#" in value):
            return value.replace("#", f"#{self.prefix}-")
        return value
