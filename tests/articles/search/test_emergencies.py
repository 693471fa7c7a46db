import pytest

from imsinfo.articles.search.emergencies import danger_in
from imsinfo.red_flags import get_red_flags

LINES = [line.line for line in get_red_flags().lines("emergency")]
TITLES = [sign.title for sign in get_red_flags().after("emergency")]
CONDITIONS = [
    *("neck pain", "stiff neck", "tension headache", "sore after needles", "breast", "acupuncture"),
    *("low back pain", "numb fingers", "tennis elbow", "does it hurt", "self employed", "walking"),
    *("what do I want", "chest of drawers", "head", "die", "", "📞"),
]


@pytest.mark.parametrize("words", LINES + TITLES)
def test_every_emergency_sign_of_the_site_is_met(words):
    # A query is cut; what people type is a part of the line.
    parts = [words[at : at + 150] for at in range(0, len(words), 75)]
    assert "emergency" in map(danger_in, parts)


@pytest.mark.parametrize(
    "query",
    [
        *("chest pain", "my CHEST hurts", "can't breathe", "short of breath", "stroke", "911"),
        *("can't pee", "can’t walk", "can not pee", "cant move my arm", "cough blood", "weak legs"),
        *("cannot feel my legs", "wet myself", "thunderclap headache", "passed out", "blue lips"),
        *("my face is numb", "weak arm", "dry cough", "severe back pain", "numb private parts"),
        *("took too many pills", "bleeding won't stop", "allergic reaction", "sore chest"),
        *(
            "chset pain",
            "chest pian",
            "cant brethe",
            "pneumotorax",
            "Face is drooping",
        ),  # codespell:ignore
    ],
)
def test_an_emergency_is_met(query):
    assert danger_in(query) == "emergency"


@pytest.mark.parametrize(
    "query",
    [
        *(
            "suicide",
            "suicidal thoughts",
            "sucide",
            "I want to die",
            "I don't want to live",
        ),  # codespell:ignore
        *("want to end it all", "hurt myself"),
        *("kill myself", "self-harm", "end my life", "chest pain suicide"),
    ],
)
def test_self_harm_is_met(query):
    assert danger_in(query) == "self-harm"


@pytest.mark.parametrize("query", CONDITIONS)
def test_an_ordinary_question_is_no_danger(query):
    assert danger_in(query) is None
