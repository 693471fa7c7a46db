"""What every page shows: the clinic, and the menu with the reader's place in it."""

from django.conf import settings

from imsinfo.articles.outline import get_outline
from imsinfo.clinic import get_clinic


def site_context(path: str = "") -> dict[str, object]:
    """Return the clinic, and the links around a page at path ("" for none of the menu's)."""
    outline = get_outline()
    return {"clinic": get_clinic(), "menu": outline.menu(path), "policies": outline.policies}


def site(request):
    context = site_context(request.path)
    return context | {
        "canonical_url": f"{settings.SITE_URL}{request.path}",
        "site_url": settings.SITE_URL,
    }
