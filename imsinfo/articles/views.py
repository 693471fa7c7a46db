"""Pages at the paths of their files."""

from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from imsinfo.articles.body_map import parts_of_body
from imsinfo.articles.library import get_library
from imsinfo.articles.machines.structured import json_ld, structured_data
from imsinfo.articles.outline import get_outline
from imsinfo.articles.style_guide import get_style_guide
from imsinfo.clinic import get_clinic


def readable_by_all(view):
    """A view that caches keep as long as a page.

    Exempt, because nothing here changes anything: a POST is told 405, not 403.
    """
    return csrf_exempt(require_safe(cache_control(public=True, max_age=60)(view)))


# Exempt, as above.
@csrf_exempt
@require_safe
def page(request, path=""):
    if settings.DEBUG:
        from imsinfo.articles.editing import edited_page  # noqa: PLC0415 -- no visit needs it

        edited = edited_page(f"/{path}")
        if edited is not None:
            return _private(_edited(request, edited))
    # A worker with prepared pages reads the articles themselves for drafts alone.
    outline, url = get_outline(), f"/{path}"
    if outline.has(url):
        library = get_library()
        return _public(_page(request, library, library.get(url)))
    if url in outline.drafts and _is_staff(request):
        library = get_library()
        return _private(_page(request, library, library.draft(url)))
    return _public(_elsewhere(outline, path))


@csrf_exempt
@require_safe
def style_guide(request, entry_id=""):
    """Every component, for those who write: under `make dev`, and for signed-in staff."""
    if not settings.DEBUG and not _is_staff(request):
        raise Http404("No such page.")
    entries = get_style_guide()
    entry = next((each for each in entries if each.id == entry_id), None)
    if entry_id and entry is None:
        raise Http404("No such component.")
    context = {"entries": entries, "entry": entry}
    return _private(render(request, "articles/style_guide.html", context))


def _page(request, library, article, more=None):
    below = library.children(article) if article.kind == "list" else ()
    children = tuple(each for each in below if not each.front.body)
    related = library.related(article)
    breadcrumbs = library.breadcrumbs(article)
    structured = structured_data(article, breadcrumbs, get_clinic(), settings.SITE_URL)
    context = {
        "article": article,
        "breadcrumbs": breadcrumbs,
        "structured_data": "" if article.is_draft else json_ld(structured),
        "parts": parts_of_body(below),
        "children": children,
        "related": related,
        "siblings": () if below or related else library.siblings(article),
    }
    context |= more or {}
    template = "home" if article.kind == "home" else "page"
    return render(request, f"articles/{template}.html", context)


def _edited(request, edited):
    """The page with its faults; the file itself where there is no page to show."""
    if edited.article is not None:
        return _page(request, get_library(), edited.article, {"edited": edited})
    # Without the request: what every page shows may be what is broken.
    return HttpResponse(render_to_string("articles/faults.html", {"edited": edited}))


def _is_staff(request):
    return request.user.is_active and request.user.is_staff


def _public(response):
    patch_cache_control(response, public=True, max_age=60)
    return response


def _private(response):
    patch_cache_control(response, private=True, no_store=True)
    return response


def _elsewhere(outline, path):
    """Send a reader on from an old address or one without its final slash; else raise Http404."""
    moved = outline.moved.get(f"/{path}") or outline.moved.get(f"/{path}/")
    return redirect(moved, permanent=True) if moved else _with_final_slash(outline, path)


def _with_final_slash(outline, path):
    """Send a reader who left out the final slash to the page; there is no other guess."""
    address = f"/{path}/"
    if not outline.has(address) and not _is_answered_elsewhere(address):
        raise Http404("No such page.")
    return redirect(quote(address), permanent=True)


def _is_answered_elsewhere(address):
    """Whether a view of its own answers there; articles would answer everything else."""
    return resolve(address).view_name != "articles:page"
