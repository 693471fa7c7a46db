import re
from itertools import product

import pytest
from django.db import OperationalError
from django.http import Http404, HttpResponseNotAllowed
from django.template import TemplateDoesNotExist
from django.test import override_settings
from django.urls import path

from imsinfo import errors
from imsinfo.clinic import get_clinic
from imsinfo.errors import WORDS, error_page, error_response

BROKEN_CLINIC = "name: [\n"


def fail(*args, **kwargs):
    raise TemplateDoesNotExist("a name that somebody typed")


def failing(request):
    raise RuntimeError("a name that somebody typed")


def without_database(request):
    raise OperationalError("what a database said of a row")


def missing(request):
    raise Http404("a name that somebody typed")


def not_allowed(request):
    return HttpResponseNotAllowed(["GET", "HEAD"])


urlpatterns = [
    path("failing/", failing),
    path("missing/", missing),
    path("without-database/", without_database),
    path("not-allowed/", not_allowed),
]
handler400 = "imsinfo.errors.bad_request"
handler403 = "imsinfo.errors.permission_denied"
handler404 = "imsinfo.errors.page_not_found"
handler500 = "imsinfo.errors.server_error"


@pytest.fixture
def broken_template(monkeypatch, write_content):
    write_content("unused.md", "")  # forgets the pages that are rendered already
    monkeypatch.setattr(errors, "render_to_string", fail)


@pytest.fixture
def own_pages(client):
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        yield client


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.decode()))


@pytest.mark.parametrize("status", [400, 403, 404, 405, 408, 411, 413, 429, 500, 503])
def test_error_page_says_what_happened_and_what_to_do(status):
    heading, advice = WORDS[status]
    page = text_of(error_page(status))
    assert (heading in page, advice in page) == (True, True)


@pytest.mark.parametrize("status", WORDS)
def test_error_page_names_the_clinics_phone(status):
    assert get_clinic().phone in text_of(error_page(status))


@pytest.mark.parametrize("status", WORDS)
def test_error_page_names_the_emergency_number(status):
    assert re.search(r"\b911\b", text_of(error_page(status)))


@pytest.mark.parametrize("status", WORDS)
def test_error_page_holds_no_inline_style_or_script(status):
    assert not re.search(rb"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", error_page(status))


def test_every_error_page_follows_the_clinic(write_content, clinic_text):
    write_content("clinic.yaml", clinic_text.replace("604 555 0123", "020 7946 0000"))
    pages = {status: text_of(error_page(status)) for status in WORDS}
    assert [status for status, page in pages.items() if "020 7946 0000" not in page] == []


def test_no_error_page_needs_a_template(broken_template):
    pages = {status: text_of(error_page(status)).strip() for status in WORDS}
    call = "Example IMS Clinic: 604 555 0123. In an emergency call 911."
    assert pages == {
        status: f"{heading} {heading} {advice} {call}".replace("  ", " ")
        for status, (heading, advice) in WORDS.items()
    }


def test_error_page_needs_no_clinic_file(write_content):
    write_content("clinic.yaml", BROKEN_CLINIC)
    page = text_of(error_page(500))
    assert "In an emergency call your emergency number." in page


def test_plain_error_page_escapes_the_clinics_name(broken_template, write_content, clinic_text):
    write_content("clinic.yaml", clinic_text.replace("Example IMS Clinic", '"Pain & <b>Care</b>"'))
    assert b"Pain &amp; &lt;b&gt;Care&lt;/b&gt;: 604" in error_page(500)


def test_plain_error_page_is_logged_without_the_message(broken_template, caplog):
    error_page(404)
    told = [each.getMessage() for each in caplog.records if each.name == "imsinfo.errors"]
    assert told == [f"The page for {status} could not be rendered" for status in WORDS]


def test_error_response_is_not_stored():
    response = error_response(503)
    assert (response.status_code, response["Cache-Control"]) == (503, "private, no-cache")


def test_error_page_is_rendered_once(monkeypatch, broken_template):
    first = error_page(500)
    monkeypatch.setattr(errors, "PLAIN_PAGE", "another")
    assert error_page(500) is first


@pytest.mark.parametrize(
    ("address", "status"), [("failing", 500), ("missing", 404), ("not-allowed", 405)]
)
def test_refusal_of_a_view_has_the_sites_page(own_pages, address, status):
    response = own_pages.get(f"/{address}/")
    assert (response.status_code, response.content) == (status, error_page(status))


def test_a_page_whose_database_is_away_asks_to_come_back(own_pages):
    response = own_pages.get("/without-database/")
    assert (response.status_code, response.content) == (503, error_page(503))
    assert int(response["Retry-After"]) > 0


def test_page_given_to_a_bare_refusal_tells_its_length(own_pages):
    response = own_pages.get("/not-allowed/")
    assert response["Content-Length"] == str(len(error_page(405)))


def test_page_given_to_a_bare_refusal_keeps_allow(own_pages):
    response = own_pages.get("/not-allowed/")
    assert (response["Allow"], response["Content-Type"]) == (
        "GET, HEAD",
        "text/html; charset=utf-8",
    )


def test_nothing_of_an_exception_is_shown(own_pages):
    pages = [own_pages.get(f"/{address}/").content for address in ("failing", "missing")]
    assert b"somebody typed" not in b"".join(pages)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/enquiry/", "/enquiry/check/", "/"])
@pytest.mark.parametrize("charset", ["utf-16", "no-such-charset", "utf-7", "idna"])
def test_form_in_an_odd_charset_is_no_fault_of_ours(wsgi, path, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    answer = wsgi("POST", path, b"who=me", CONTENT_TYPE=content_type)
    assert answer.status < 500


@pytest.mark.django_db
def test_enquiry_in_utf_16_is_refused_with_the_page(wsgi):
    content_type = "application/x-www-form-urlencoded; charset=utf-16"
    answer = wsgi("POST", "/enquiry/", b"who=me", CONTENT_TYPE=content_type)
    assert (answer.status, answer.body) == (400, error_page(400))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *product(["TRACE", "PUT", "DELETE"], ["/", "/aftercare/", "/enquiry/", "/admin/"]),
        *product(["POST"], ["/", "/aftercare/"]),
    ],
)
def test_other_methods_are_refused_with_those_that_are_allowed(wsgi, method, path):
    answer = wsgi(method, path)
    allowed = set(answer.headers.get("allow", "").split(", "))
    assert (answer.status, {"GET", "HEAD"} <= allowed, method in allowed) == (405, True, False)
    assert answer.body == error_page(405)
