"""The page for searching. What somebody looks for may tell of their health: it is kept nowhere."""

from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from imsinfo.articles.search.answers import Found
from imsinfo.articles.search.emergencies import danger_in
from imsinfo.articles.search.index import get_search_index
from imsinfo.articles.search.words import tidied

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


# Exempt, because nothing here changes anything: a POST is told 405, not 403.
@csrf_exempt
@require_safe
def search(request):
    query = tidied(request.GET.get("q", ""))
    # The empty page asks nothing of the index, which may not have been made yet.
    found = get_search_index().search(query) if query else Found()
    context = {
        "query": query,
        "danger": danger_in(query),
        "found": found,
        "told": told(found, query),
    }
    response = render(request, "articles/search.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def told(found: Found, query: str) -> str:
    """Say in words how much was found."""
    if found.some_words:
        return f"No page has all your words: “{query}”. These have some of them."
    number = NUMBERS[found.total] if found.total < len(NUMBERS) else str(found.total)
    pages = "page" if found.total < 2 else "pages"
    shown = len(found.hits)
    first = f" The first {shown} are shown." if shown < found.total else ""
    return f"{number} {pages} found for “{query}”.{first}"
