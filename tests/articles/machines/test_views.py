import pytest

from imsinfo.clinic import get_clinic

PLAIN = "text/plain; charset=utf-8"
KINDS = {
    "/sitemap.xml": "application/xml",
    "/feed.xml": "application/atom+xml; charset=utf-8",
    "/changes/": "text/html; charset=utf-8",
    "/robots.txt": PLAIN,
    "/.well-known/security.txt": PLAIN,
}


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
def test_machines_may_keep_each_for_a_minute(client, path, kind):
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


@pytest.mark.parametrize("path", KINDS)
def test_head_is_answered_as_get_is(client, path):
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    same = ("Content-Type", "Content-Length", "Cache-Control")
    assert [head[name] for name in same] == [whole[name] for name in same]


@pytest.mark.parametrize("path", KINDS)
def test_what_a_machine_knows_is_not_sent_again(client, path):
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_else_than_reading_is_answered(wsgi, monkeypatch, path, method):
    monkeypatch.setattr("imsinfo.articles.machines.views.get_library", None)
    answer = wsgi(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", KINDS)
def test_security_headers_stand_on_each(wsgi, path):
    headers = wsgi("GET", path).headers
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_robots_are_told_where_the_sitemap_is(client):
    text = client.get("/robots.txt").content.decode()
    assert text.endswith("\nSitemap: http://127.0.0.1:8000/sitemap.xml\n")


def test_security_text_names_the_clinics_own_contact(client):
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.startswith(f"Contact: {get_clinic().security_uri}\n")


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("security@clinic.example", "mailto:security@clinic.example"),
        ("https://clinic.example/security", "https://clinic.example/security"),
    ],
)
def test_security_text_prefers_the_contact_for_it(client, write, clinic_text, contact, expected):
    write("clinic.yaml", f"{clinic_text}\nsecurity_contact: {contact}\n")
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.startswith(f"Contact: {expected}\n")
