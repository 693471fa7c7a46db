"""The stylesheet of a clinic's own accent colour, and the icon that programs guess at."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from imsinfo.brand.colours import brand_css
from imsinfo.clinic import get_clinic


# Exempt, because nothing here changes anything: a POST is told 405, not 403.
@csrf_exempt
@require_safe
def stylesheet(request):
    accent = get_clinic().accent_colour
    if accent is None:
        raise Http404("The clinic has set no accent colour.")
    css = brand_css(accent.light, accent.dark)
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=3600)
    return response


@csrf_exempt
@require_safe
def favicon(request):
    """Pages name their icon; what reads no page asks at this address."""
    response = redirect(static("icons/favicon-32.png"))
    patch_cache_control(response, public=True, max_age=3600)
    return response
