import pytest
from pytest_django.asserts import assertContains, assertInHTML

from imsinfo.brand.logo import Logo, get_logo, read_logo
from imsinfo.errors import error_page

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">\n'
    '{shape}<circle class="picture-accent" cx="20" cy="20" r="18"/></svg>\n'
)
ICON = b"icons/icon.svg"


@pytest.fixture
def with_logo(write_content, clinic_text):
    """Return a function that puts a clinic with a logo in force; shape: stands in its drawing."""

    def with_logo(shape="", name="images/logo.svg"):
        write_content(name, DRAWING.format(shape=shape))
        write_content("clinic.yaml", f"{clinic_text}logo: images/logo.svg\n")
        get_logo.cache_clear()

    yield with_logo
    get_logo.cache_clear()


@pytest.fixture
def logo_line(clinic_text):
    return clinic_text.count("\n") + 1


def told(logo):
    return [str(problem) for problem in logo.problems]


SHOWN = (
    '<a class="site-header__name" href="/">'
    '<span class="site-header__logo" aria-hidden="true">'
    '<svg class="picture" viewBox="0 0 40 40" role="img" aria-label="">'
    '<circle class="picture-accent" cx="20" cy="20" r="18"/></svg></span>Example IMS Clinic</a>'
)


@pytest.mark.parametrize("path", ["/", "/aftercare/", "/enquiry/"])
def test_logo_stands_in_the_place_of_the_sites_icon(client, with_logo, path):
    with_logo()
    assertContains(client.get(path), SHOWN, html=True, count=1)


def test_error_page_shows_the_logo_too(with_logo):
    with_logo()
    assertInHTML(SHOWN, error_page(404).decode())


def test_clinic_without_a_logo_shows_the_sites_icon(client, write_content):
    get_logo.cache_clear()
    [header, _] = client.get("/aftercare/").content.split(b"</header>")
    assert (ICON in header, get_logo()) == (True, Logo())


def test_missing_logo_is_told_with_its_line(with_logo, logo_line):
    with_logo(name="images/other.svg")
    assert told(read_logo()) == [
        f"own/clinic.yaml:{logo_line}: the logo is not there; found: images/logo.svg; "
        "repair: put the drawing into images/logo.svg, or correct the name"
    ]


def test_refused_logo_is_told_with_its_line(with_logo, logo_line):
    with_logo("<script>alert(1)</script>")
    assert told(read_logo()) == [
        f"own/clinic.yaml:{logo_line}: the logo cannot be shown; found: images/logo.svg; "
        "repair: repair images/logo.svg as told for that file, or take the line out"
    ]


def test_logo_with_links_is_told(with_logo, logo_line):
    with_logo('<a href="aftercare.md"><title>Aftercare</title></a>')
    assert told(read_logo()) == [
        f"own/clinic.yaml:{logo_line}: the logo holds links of its own; found: images/logo.svg; "
        "repair: take the links out: the logo as a whole leads to the home page"
    ]


@pytest.mark.parametrize("shape", ["<script>alert(1)</script>", "<g"])
def test_fault_of_the_logo_leaves_no_page_out(with_logo, shape):
    with_logo(shape)
    assert {problem.severity for problem in read_logo().problems} == {"error"}


def test_refused_logo_is_not_shown(client, with_logo):
    with_logo("<script>alert(1)</script>")
    [header, _] = client.get("/aftercare/").content.split(b"</header>")
    assert (ICON in header, b"alert" in header) == (True, False)


def test_refused_logo_is_named_in_the_log(with_logo, caplog):
    with_logo(name="images/other.svg")
    get_logo()
    [record] = [record for record in caplog.records if record.name == "imsinfo.brand"]
    assert record.getMessage().startswith(
        "The site's own icon stands in place of the logo: own/clinic.yaml:"
    )
