"""The faults of a drawing: what is not on the lists, and what nobody could read or reach."""

import re
from collections.abc import Iterator

from imsinfo.articles import picture_lists as lists
from imsinfo.articles.svg import NAMES, Shape
from imsinfo.problems import Problem

XMLNS = "http://www.w3.org/2000/svg"
# What a screen of 320 CSS pixels leaves for a picture, and the least size of letters there.
PHONE_WIDTH, LEAST_LETTERS = 284, 14
LOCAL = re.compile(rf"url\(#{lists.ID}\)")
STRETCHED = re.compile("scale|skew|matrix")


def faults(root: Shape) -> Iterator[Problem]:
    """Yield every fault for which a drawing cannot stand in a page, in no order."""
    if root.tag != "svg":
        repair = "save the picture as SVG"
        yield _fault(root, "this is no SVG drawing", f"<{root.tag}>", "<svg>", repair)
        return
    yield from _root_faults(root)
    yield from _faults_within(root)
    yield from _id_faults(root)
    yield from _reuse_faults(root)
    yield from _letter_faults(root, _width(root))


def references(shape: Shape) -> Iterator[str]:
    """Yield the ids of the parts of the picture that one shape refers to."""
    for name, value in shape.attributes:
        if name in (*lists.COLOURS, *lists.PARTS) and LOCAL.fullmatch(value):
            yield value[5:-1]
        elif (shape.tag, name) == ("use", "href") and lists.SAME_FILE.pattern.fullmatch(value):
            yield value[1:]


def _fault(
    shape: Shape, what: str, found: str = "", expected: str = "", repair: str = ""
) -> Problem:
    """A fault of one shape; what was found is told on one line, and cut where it is long."""
    return Problem(*shape.at, what, " ".join(found.split())[:60], expected, repair)


def _root_faults(root: Shape) -> Iterator[Problem]:
    if root.get("xmlns") != XMLNS:
        what, expected = "the svg element does not name its format", f'xmlns="{XMLNS}"'
        yield _fault(root, what, root.get("xmlns"), expected, "write this in <svg …>")
    if not root.get("viewBox"):
        what, repair = "the picture has no viewBox", "write viewBox in <svg …>"
        yield _fault(root, what, "", lists.VIEW_BOX.expected, repair)
    for name, value in root.attributes:
        if name in ("width", "height"):
            what, repair = "the picture has a fixed size", "remove it; the viewBox is enough"
            yield _fault(root, what, f'{name}="{value}"', repair=repair)
        elif name == "viewBox" and value:
            yield from _form_faults(root, name, value)
        elif name not in ("xmlns", "viewBox"):
            yield _refused_attribute(root, name, value)


def _width(root: Shape) -> float:
    """The width of a drawing in its own units, or 0 where its viewBox is not right."""
    numbers = root.get("viewBox")
    return float(numbers.split()[2]) if lists.VIEW_BOX.pattern.fullmatch(numbers) else 0


def _faults_within(shape: Shape, above: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Yield the faults of a shape that may stand where it stands, and of all within it."""
    if shape.tag != "svg":
        yield from _attribute_faults(shape)
    if shape.tag == "a":
        yield from _link_faults(shape)
    path = (*above, shape.tag)
    for child in shape.children:
        if isinstance(child, Shape):
            misplaced = _element_fault(child, path)
            yield from [misplaced] if misplaced else _faults_within(child, path)
        elif child.strip() and not {"text", *NAMES} & set(path):
            what, repair = "words stand outside a text element", 'put them into <text class="…">'
            yield _fault(shape, what, child, repair=repair)


def _element_fault(shape: Shape, above: tuple[str, ...]) -> Problem | None:
    """The fault for which an element is refused whole, whatever stands within it."""
    if shape.tag in lists.REFUSED_ELEMENTS:
        what, repair = lists.REFUSED_ELEMENTS[shape.tag]
        return _fault(shape, what, f"<{shape.tag}>", repair=repair)
    if shape.tag not in lists.ELEMENTS:
        what, expected = "this element is not used in pictures", ", ".join(sorted(lists.ELEMENTS))
        repair = "remove it, or draw it with one of these"
        return _fault(shape, what, f"<{shape.tag}>", expected, repair)
    if not _may_stand(shape.tag, above):
        what, found = "this element cannot stand here", f"<{shape.tag}> in <{above[-1]}>"
        return _fault(shape, what, found, repair="move it out")
    return None


def _may_stand(tag: str, above: tuple[str, ...]) -> bool:
    """Whether an element may stand in the last of those above it."""
    if above[-1] in NAMES or (tag == "a" and "a" in above):
        return False
    if tag in NAMES:
        return True
    if "text" in above:
        return tag in ("tspan", "a")
    return above[-1] not in lists.DRAWN and tag != "tspan"


def _attribute_faults(shape: Shape) -> Iterator[Problem]:
    for name, value in shape.attributes:
        if name == "class":
            yield from _class_faults(shape, value)
        elif name == "href" and shape.tag in ("a", "use"):
            yield from _href_faults(shape, value)
        elif name in lists.FORMS:
            yield from _form_faults(shape, name, value)
        else:
            yield _refused_attribute(shape, name, value)


def _refused_attribute(shape: Shape, name: str, value: str) -> Problem:
    where = "in <svg …>" if shape.tag == "svg" else "in pictures"
    what, repair = f"the attribute {name[:40]} is not used {where}", "remove it"
    if name.lower().startswith("on"):
        what = "a picture holds no script"
    elif name.startswith("aria-"):
        what = "the site itself says what a picture is"
    what, repair = lists.REFUSED_ATTRIBUTES.get(name, (what, repair))
    return _fault(shape, what, f'{name}="{value}"', repair=repair)


def _class_faults(shape: Shape, value: str) -> Iterator[Problem]:
    for each in value.split():
        if each not in lists.PICTURE_CLASSES:
            expected, repair = ", ".join(sorted(lists.PICTURE_CLASSES)), "use one of these"
            yield _fault(shape, "drawings have no such class", each, expected, repair)


def _href_faults(shape: Shape, value: str) -> Iterator[Problem]:
    if shape.tag == "use" and not lists.SAME_FILE.pattern.fullmatch(value):
        yield _from_outside(shape, "href", value, lists.SAME_FILE)
    if shape.tag == "a" and value and not lists.PAGE.pattern.fullmatch(value):
        what, repair = "the link leads to no page of this site", "name the page's file"
        yield _fault(shape, what, value, lists.PAGE.expected, repair)


def _form_faults(shape: Shape, name: str, value: str) -> Iterator[Problem]:
    form = lists.FORMS[name]
    if form.pattern.fullmatch(value):
        return
    if "url(" in value:
        yield _from_outside(shape, name, value, form)
    elif name in lists.COLOURS:
        what = "a colour is written as a value"
        repair = "remove it and use class, such as picture-accent, so that it follows the theme"
        yield _fault(shape, what, f'{name}="{value}"', form.expected, repair)
    else:
        yield _fault(shape, f"{name} is not right", value, form.expected, "correct the value")


def _from_outside(shape: Shape, name: str, value: str, form: lists.Form) -> Problem:
    what, repair = "a picture uses nothing from outside itself", "draw it in this file"
    return _fault(shape, what, f'{name}="{value}"', form.expected, repair)


def _link_faults(link: Shape) -> Iterator[Problem]:
    if not link.get("href"):
        repair = "write href in <a …>"
        yield _fault(link, "the link leads nowhere", "", lists.PAGE.expected, repair)
    if not link.words and not any(each.words for each in link.shapes if each.tag == "title"):
        what, repair = "the link has no name that could be read out", "add <title>…</title> in it"
        yield _fault(link, what, link.get("href"), "words in it", repair)


def _id_faults(root: Shape) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for shape in root.walk():
        name, (_file, line) = shape.get("id"), shape.at
        if name in first:
            found, repair = f"{name}, also on line {first[name]}", "give each a name of its own"
            yield _fault(shape, "the id stands twice", found, repair=repair)
        elif name:
            first[name] = line
    for shape in root.walk():
        for name in references(shape):
            if name not in first:
                what, expected = "no part of the picture has this id", ", ".join(sorted(first)[:12])
                yield _fault(shape, what, f"#{name}", expected, "correct the name")


def _reuse_faults(root: Shape) -> Iterator[Problem]:
    """What is used again may not use others: the picture could grow without end.

    Words and links would stand twice, and the size of the words could not be known.
    """
    used = {name for shape in root.walk() for name in references(shape)}
    reused = [each for each in root.walk() if each.tag in lists.STORES or each.get("id") in used]
    for part in (part for each in reused for part in each.walk()):
        if part.tag in ("text", "a") or any(references(part)):
            what, repair = "what is used again holds no words, links or uses", "move it out"
            yield _fault(part, what, f"<{part.tag}>", repair=repair)


def _letter_faults(shape: Shape, width: float, above: str = "") -> Iterator[Problem]:
    """Yield letters that have no size, or one that cannot be read on a phone.

    width: of the viewBox, 0 where it is not known; above: the transforms around the shape.
    """
    moves = f"{above} {shape.get('transform')}"
    if shape.tag in lists.LETTERS:
        yield from _size_faults(shape, width)
        if STRETCHED.search(moves):
            what, repair = "letters are stretched", "use translate and rotate alone around words"
            yield _fault(shape, what, moves, repair=repair)
    for child in shape.shapes:
        yield from _letter_faults(child, width, moves)


def _size_faults(letters: Shape, width: float) -> Iterator[Problem]:
    classes = letters.get("class").split()
    sizes = [size for name, size in lists.TEXT_SIZES.items() if name in classes]
    if not sizes and letters.tag == "text":
        expected = " or ".join(f'class="{name}"' for name in lists.TEXT_SIZES)
        what, repair = "the words have no size", "give the text element one of these"
        yield _fault(letters, what, letters.words, expected, repair)
    elif sizes and min(sizes) * PHONE_WIDTH < LEAST_LETTERS * width:
        widest = min(sizes) * PHONE_WIDTH // LEAST_LETTERS
        what, found = "letters are too small on a phone", f"a viewBox {width:g} units wide"
        expected, repair = f"at most {widest} units", "draw it narrower, and its parts with it"
        yield _fault(letters, what, found, expected, repair)
