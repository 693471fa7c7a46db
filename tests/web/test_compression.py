import gzip

import brotli
import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    def ask(path, accepted, **headers):
        return client.get(path, headers={"accept-encoding": accepted} | headers)

    return ask


@pytest.mark.parametrize("path", ["/", "/conditions/neck-pain/", "/enquiry/", "/feed.xml"])
def test_a_public_page_is_the_same_in_every_encoding(ask, path):
    plain, small = ask(path, "identity"), ask(path, "gzip, br")
    assert small.headers["Content-Encoding"] == "br"
    assert brotli.decompress(small.content) == plain.content
    assert gzip.decompress(ask(path, "gzip").content) == plain.content


def test_a_compressed_page_tells_its_length_and_that_it_varies(ask):
    response = ask("/", "br")
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["Vary"] == "Accept-Encoding"


def test_a_page_is_not_sent_again_while_it_is_the_same(ask):
    etag = ask("/", "br").headers["ETag"]
    again = ask("/", "br", **{"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/search/?q=neck", "/enquiry/sent/", "/admin/login/"])
def test_what_is_private_is_not_kept_in_brotli(ask, path):
    response = ask(path, "gzip, br")
    assert (response.headers["Content-Encoding"], response.get("ETag")) == ("gzip", None)


def test_a_missing_page_is_answered_in_gzip(ask):
    response = ask("/no-such-page/", "gzip, br")
    assert (response.status_code, response.headers["Content-Encoding"]) == (404, "gzip")
