"""The guard of the form: without cookie and token, so that nothing can expire."""

from functools import wraps

from django.views.decorators.csrf import csrf_exempt

from imsinfo.errors import error_response


def is_own(origin: str | None, fetch_site: str | None, own: str) -> bool:
    """Whether a POST comes from a page of this site.

    origin, fetch_site: the Origin and Sec-Fetch-Site headers, None where absent; own: the
    site's origin. Every current browser sends Origin with a form; a client that sends
    neither header carries no visitor's cookies, and so can forge nothing.
    """
    if origin is not None:
        return origin == own
    return fetch_site in {None, "none", "same-origin"}


def own_origin_only(view):
    """Answer a POST from elsewhere with 403, before anything of it is read."""

    @csrf_exempt
    @wraps(view)
    def guarded(request, *args, **kwargs):
        own = f"{request.scheme}://{request.get_host()}"
        sent_from = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        if request.method == "POST" and not is_own(*sent_from, own):
            return error_response(403)
        return view(request, *args, **kwargs)

    return guarded
