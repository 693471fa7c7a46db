"""Pages that are prepared, answered without Django: after the door, and by a shortcut past it.

Cookies change nothing of such a page, nor does what stands behind a question mark.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from imsinfo.web.door import MAX_ADDRESS, Rules, is_allowed, scheme_of
from imsinfo.web.headers import Application, Header, StartResponse
from imsinfo.web.representations import Answer, Page

READING = frozenset({"GET", "HEAD"})

Pages = Callable[[], Mapping[str, Page]]


class PreparedPages:
    """WSGI wrapper that answers a page that is there, and leaves all else to the application.

    prepared: returns the pages to be shown now by their exact address.
    """

    def __init__(self, application: Application, prepared: Pages):
        self.application, self.prepared = application, prepared

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        page = self.prepared().get(environ["PATH_INFO"])
        if page is None or environ["REQUEST_METHOD"] not in READING:
            return self.application(environ, start_response)
        answer = page.answer(environ)
        start_response(answer.line, answer.headers)
        return _body(answer, environ)


class Shortcut:
    """Outermost WSGI wrapper: answers at once what nearly every visit is, and leaves all else.

    A plain request for a prepared page would pass the log, the table of headers and the door
    without one of them having anything to say; they took more time than all else here. The
    answer is the same. rules: the door's; begin: is shown each request that is answered;
    completed: returns headers with the security headers.
    """

    def __init__(
        self,
        application: Application,
        rules: Rules,
        prepared: Pages,
        begin: Callable[[Mapping[str, Any]], None],
        completed: Callable[[tuple[Header, ...]], list[Header]],
    ):
        self.application, self.rules, self.prepared = application, rules, prepared
        self.begin, self.completed = begin, completed

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        page = self.prepared().get(environ["PATH_INFO"])
        if page is None or not is_plain(environ, self.rules):
            return self.application(environ, start_response)
        try:
            answer = page.answer(environ)
            headers = self.completed(answer.headers)
        except Exception:
            # Whatever it is, the long way meets it again, tells the log, and answers with a page.
            return self.application(environ, start_response)
        self.begin(environ)
        start_response(answer.line, headers)
        return _body(answer, environ)


def is_plain(environ: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the door has nothing to refuse of a request for an address that is known to be good.

    Quicker than looking for each reason.
    """
    return (
        environ["REQUEST_METHOD"] in READING
        and is_allowed(environ.get("HTTP_HOST", ""), rules.hosts)
        and (not rules.https or scheme_of(environ, rules.trusted_proxies) == "https")
        and len(environ.get("QUERY_STRING", "")) < MAX_ADDRESS // 2
        and not environ.get("CONTENT_LENGTH")
        and not environ.get("CONTENT_TYPE")
        and not environ.get("HTTP_TRANSFER_ENCODING")
    )


def _body(answer: Answer, environ: Mapping[str, Any]) -> list[bytes]:
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
