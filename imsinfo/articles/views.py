"""Pages at the paths of their files."""

from urllib.parse import quote

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from imsinfo.articles.library import get_library


# Exempt, because nothing here changes anything: a POST is told 405, not 403.
@csrf_exempt
@require_safe
def page(request, path=""):
    library = get_library()
    article = library.get(f"/{path}")
    if article is not None:
        return _public(_page(request, library, article))
    draft = library.draft(f"/{path}")
    if draft is not None and _is_staff(request):
        return _private(_page(request, library, draft))
    return _public(_elsewhere(library, path))


def _page(request, library, article):
    children = library.children(article) if article.kind == "list" else ()
    related = library.related(article)
    context = {
        "article": article,
        "breadcrumbs": library.breadcrumbs(article),
        "children": children,
        "related": related,
        "siblings": () if children or related else library.siblings(article),
    }
    template = "home" if article.kind == "home" else "page"
    return render(request, f"articles/{template}.html", context)


def _is_staff(request):
    return request.user.is_active and request.user.is_staff


def _public(response):
    patch_cache_control(response, public=True, max_age=60)
    return response


def _private(response):
    patch_cache_control(response, private=True, no_store=True)
    return response


def _elsewhere(library, path):
    """Send a reader on from an old address or one without its final slash; else raise Http404."""
    moved = library.moved_to(f"/{path}") or library.moved_to(f"/{path}/")
    return redirect(moved, permanent=True) if moved else _with_final_slash(library, path)


def _with_final_slash(library, path):
    """Send a reader who left out the final slash to the page; there is no other guess."""
    address = f"/{path}/"
    if library.get(address) is None and not _is_of_another_app(address):
        raise Http404("No such page.")
    return redirect(quote(address), permanent=True)


def _is_of_another_app(address):
    """Whether the form or the admin answers there; articles would answer everything else."""
    return resolve(address).app_name not in {"", "articles"}
