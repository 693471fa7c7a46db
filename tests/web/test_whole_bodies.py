from io import BytesIO

import pytest

from imsinfo.web.whole_bodies import WholeBodies

FORM = b"name=Zora&message=It+hurts"


class Line:
    """A body as a server hands it on: what has come, once. asked: the sizes of all reads."""

    def __init__(self, sent):
        self.sent, self.asked = BytesIO(sent), []

    def read(self, size):
        self.asked.append(size)
        return self.sent.read(size)


def inside(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read(1000)]


def ask(method, length, sent):
    """Return the status, the headers, the body and the line of a request."""
    told, line = [], Line(sent)
    environ = {"REQUEST_METHOD": method, "CONTENT_LENGTH": length, "wsgi.input": line}
    application = WholeBodies(inside, lambda status: f"page {status}".encode())
    body = b"".join(application(environ, lambda *args: told.extend(args)))
    return told[0], dict(told[1]), body, line


def test_whole_form_is_let_in():
    status, _, body, line = ask("POST", str(len(FORM)), FORM)
    assert (status, body, line.asked) == ("200 OK", FORM, [len(FORM)])


@pytest.mark.parametrize("sent", [b"", FORM[:-1]])
def test_form_that_is_cut_short_is_turned_away(sent):
    status, headers, body, _ = ask("POST", str(len(FORM)), sent)
    assert (status, body) == ("408 Request Timeout", b"page 408")
    assert headers["Connection"] == "close"
    assert headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("length", ["", "0"])
def test_form_without_a_body_is_not_waited_for(length):
    status, _, _, line = ask("POST", length, b"")
    assert (status, line.asked) == ("200 OK", [1000])


def test_question_is_not_waited_for():
    _, _, _, line = ask("GET", "5", b"")
    assert line.asked == [1000]
