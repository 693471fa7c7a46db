"""Queries that may come from somebody in danger, who is told whom to call before anything else."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

from imsinfo.articles.search.words import singular, tidied, words_of

Danger = Literal["emergency", "self-harm"]

# A list of words and not the sentences of red-flags.yaml: these are what people type. One entry is
# met when all its words are in the query, in any order. A test asks that every line of that file
# at the level emergency is met by an entry here, so a new sign there asks for its words here.
# An entry too many costs a reader one card; an entry missing may cost more.
EMERGENCY_WORDS = (
    # Lung and heart.
    *("chest pain", "chest hurts", "chest hurting", "chest tight", "chest tightness"),
    *("chest pressure", "pain breathing", "breath", "breathe", "breathing", "breathless"),
    *("breathlessness", "suffocating", "choking", "collapsed lung", "punctured lung"),
    *("pneumothorax", "heart attack", "coughing blood"),
    # Brain and spinal cord.
    *("stroke", "face drooping", "face drops", "face droops", "slurred speech", "muddled speech"),
    *("double vision", "loss sight", "lost sight", "cannot see", "drooping eyelid", "seizure"),
    *("severe headache", "sudden headache", "worst headache", "head injury"),
    *("blow head", "headache stiff neck", "electric shocks", "unconscious", "paralysed"),
    *("paralyzed", "bleeding spine", "spinal bleed", "cauda equina", "both legs", "numb genitals"),
    *("numb groin", "numb bottom", "between legs", "saddle numb", "incontinence", "bladder"),
    *("bowel control", "cannot pee", "cannot walk", "sudden weakness", "sudden numbness"),
    *("cough blood", "blue lips", "sore chest", "feel legs", "feel leg", "cannot feel"),
    *("face numb", "numb arm", "weak arm", "leg weakness", "paralysis", "clumsy hands"),
    *("trouble walking", "dry cough", "crushing chest", "burning chest", "severe back pain"),
    *("sudden neck pain", "bowel trouble", "numb penis", "private parts", "car crash"),
    *("cannot move", "weak legs", "weak leg", "wet myself", "pass urine", "numb bum"),
    *("thunderclap", "passed out", "fainted", "fainting", "fever stiff neck"),
    # Anything else.
    *("allergic reaction", "too many pills", "bleeding wont stop", "bleeding won stop"),
    *("infection confusion", "infection confused", "infection ill", "sepsis", "heavy bleeding"),
    *("bleeding heavily", "not stop bleeding", "anaphylaxis", "overdose", "accident", "collapsed"),
    *("emergency", "ambulance", "911", "999", "112", "000"),
)
SELF_HARM_WORDS = (
    *("suicide", "suicidal", "self harm", "selfharm", "kill myself", "killing myself"),
    *("hurting myself", "want hurt myself", "harm myself", "harming myself", "cutting myself"),
    *("hurt myself", "end it all"),
    *("end my life", "ending my life", "take my life", "want die", "wanna die", "better off dead"),
    *("dont want live", "don want live", "not want live", "no reason live", "no point living"),
)
CONTRACTED = re.compile(r"\bcan(?:['’]?\s?t|\s+not)\b")
# How much a word has in common with one of the lists where only a slip of the finger parts them.
SLIP = 0.85


def danger_in(query: str) -> Danger | None:
    """Return what danger a query may tell of. Slips of the finger in longer words are seen past."""
    whole = CONTRACTED.sub("cannot", tidied(query).lower())
    said = {_meant(singular(word)) for word in words_of(whole)}
    if any(said.issuperset(entry) for entry in SELF_HARM):
        return "self-harm"
    return "emergency" if any(said.issuperset(entry) for entry in EMERGENCIES) else None


def _meant(word: str) -> str:
    """The word of the lists that somebody in haste may have meant, else the word itself."""
    if word in WORDS:
        return word
    near = get_close_matches(word, LONG_WORDS, 1, SLIP)
    return near[0] if near else SWAPPED.get(_letters(word), word)


def _letters(word: str) -> str:
    """A key that words share whose letters have changed places behind the first one."""
    return word[:1] + "".join(sorted(word))


def _entries(phrases: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(singular, phrase.split())) for phrase in phrases)


EMERGENCIES, SELF_HARM = _entries(EMERGENCY_WORDS), _entries(SELF_HARM_WORDS)
WORDS = frozenset().union(*EMERGENCIES, *SELF_HARM)
LONG_WORDS = sorted(word for word in WORDS if len(word) >= 5)
SWAPPED = {_letters(word): word for word in sorted(WORDS) if len(word) >= 4}
