"""What one page says of another: old addresses, related pages, links to places on a page."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import permutations
from pathlib import PurePosixPath

from imsinfo.articles import syntax
from imsinfo.articles.checking.known import one_of
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.library import TAKEN
from imsinfo.articles.pages import Article, Library
from imsinfo.problems import Problem

Drafts = Mapping[str, Draft]
# Whose longer forms are taken for copies.
SHORTEST_NAME = 3


def problems_between(drafts: Drafts, library: Library) -> list[Problem]:
    """Return the faults that no page shows alone. Pages with them can be shown all the same.

    drafts: every page whose fields can be read, by name, rendered or not.
    """
    found = [*_aliases(drafts), *_copies(drafts)]
    for name, draft in drafts.items():
        found += _related(name, draft, drafts)
    rendered = {each.name: each for each in (*library.articles, *library.drafts)}
    for page in rendered.values():
        found += _links(page, drafts, rendered)
    return sorted(found)


def _aliases(drafts: Drafts) -> Iterator[Problem]:
    taken = {syntax.address_of(name): draft.file for name, draft in drafts.items()}
    claimed: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts.values():
        for alias in draft.front.aliases:
            claimed[alias].append(draft)
    for alias, claims in claimed.items():
        for draft in claims:
            others = [other.file for other in claims if other != draft]
            holder = taken.get(alias) or next(iter(others), "")
            if holder:
                yield _alias_problem(draft, alias, f"the address of {holder}")
            elif alias.startswith(TAKEN):
                yield _alias_problem(draft, alias, "an address of another part of the site")


def _copies(drafts: Drafts) -> Iterator[Problem]:
    """Yield a fault for each page that looks like a copy an editor has kept of another one.

    It has that one's title, and a name that only adds to its name, as aftercare-old.md does.
    """
    by_title: dict[str, list[tuple[str, Draft]]] = defaultdict(list)
    for name, draft in drafts.items():
        if not draft.front.draft:
            by_title[draft.front.title].append((PurePosixPath(name).stem, draft))
    for title, pages in by_title.items():
        for (name, draft), (other_name, other) in permutations(pages, 2):
            if _adds_to(name, other_name):
                yield Problem(
                    draft.file,
                    draft.line_of_field(title),
                    "a copy of another page, it seems",
                    title,
                    f"another title than that of {other.file}",
                    "move it out of the folder, or write draft: true in its front matter",
                    "error",
                )


def _adds_to(longer: str, shorter: str) -> bool:
    is_longer = len(longer) > len(shorter) >= SHORTEST_NAME
    return is_longer and (longer.startswith(shorter) or longer.endswith(shorter))


def _alias_problem(draft: Draft, alias: str, holder: str) -> Problem:
    line = draft.line_of_field(alias)
    what, expected = "an alias that is taken already", f"an old address of this page, not {holder}"
    repair = "remove the alias from one of them"
    return Problem(draft.file, line, what, alias, expected, repair, "error")


def _related(name: str, draft: Draft, drafts: Drafts) -> Iterator[Problem]:
    for related in draft.front.related:
        other = drafts.get(related)
        if other is None or related == name:
            told = "a related page that is not there", "the name of another page's file"
            yield _related_problem(draft, related, *told, "correct the name, or remove it")
        elif other.front.draft and not draft.front.draft:
            told = "a related page that is a draft", "the name of a published page"
            repair = "publish it first, or remove the name"
            yield _related_problem(draft, related, *told, repair)
        elif name not in other.front.related:
            told = "a related page that does not name this one", f"related: [{name}] there"
            yield _related_problem(draft, related, *told, f"add {name} to related in {other.file}")


def _related_problem(draft: Draft, name: str, what: str, expected: str, repair: str) -> Problem:
    line = draft.line_of_field(name)
    return Problem(draft.file, line, what, name, expected, repair, "error")


def _links(page: Article, drafts: Drafts, rendered: Mapping[str, Article]) -> Iterator[Problem]:
    for name, anchor, line in page.rendered.links:
        target = rendered.get(name) if name else page
        found = f"{name}#{anchor}" if anchor else name
        if name in drafts and drafts[name].front.draft and not page.is_draft:
            what, repair = "a link to a draft", "publish the page first, or remove the link"
            yield Problem(page.file, line, what, found, "a published page", repair, "error")
        elif target and anchor and anchor not in target.anchors:
            what, repair = "a link to a place that is not on the page", "correct what follows #"
            places = target.anchors - syntax.TEMPLATE_IDS.keys()
            expected = one_of("the anchor of a heading or a question there", anchor, places)
            yield Problem(page.file, line, what, found, expected, repair, "error")
