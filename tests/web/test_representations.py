import gzip

import brotli
import pytest

from imsinfo.web.representations import (
    AT_ONCE,
    LEAST_BYTES,
    QUICK,
    Page,
    answer_from,
    chosen,
    compressed,
    is_known,
    tag_of,
)
from tests.markup import ROOT

HEADERS = (("Content-Type", "text/html"), ("Cache-Control", "public"), ("X-Robots-Tag", "noindex"))
TEXT = b"<p>Sore after needling?</p>" * 40


@pytest.fixture
def page():
    return Page(HEADERS, tag_of(TEXT), compressed(TEXT))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("BR", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip;q=0.5, br ; q=0.5", "br"),
        ("br;q=0", "identity"),
        ("br;q=0.000, gzip;q=0.001", "gzip"),
        ("br;q=1.000", "br"),
        ("br;q=1.1, gzip", "gzip"),
        ("br;q=0.1234, gzip;q=0.1", "gzip"),
        ("br;q=nan, gzip;q=0.1", "gzip"),
        ("br;q=, gzip;q=-1", "identity"),
        ("br;level=5, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("gzip;q=0.5, identity;q=0.8", "identity"),
        ("identity;q=1, br;q=1", "br"),
        ("*;q=0", "identity"),
        ("x-br, brotli, deflate", "identity"),
        (",,;q=1, ;", "identity"),
        ("bŕ, ²", "identity"),
    ],
)
def test_encoding_is_the_one_a_browser_likes_best(accepted, encoding):
    assert chosen(accepted) == encoding


@pytest.mark.parametrize(
    ("etag", "header", "known"),
    [
        ('"a-br"', '"a-br"', True),
        ('"a-br"', 'W/"a-br"', True),
        ('"a-br"', '"b", "a-br"', True),
        ('"a-br"', "*", True),
        ('"a-br"', '"a-gzip"', False),
        ('"a-br"', "a-br", False),
        ('"a-br"', "", False),
    ],
)
def test_page_is_known_by_its_tag(etag, header, known):
    assert is_known(etag, header) is known


UNPACKED = {
    "br": ("br", brotli.decompress),
    "gzip": ("gzip", gzip.decompress),
    "": (None, bytes),
}


@pytest.mark.parametrize("accepted", UNPACKED)
def test_page_says_the_same_in_every_encoding(page, accepted):
    encoding, unpacked = UNPACKED[accepted]
    answer = page.answer({"HTTP_ACCEPT_ENCODING": accepted})
    headers = dict(answer.headers)
    assert unpacked(answer.body) == TEXT
    assert (headers.get("Content-Encoding"), headers["Vary"]) == (encoding, "Accept-Encoding")
    assert headers["Content-Length"] == str(len(answer.body))


def test_each_encoding_has_a_tag_of_its_own(page):
    answers = [page.answer({"HTTP_ACCEPT_ENCODING": each}) for each in UNPACKED]
    assert len({dict(answer.headers)["ETag"] for answer in answers}) == len(UNPACKED)


@pytest.mark.parametrize("accepted", UNPACKED)
def test_page_that_is_known_is_not_sent_again(page, accepted):
    asked = {"HTTP_ACCEPT_ENCODING": accepted}
    etag = dict(page.answer(asked).headers)["ETag"]
    answer = page.answer(asked | {"HTTP_IF_NONE_MATCH": etag})
    assert (answer.line, answer.body) == ("304 Not Modified", b"")
    assert {name for name, _ in answer.headers} == {"Cache-Control", "ETag", "Vary"}


def test_tag_of_another_encoding_is_not_known(page):
    etag = dict(page.answer({"HTTP_ACCEPT_ENCODING": "br"}).headers)["ETag"]
    assert page.answer({"HTTP_IF_NONE_MATCH": etag}).line == "200 OK"


@pytest.mark.parametrize("accepted", UNPACKED)
@pytest.mark.parametrize("text", [TEXT, b"short"])
def test_page_on_the_fly_is_the_same(accepted, text):
    asked = {"HTTP_ACCEPT_ENCODING": accepted}
    page = Page(HEADERS, tag_of(text), compressed(text))
    assert answer_from(HEADERS, text, asked) == page.answer(asked)


def test_short_page_comes_as_it_is():
    text = b"x" * (LEAST_BYTES - 1)
    answer = answer_from(HEADERS, text, {"HTTP_ACCEPT_ENCODING": "br, gzip"})
    assert answer.body == text
    assert {"Content-Encoding", "Vary"}.isdisjoint(name for name, _ in answer.headers)


def test_same_text_is_compressed_to_the_same_bytes():
    assert compressed(TEXT) == compressed(TEXT)
    assert compressed(TEXT)["gzip"][4:8] == bytes(4)


WORDS = (ROOT / "content" / "sources.yaml").read_bytes()


def test_page_that_comes_at_once_is_compressed_with_little_effort():
    quick = brotli.compress(WORDS[:20_000], **QUICK)
    assert len(brotli.compress(WORDS[:20_000])) < len(quick) <= AT_ONCE
    assert compressed(WORDS[:20_000])["br"] == quick


def test_page_that_would_not_come_at_once_is_compressed_well():
    quick = brotli.compress(WORDS[:50_000], **QUICK)
    assert len(quick) > AT_ONCE
    assert len(compressed(WORDS[:50_000])["br"]) < len(quick)


def test_another_text_has_another_tag():
    assert tag_of(TEXT) != tag_of(TEXT + b" ")


def test_endless_list_of_encodings_is_not_read_to_its_end(page):
    answer = page.answer({"HTTP_ACCEPT_ENCODING": "x," * 10_000 + "br"})
    assert answer.body == TEXT
