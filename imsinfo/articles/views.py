"""Pages at the paths of their files."""

from urllib.parse import quote

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import resolve
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from imsinfo.articles.library import get_library


# Exempt, because nothing here changes anything: a POST is told 405, not 403.
@csrf_exempt
@require_safe
@cache_control(public=True, max_age=60)
def page(request, path=""):
    library = get_library()
    article = library.get(f"/{path}")
    if article is None:
        return _with_final_slash(library, path)
    context = {
        "article": article,
        "breadcrumbs": library.breadcrumbs(article),
        "children": library.children(article) if article.kind == "list" else (),
        "siblings": library.siblings(article),
    }
    template = "home" if article.kind == "home" else "page"
    return render(request, f"articles/{template}.html", context)


def _with_final_slash(library, path):
    """Send a reader who left out the final slash to the page; there is no other guess."""
    address = f"/{path}/"
    if library.get(address) is None and not _is_of_another_app(address):
        raise Http404("No such page.")
    return redirect(quote(address), permanent=True)


def _is_of_another_app(address):
    """Whether the form or the admin answers there; articles would answer everything else."""
    return resolve(address).app_name not in {"", "articles"}
