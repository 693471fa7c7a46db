import pytest
from pytest_django.asserts import assertHTMLEqual

from imsinfo.web.whitespace import trimmed


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (b"<p>\n  a\n\n  <b>c</b> d\t\r\n</p>", b"<p>\na\n<b>c</b> d\n</p>"),
        (b"<p>a  b</p>", b"<p>a  b</p>"),
        (b"<pre>\n  a\n\n</pre>\n\n<p>", b"<pre>\n  a\n\n</pre>\n<p>"),
        (
            b"\n\n<textarea rows=3>\n\n a\n\n</textarea>",
            b"\n<textarea rows=3>\n\n a\n\n</textarea>",
        ),
        (b"<script>a\n\nb</script>\n\n", b"<script>a\n\nb</script>\n"),
        (b"<pre>\n\n", b"<pre>\n"),
        (b"<present>\n\n</present>", b"<present>\n</present>"),
        (b"", b""),
    ],
)
def test_trimmed_keeps_one_break_and_all_that_is_shown(html, expected):
    assert trimmed(html) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/conditions/neck-pain/", "/enquiry/", "/enquiry/questions/"]
)
def test_a_public_page_is_trimmed_and_says_the_same(client, monkeypatch, path):
    response = client.get(path)
    page = response.content
    assert response["Content-Length"] == str(len(page))
    monkeypatch.setattr("imsinfo.web.whitespace.trimmed", lambda html: html)
    whole = client.get(path).content
    assert b"\n\n" not in page
    assert len(page) < len(whole)
    assertHTMLEqual(page.decode(), whole.decode())


@pytest.mark.django_db
def test_what_staff_see_is_left_as_it_is(client, monkeypatch):
    monkeypatch.setattr("imsinfo.web.whitespace.trimmed", lambda html: b"")
    assert client.get("/admin/login/").content
