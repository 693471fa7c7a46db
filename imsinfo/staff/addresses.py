"""Addresses of the staff's pages, and which of them somebody may be led back to."""

from urllib.parse import urlencode

from django.utils.http import url_has_allowed_host_and_scheme

STAFF_PATH = "/admin/"


def own_path(given: str) -> str:
    """Return an address that a request brought if it is a staff page, else the overview's."""
    fits = given.startswith(STAFF_PATH) and url_has_allowed_host_and_scheme(given, None)
    return given if fits else STAFF_PATH


def with_next(path: str, following: str, **more: str) -> str:
    """Return a path that leads on to another one when its work is done."""
    return f"{path}?{urlencode({'next': own_path(following), **more}, safe='/')}"
