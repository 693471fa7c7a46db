import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries import choices
from imsinfo.enquiries.consents import CURRENT_CONSENT
from imsinfo.enquiries.forms import AnswersForm, consent_text
from imsinfo.enquiries.paper import PaperQuestion, paper_sections, sign_lists, who_question
from imsinfo.enquiries.wording import QUESTIONS, SECTIONS
from imsinfo.red_flags import get_red_flags

PATH = "/enquiry/on-paper/"


def asked():
    return {question.words: question for each in paper_sections() for question in each.questions}


def test_paper_asks_what_the_form_asks_in_its_order():
    names = AnswersForm(initial={"someone_else": True}).asked
    left_out = {"consent", "wants_receipt"}
    words = [
        QUESTIONS[name].for_me or QUESTIONS[name].for_someone
        for name in names
        if name not in left_out
    ]
    assert [*asked()] == [*words, ""]


def test_paper_has_the_sections_of_the_form():
    assert [section.title for section in paper_sections()] == list(SECTIONS.values())


def test_paper_marks_what_only_someone_else_is_asked():
    assert [words for words, question in asked().items() if question.for_someone] == [
        "Their first name",
        "Who are you to them?",
        "Do they know about this enquiry, and agree to it?",
        "Whom shall we contact?",
    ]


@pytest.mark.parametrize(
    ("name", "options", "lines"),
    [
        ("area", choices.Area.labels, 0),
        ("caution", choices.Caution.labels, 0),
        ("reply_by", choices.ReplyBy.labels, 0),
        ("name", [], 1),
        ("phone", [], 1),
        ("email", [], 1),
        ("message", [], 4),
    ],
)
def test_paper_has_room_for_the_answer(name, options, lines):
    expected = PaperQuestion(
        QUESTIONS[name].for_me, QUESTIONS[name].hint, tuple(options), range(lines)
    )
    assert asked()[QUESTIONS[name].for_me] == expected


def test_paper_asks_for_the_consent_in_the_words_that_are_stored():
    assert paper_sections()[-1].questions[0].options == (consent_text(CURRENT_CONSENT),)


@pytest.mark.parametrize(
    ("offered", "not_offered", "gone"),
    [
        ("text_message: true", "text_message: false", "Text message"),
        ("video: true", "video: false", "By video first"),
    ],
)
def test_paper_offers_only_what_the_clinic_offers(
    client, change_clinic, offered, not_offered, gone
):
    assertContains(client.get(PATH), gone)
    change_clinic(offered, not_offered)
    assertNotContains(client.get(PATH), gone)


def test_paper_holds_every_sign_at_its_level():
    levels = ("emergency", "today", "doctor-first")
    lines = {level: tuple(each.line for each in get_red_flags().lines(level)) for level in levels}
    assert [each.signs for each in sign_lists()] == [
        lines["emergency"],
        lines["today"],
        (*lines["doctor-first"], "None of these"),
    ]


def test_paper_begins_with_the_emergency_and_ends_with_where_to_bring_it(client):
    page = client.get(PATH).content.decode()
    words = [
        *(each.signs[0] for each in sign_lists()),
        who_question().words,
        *(section.title for section in paper_sections()),
        "1 Example Street",
    ]
    places = [page.index(word) for word in words]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("Do not wait for us", "/enquiry/emergency/"),
        ("Do not drive yourself.", "/enquiry/emergency/"),
        ("Do not wait for us", "/enquiry/today/"),
        ("See your doctor or an urgent care centre today.", "/enquiry/today/"),
        ("if it gets worse fast", "/enquiry/today/"),
        ("See a doctor before any needling", "/enquiry/doctor-first/"),
        ("Ask a doctor for an early appointment, and say why.", "/enquiry/doctor-first/"),
        ("Under 18: please phone us", "/enquiry/under-18/"),
        ("This form is for adults.", "/enquiry/under-18/"),
        ("only if they know and agree.", "/enquiry/agreement/"),
        ("This is an enquiry. It is not a diagnosis.", "/enquiry/"),
    ],
)
def test_paper_says_what_to_do_in_the_words_of_the_form(client, words, path):
    assertContains(client.get(PATH), words)
    assertContains(client.get(path), words)


def test_paper_takes_nothing_in(client):
    main = client.get(PATH).content.decode().partition("<main")[2].partition("</main>")[0]
    assert [tag for tag in ("<form", "<input", "<textarea", "<button") if tag in main] == []
    assert client.post(PATH).status_code == 405


def test_paper_is_kept_by_caches_as_other_pages(client):
    response = client.get(PATH)
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert "X-Robots-Tag" not in response
