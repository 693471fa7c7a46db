"""The public pages and the states of the form, for the tests that look at every one of them."""

from collections.abc import Callable, Iterable
from unittest.mock import patch

from django.db import OperationalError

from imsinfo.articles.bibliography import addresses_of_sources
from imsinfo.articles.library import get_library
from imsinfo.articles.style_guide import get_style_guide
from imsinfo.errors import WORDS, error_page
from imsinfo.throttle import Limit, TooMany
from tests import answers
from tests.extent import WHOLE

# One of each template, and of each shape that it takes.
ARTICLES = (
    "/",
    "/what-is-ims/",
    "/aftercare/",
    "/conditions/",
    "/conditions/neck-pain/",
    "/glossary/",
    "/warning-signs/",
    "/risks/",
    "/compare/",
    "/contact/",
)
SEARCHES = (
    "/search/",
    "/search/?q=neck",
    "/search/?q=nekc",
    "/search/?q=chest+pain",
    "/search/?q=suicide",
    "/search/?q=zxqv",
)
FORM = (
    "/enquiry/",
    "/enquiry/on-paper/",
    "/enquiry/emergency/",
    "/enquiry/today/",
    "/enquiry/doctor-first/",
    "/enquiry/doctor-first/someone/",
    "/enquiry/under-18/",
    "/enquiry/agreement/",
    "/enquiry/questions/",
    "/enquiry/questions/someone/",
    "/enquiry/questions/doctor-first/",
    "/enquiry/questions/doctor-first/someone/",
    "/enquiry/sent/",
)
OTHERS = (
    *("/changes/", "/leaflets/", "/leaflets/questions-to-ask/", "/references/"),
    *("/references/trials/", "/no-such-page/"),
)
EACH_TEMPLATE = (*ARTICLES, *SEARCHES, *FORM, *OTHERS)

# What a form answers to a POST, by the name of the state: where it is sent, and the fields.
ANSWERS = answers.ANSWERS | {"duration": "under-6-weeks"}
SENT = ANSWERS | {"submission_id": "7d0f3c62-7c2e-4b6a-9a55-0f6d3a1d2c11"}
CORRECTED = SENT | {"message": "More", "area": "hand"}
STATES = {
    "safety errors": ("/enquiry/", {}),
    "question errors": ("/enquiry/check/", {}),
    "errors for someone": ("/enquiry/check/", {"someone_else": "True", "doctor_first": "True"}),
    "check": ("/enquiry/check/", ANSWERS),
    "sent": ("/enquiry/send/", SENT),
    # Only once SENT has been stored.
    "correction": ("/enquiry/send/", CORRECTED),
}


def every_page() -> tuple[str, ...]:
    """Return the address of every public page, whatever the library has grown to."""
    library = tuple(article.url for article in get_library().articles)
    return tuple(dict.fromkeys((*library, *EACH_TEMPLATE, *addresses_of_sources(get_library()))))


def looked_at() -> tuple[str, ...]:
    """Return one page of each template and shape, or every page with IMSINFO_ALL_PAGES."""
    return every_page() if WHOLE else EACH_TEMPLATE


def style_guide() -> tuple[str, ...]:
    """Return the addresses that only staff see."""
    return ("/style-guide/", *(f"/style-guide/{entry.id}/" for entry in get_style_guide()))


def every_html(paths: Iterable[str]) -> dict[str, Callable[..., str]]:
    """Return how to get the HTML of pages, of each state and error: from a test client."""
    return {
        **{path: lambda client, path=path: _html(client.get(path)) for path in paths},
        **{state: lambda client, state=state: _state(client, state) for state in STATES},
        "not stored": lambda client: _refused(client, OperationalError),
        "too many": lambda client: _refused(client, TooMany(Limit("enquiries", "", 5, 600), 600)),
        **{f"error {each}": lambda _, each=each: error_page(each).decode() for each in WORDS},
    }


def _html(response) -> str:
    return response.content.decode()


def _state(client, state: str) -> str:
    path, fields = STATES[state]
    if fields == CORRECTED:
        client.post(path, SENT)
    return _html(client.post(path, fields, follow=True))


def _refused(client, fault: Exception | type[Exception]) -> str:
    """What is said while nothing is stored, for want of a database or after too many tries."""
    with patch("imsinfo.enquiries.views.store", side_effect=fault):
        return _html(client.post("/enquiry/send/", SENT))
