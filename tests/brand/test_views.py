import re

import pytest
from pytest_django.asserts import assertContains

from imsinfo.brand.colours import brand_css
from imsinfo.web.headers import ALWAYS

ACCENT = 'accent_colour: {light: "#1d4ed8", dark: "#93c5fd"}\n'


@pytest.fixture
def blue(write_content, clinic_text):
    write_content("clinic.yaml", clinic_text + ACCENT)


def test_stylesheet_of_the_accent_is_served(client, blue):
    response = client.get("/brand.css")
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        *(200, "text/css; charset=utf-8", "public, max-age=3600"),
    )
    assert response.content.decode() == brand_css("#1d4ed8", "#93c5fd")


def test_stylesheet_sets_no_cookie(client, blue):
    assert client.get("/brand.css").cookies == {}


def test_stylesheet_has_the_security_headers(wsgi, blue):
    assert set(wsgi("GET", "/brand.css").lines) >= set(ALWAYS)


def test_there_is_no_stylesheet_without_an_accent(client, write_content):
    assert client.get("/brand.css").status_code == 404


def test_stylesheet_is_only_read(client, blue):
    assert client.post("/brand.css").status_code == 405


@pytest.mark.parametrize("path", ["/", "/aftercare/", "/enquiry/", "/nothing/"])
def test_accent_is_linked_after_the_sites_own_stylesheets(client, blue, path):
    page = client.get(path).content.decode()
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
    assert (sheets[0].startswith("/static/css/site"), sheets[-1]) == (True, "/brand.css")


def test_browser_frame_takes_the_accent(client, blue):
    light = '<meta name="theme-color" content="#1d4ed8" media="(prefers-color-scheme: light)">'
    assertContains(client.get("/"), light, html=True)


def test_nothing_is_linked_without_an_accent(client, write_content):
    assert b"brand.css" not in client.get("/").content


def test_the_icon_that_programs_guess_at_is_the_sites_own(client):
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/icons/favicon-32.png")
    assert b"".join(client.get(response["Location"])).startswith(b"\x89PNG")
