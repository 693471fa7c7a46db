"""What the shipped library holds: the pages that readers come for, and nothing left over."""

import re
from html import unescape

import pytest

from imsinfo.articles.figures import get_figures
from imsinfo.articles.library import get_library
from imsinfo.articles.sources import get_sources
from imsinfo.content import content_files
from imsinfo.countries import COUNTRIES
from tests.conftest import ROOT

GUIDES = (
    *("what-is-ims", "how-it-is-thought-to-work", "is-it-right-for-you", "ims-and-acupuncture"),
    *("ims-and-dry-needling", "compare", "history", "questions", "glossary"),
    *("your-visit", "does-it-hurt", "how-many-sessions", "risks", "who-should-not-have-ims"),
    *("aftercare", "warning-signs", "find-a-practitioner", "does-it-work", "how-we-write"),
    *("about", "contact", "privacy", "accessibility", "disclaimer", "conditions"),
)
CONDITIONS = (
    *("headache", "neck-pain", "whiplash", "nerve-pain-from-the-neck", "shoulder-pain"),
    *("tennis-elbow", "carpal-tunnel-syndrome", "low-back-pain", "sciatica", "outer-hip-pain"),
    *("osteoarthritis", "plantar-heel-pain", "tendon-pain", "muscle-strain", "overuse-injury"),
    *("muscle-spasm", "myofascial-pain", "fibromyalgia", "postural-pain", "long-lasting-pain"),
    "nerve-pain",
)
# Where conditions stand that have no page of their own.
SECTIONS = (
    ("shoulder-pain", "Rotator cuff"),
    ("sciatica", "Slipped disc"),
    ("sciatica", "Narrowed spinal canal"),
    ("headache", "Migraine"),
    ("osteoarthritis", "Other kinds of arthritis"),
    ("muscle-strain", "A fresh injury"),
    ("muscle-strain", "Sprains"),
    ("outer-hip-pain", "Bursitis in other places"),
    ("nerve-pain", "Pain after shingles"),
)
LEAST_QUESTIONS = 30


def all_texts():
    """The text of every page, shared piece and data file that may name a figure or a source."""
    names = (".md", "figures.yaml", "glossary.yaml", "red-flags.yaml")
    files = content_files().items()
    return "\n".join(file.read() for name, file in files if name.endswith(names))


@pytest.fixture
def privacy_in(write_content, clinic_text, client):
    """Return a function that gives the page on privacy of a clinic in another country."""

    def privacy_in(code):
        write_content("privacy.md", (ROOT / "content" / "privacy.md").read_text())
        write_content("clinic.yaml", clinic_text.replace("country: CA", f"country: {code}"))
        return unescape(client.get("/privacy/").content.decode()).replace("’", "'")

    return privacy_in


@pytest.mark.parametrize("name", [*GUIDES, *(f"conditions/{name}" for name in CONDITIONS)])
def test_page_is_there(client, name):
    assert client.get(f"/{name}/").status_code == 200


def test_every_condition_is_named_above():
    pages = [page for page in get_library().articles if page.kind == "condition"]
    assert sorted(page.url for page in pages) == sorted(f"/conditions/{n}/" for n in CONDITIONS)


@pytest.mark.parametrize(("name", "heading"), SECTIONS)
def test_condition_has_its_section(name, heading):
    page = get_library().get(f"/conditions/{name}/")
    assert re.search(rf"<h[23][^>]*>[^<]*{heading}", page.body)


def test_every_source_is_cited_somewhere():
    cited = {ref.key for page in get_library().articles for ref in page.references}
    assert sorted(get_sources().keys() - cited) == []


def test_every_figure_is_printed_somewhere():
    texts = all_texts()
    unused = [
        key
        for key, figure in get_figures().items()
        if figure.kind != "our_rule"
        and f"{{figure:{key}}}" not in texts
        and not re.search(rf"(?m)^- {key}$", texts)
    ]
    assert unused == []


def test_sources_name_who_wrote_them():
    unnamed = r"see (the )?DOI|at the (DOI|link)|not recorded|et al"
    found = [key for key, source in get_sources().items() if re.search(unnamed, source.authors)]
    assert found == []


def test_questions_are_many_and_each_leads_on():
    answers = re.findall(r"<details.*?</details>", get_library().get("/questions/").body, re.DOTALL)
    assert len(answers) >= LEAST_QUESTIONS
    assert [each for each in answers if '<a href="/' not in each] == []


@pytest.mark.parametrize("country", COUNTRIES)
def test_privacy_names_the_law_of_the_clinics_country(privacy_in, country):
    page = privacy_in(country)
    assert COUNTRIES[country].privacy_law in page
    assert COUNTRIES[country].privacy_regulator in page
