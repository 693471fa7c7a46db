from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from imsinfo.articles.frontmatter import Draft, FrontMatter
from imsinfo.articles.wording import (
    banned_claims,
    get_wording,
    problems_of_piece,
    problems_of_words,
    reading_of,
)
from imsinfo.problems import ContentError
from imsinfo.strict_yaml import read_yaml

FIELDS = """title: {title}
summary: {summary}
kind: {kind}
section: clinic
order: 1
sources_checked: 2026-11-21
next_review: 2027-11-21{more}"""
EVIDENCE = """
evidence:
  - method: ims
    grade: not-enough
    statement: "{ims}"
    sources: []
  - method: dry-needling
    grade: some
    statement: "{dry}"
    sources: [ga_2007]"""
CHANGES = """
changes:
  - date: 2026-11-21
    what: First published.
    why: New page.
  - date: 2026-11-22
    what: {what}
    why: {why}"""
# Ten words of ten syllables.
TEN = "We can see that this is a plain short line. "


def draft(text="", title="A page", summary="What it says.", kind="guide", more=""):
    """Return an article whose text begins on line 10 if there are no more fields."""
    fields = FIELDS.format(title=title, summary=summary, kind=kind, more=more)
    front = read_yaml(fields, FrontMatter, "page.md", first_line=2)
    return Draft("page.md", front, text, fields.count("\n") + 4, fields)


def told(article, ceiling=None):
    problems = problems_of_words(article, get_wording(), str, ceiling)
    return [str(problem) for problem in problems]


def found_in(text):
    return [claim.found for claim in banned_claims(text, get_wording())]


@pytest.mark.parametrize(
    "text",
    [
        "80 patients were cured.",
        "It can eliminate chronic pain.",
        "100% permanent pain relief",
        "Results are guaranteed!",
        "a scientifically proven method",
        "This is proven.",
        "A breakthrough in care",
        "The needles are painless.",
        "It works in **100** % of people",
        "It removes the root\ncause of pain.",
        "A success rate of 80",
        "There are no side effects.",
        "It is very safe.",
        "It is completely safe and perfectly safe.",
        "It is risk-free.",
        "A highly effective treatment",
        "Harm is extremely rare.",
        "A miracle for your back",
        "Our patients say it is wonderful.",
        "Read our reviews.",
        "It promotes healing.",
        "It heals your back.",
        "It resets the pain cycle.",
        "It rebalances muscles.",
        "A detox for your body",
        "It corrects posture.",
        "one of the world’s experts",
        "Our leading experts",
        "It is safe and effective.",
        "It works for everyone.",
        "Choose it instead of surgery.",
        "You can stop taking your tablets.",
        "It provides long term relief.",
        "a potent treatment",
        "a synergistic effect",
        "science-backed",
        "It fixes the nerve.",
        "Without risk to you",
        "You do not need to see a doctor.",
    ],
)
def test_an_overclaim_is_found(text):
    assert found_in(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "None is proven.",
        "Several explanations have been proposed. None has been proven.",
        "We found no reliable success rate.",
        "Make no promise of a cure, and give no success rate.",
        "Print no patient stories or star ratings.",
        "No treatment for long-lasting pain works for everyone.",
        "Do not stop taking your medicine because of needling.",
        "Ask your doctor before you stop taking your blood thinner.",
        "A nerve injury can leave permanent weakness.",
        "A painless lump needs a doctor.",
        "Medicine for breakthrough pain",
        "It is rare; nobody has counted.",
        "The wound heals slowly.",
        "Is it a cure?",
        "It has not been proven to help.",
        "Whether it gives lasting relief is not known.",
        "Experts disagree about how safe it is.",
        "Sit in a posture that is correct for you.",
        "It may help some people for a few weeks.",
        "We found no study that compares IMS with surgery.",
        "The effect may be the same.",
        "Keep the dressing secure.",
        "your health and healthy food",
        "Reports of harm are very rare.",
        "Do not wait for us.",
        "Keep moving for good health.",
    ],
)
def test_plain_and_honest_words_are_fine(text):
    assert found_in(text) == []


def test_a_claim_is_told_with_its_place_and_its_repair():
    [claim] = banned_claims("It is\na **cure**.", get_wording())
    assert claim == (10, "cure", 'say "may help some people", and for how long')


def test_words_are_shown_as_they_are_read():
    assert found_in("the **root** *cause*, c*u*re and 100&nbsp;%") == [
        "root cause",
        "cure",
        "100 %",
    ]


def test_a_promise_is_told_with_its_line():
    assert told(draft("Text.\n\nIt is not this\nbut a cure.")) == [
        'page.md:13: this claims too much; found: cure; repair: say "may help some people",'
        " and for how long"
    ]


UNBACKED = (
    "a number without a source; found: 55%; repair: put [@key] into its sentence,"
    " or write the number as {figure:id}"
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("After it 55% were sore.", 10),
        ("Sore [@ga_2007]. After it\n55% were sore.", 11),
        ("- After it 55% were sore. It was counted [@ga_2007].", 10),
        ("| A | B |\n| --- | --- |\n| 55% | x |\n| y [@ga_2007] | z |", 12),
        ('![55% were sore](images/x.svg "A drawing [@ga_2007]")', 10),
        ("`[@ga_2007]` 55%", 10),
    ],
)
def test_a_number_needs_a_source_in_its_own_sentence(text, line):
    assert told(draft(text)) == [f"page.md:{line}: {UNBACKED}"]


@pytest.mark.parametrize(
    "text",
    [
        "After it 55% were sore [@ga_2007].",
        "After it 55% were sore. [@ga_2007] It went.",
        "After it {figure:sore}, so 55%.",
        "| A | B |\n| --- | --- |\n| 55% | x [@ga_2007] |",
        "```\n55%\n```\n\n`1 in 5`",
        "::: icon-array Harms\n- one_in_5\n:::",
        "It came in 2012.",
    ],
)
def test_a_number_with_a_source_is_fine(text):
    assert told(draft(text)) == []


@pytest.mark.parametrize("text", ["## 1 in 5 is sore", "::: callout 1 in 5 is sore\n:::"])
def test_a_heading_holds_no_number(text):
    assert told(draft(text)) == [
        "page.md:10: a number in a heading; found: 1 in 5;"
        " repair: say the number in the text below, with its source"
    ]


def test_all_numbers_of_a_sentence_are_told_together():
    [problem] = told(draft("It was 1 in 5, or 20%, or twice as many."))
    assert "found: 1 in 5, 20%, twice as;" in problem


LEAVE_OUT = "repair: leave the number out here, and say it in the text with its source"


def test_title_and_summary_hold_no_number_and_no_promise():
    assert told(draft(title="Helps 1 in 5", summary="A cure for 20% of people.")) == [
        f"page.md:2: a number in the title; found: 1 in 5; {LEAVE_OUT}",
        f"page.md:3: a number in the summary; found: 20%; {LEAVE_OUT}",
        'page.md:3: this claims too much; found: cure; repair: say "may help some people",'
        " and for how long",
    ]


def test_the_evidence_is_backed_by_its_own_sources():
    more = EVIDENCE.format(ims="It cured 1 in 5.", dry="Less pain in 1 in 5.")
    assert [line.split(";")[0] for line in told(draft(more=more))] == [
        "page.md:12: a number without a source in the evidence of ims",
        "page.md:12: this claims too much",
    ]


def test_the_changes_are_read_too():
    more = CHANGES.format(what="It cured.", why="It is proven.")
    assert [line.split(";")[0] for line in told(draft(more=more))] == [
        "page.md:14: this claims too much",
        "page.md:15: this claims too much",
    ]


def test_a_change_may_name_the_number_that_was_wrong():
    more = CHANGES.format(what="Said 1 in 5.", why="It is 1 in 50.")
    assert told(draft(more=more)) == []


def test_a_field_in_an_unusual_form_is_told_at_the_top():
    more = '\nchanges: [{date: 2026-11-21, what: "It cured.", why: New.}]'
    assert told(draft(more=more))[0].startswith("page.md:1: this claims too much")


def test_long_sentences_are_told_in_text_summary_and_evidence():
    long = "word " * 25 + "end"
    more = EVIDENCE.format(ims=long, dry="Short.")
    article = draft(f"- {long}", summary=long, more=more)
    assert [line.split(": ")[0] for line in told(article)] == [
        "page.md:3",
        "page.md:12",
        "page.md:19",
    ]
    assert {line.split("; ")[1] for line in told(article)} == {
        "found: 26 words: 'word word word word word word …'"
    }


def test_the_length_of_a_sentence_depends_on_the_kind_of_page():
    text = "word " * 20 + "end"
    assert told(draft(text)) == []
    assert [line.split(";")[0] for line in told(draft(text, kind="aftercare"))] == [
        "page.md:10: a sentence is too long"
    ]


HARD = "Physiotherapists investigate radiculopathy and osteoporosis. " * 20


def test_a_hard_page_is_above_its_level_or_its_ceiling():
    measure = reading_of(draft(HARD), get_wording(), str)
    assert told(draft(HARD), ceiling=measure.grade) == []
    [above_level] = told(draft(HARD))
    [above_ceiling] = told(draft(HARD), ceiling=measure.grade - 0.1)
    assert "the reading grade is above its level" in above_level
    assert "the reading grade is above the recorded ceiling" in above_ceiling


def test_names_of_the_glossary_are_easy_words():
    wording = get_wording()
    plain = reading_of(draft(HARD), wording, str)
    easier = reading_of(draft(HARD), wording, str, ["osteoporosis"])
    assert easier.grade < plain.grade


def test_a_short_page_has_no_grade():
    assert reading_of(draft(TEN), get_wording(), str).grade is None


def test_every_problem_of_words_is_an_error_or_a_warning():
    article = draft(f"A cure for 1 in 5. {TEN * 10}\n\n{'word ' * 30}")
    problems = problems_of_words(article, get_wording(), str, 9.0)
    assert {problem.severity for problem in problems} == {"error", "warning"}


def test_problems_come_in_the_order_of_their_lines():
    article = draft("A cure.\n\nIt was 55%.\n\nA cure.", title="A cure")
    problems = problems_of_words(article, get_wording(), str, None)
    assert [problem.line for problem in problems] == [2, 10, 12, 14]


def test_a_shared_piece_is_checked_without_a_grade():
    text = f"A cure for 1 in 5.\n\n{'word ' * 26}\n\n{HARD}"
    problems = problems_of_piece("shared/x.md", text, get_wording(), str)
    assert [(problem.line, problem.what) for problem in problems] == [
        (1, "a number without a source"),
        (1, "this claims too much"),
        (3, "a sentence is too long"),
    ]


@pytest.fixture
def wording(write):
    """Return a function that writes wording.yaml and reads it."""

    def wording(text):
        write("wording.yaml", text)
        get_wording.cache_clear()
        return get_wording()

    yield wording
    get_wording.cache_clear()


GOOD = "neutral_terms: [dry needling]\nbanned:\n  - words: [cure]\n    instead: leave it out\n"


def test_a_clinic_can_have_words_of_its_own(wording):
    assert banned_claims("A cure or a miracle", wording(GOOD)) == [(2, "cure", "leave it out")]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (GOOD.replace("[cure]", "[Cure]"), 3, "write small letters and digits"),
        (GOOD.replace("[cure]", "['cu*re']"), 3, "only at the end of a word"),
        (GOOD.replace("[cure]", "[]"), 3, "words"),
        (GOOD.replace("[cure]", "[cure, cure]"), 1, "'cure' stands twice among the banned words"),
        (GOOD.replace("[dry needling]", "[dry/needling]"), 1, "write words alone"),
        (GOOD + "    fine: [x]\n", 5, "unknown field 'banned.1.fine'"),
        (GOOD.replace("    instead: leave it out\n", ""), 3, "'banned.1.instead' is missing"),
        ("neutral_terms: []\nbanned: []\n", 2, "banned"),
        ("banned:\n  - words: [cure]\n    instead: x\n", 1, "'neutral_terms' is missing"),
    ],
)
def test_a_fault_in_the_list_of_words_is_told_with_its_line(wording, text, line, what):
    with pytest.raises(ContentError) as error:
        wording(text)
    assert str(error.value).startswith(f"content/wording.yaml:{line}: ")
    assert what in str(error.value)


def test_the_shipped_list_names_what_to_do_instead():
    entries = get_wording().banned
    assert all(entry.instead[0].islower() and entry.instead[-1] != "." for entry in entries)


def example_of(phrase):
    return phrase.replace("*", "s")


def test_every_shipped_phrase_is_found():
    phrases = [each for entry in get_wording().banned for each in entry.words]
    assert [each for each in phrases if not found_in(example_of(each))] == []


def test_every_shipped_exception_is_needed_and_holds():
    wording = get_wording()
    bare = tuple(entry.model_copy(update={"unless": ()}) for entry in wording.banned)
    strict = type(wording)(neutral_terms=wording.neutral_terms, banned=bare)
    fine = [example_of(each) for entry in wording.banned for each in entry.unless]
    assert [each for each in fine if not banned_claims(each, strict)] == []
    assert [each for each in fine if banned_claims(each, wording)] == []


PARTS = st.sampled_from(
    [
        *("cure ", "no ", "100 %", "1 in 5 ", "**", "[@a]", "{figure:a}", "{", "](", ". ", "\n"),
        *("\n\n", "- ", "| ", "---", "## ", "::: do\n", ":::\n", "word " * 40, "\ud800", "x" * 100),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(PARTS, st.text(max_size=5))).map("".join))


@tuned(deadline=None)
@given(TEXTS, st.one_of(st.none(), st.floats(-5, 20)))
def test_any_text_gives_problems_that_can_be_shown(text, ceiling):
    article = draft(text)
    article = replace(article, front=article.front.model_copy(update={"title": text[:65]}))
    for problem in problems_of_words(article, get_wording(), str, ceiling):
        assert problem.line >= 1
        assert len(problem.found) <= 80
        assert problem.found.isprintable()
        str(problem).encode()


@pytest.mark.parametrize(
    "unit", ["a ", "a. ", "cure ", "1 in 5 ", "](", "[@a", "**a ", "| ", "- a\n"]
)
def test_a_long_text_is_checked(unit):
    assert isinstance(told(draft(unit * 20_000)), list)
