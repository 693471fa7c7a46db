"""The lists of sources: what kinds there are, and each kind in parts."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from imsinfo.articles.bibliography import MOST_ON_A_PAGE, used_sources
from imsinfo.articles.library import get_library
from imsinfo.articles.pages import Crumb
from imsinfo.articles.views import readable_by_all

HOME, ALL = Crumb("Home", "/"), Crumb("Sources", "/references/")


@readable_by_all
def index(request):
    groups = [(group, len(sources)) for group, sources in used_sources(get_library()).items()]
    context = {
        "groups": groups,
        "count": sum(count for _, count in groups),
        "breadcrumbs": (HOME, Crumb("Sources", "")),
    }
    return render(request, "articles/references.html", context)


@readable_by_all
def part(request, group_id, number=1):
    found = [each for each in used_sources(get_library()).items() if each[0].id == group_id]
    pages = Paginator(found[0][1], MOST_ON_A_PAGE) if found else None
    # The first part has one address alone.
    is_doubled = number == 1 and "number" in request.resolver_match.kwargs
    if pages is None or is_doubled or number not in pages.page_range:
        raise Http404("No such list of sources.")
    group = found[0][0]
    context = {
        "group": group,
        "part": pages.page(number),
        "breadcrumbs": (HOME, ALL, Crumb(group.label, "")),
    }
    return render(request, "articles/references_part.html", context)
