"""How many syllables an English word has, from its spelling."""

import functools
import re

# What a word counts whose real length is not the writer's doing: a name, a detail of the clinic.
NEUTRAL_SYLLABLES = 2
# No English word is as long; such a row of letters is an address or a slip of the keyboard.
LONGEST_WORD = 40

# Where spelling and sound differ: each line with words that it is for, and words it is not for.
CONSONANTS = "bcdfghjkmnpqrstvwxz"
# quiet; fatigue, tongue; something, pacemaker, therefore, and not faces.
RESPELLED = (
    (r"qu", "q"),
    (r"(?<=[aeiouyn])gue\b", "g"),
    (
        r"\b(some|pace|life|base|home|side|time|care|face|note|there|house|guide)"
        rf"(?=[l{CONSONANTS}][a-z]{{2}})",
        r"\1-",
    ),
)
SILENT = "|".join(
    (
        # safely, careful, soreness, safety; not rely, variety
        r"(?<=[aeiouy][bcdfgkmnprstvwz])e(?=(?:ly|ful|less|ness|ty)\b)",
        # movement, advancement; not element, agreement
        r"(?:(?<=[aeiouy][^aeioul])|(?<=[drn][cg]))e(?=ments?\b)",
        r"(?<=bus)i(?=ness)",
        # time, whole; not muscle, centre
        r"(?<![^aeiouylr][lr])(?<=[^aeiouy])e\b",
        # times, headaches; not needles, bruises, aches of bea-ches
        r"(?<![^aeiouylr][lr])(?<=[^aeiouysxzcg])(?<![sc]h)(?<!abet)e(?=s\b)",
        r"(?:(?<=\bach)|(?<=dach))e(?=s\b)",
        # called, tired; not settled, needed
        r"(?<![^aeiouylr][lr])(?<=[^aeiouytd])e(?=d\b)",
    )
)
# The first of two vowels that are heard apart.
PARTED = "|".join(
    (
        # media, associate, sciatica; not special, initial, marriage, familiar
        r"(?<![cst])i(?=a(?!ge|r\b))|i(?=at(?:[ei]|\b))",
        # serious, ratio, lion, ion; not infection, conscious, million
        r"(?<![cstgxlnh])i(?=o)|i(?=o(?![nu]))|(?<=\bl)i(?=on)|\bi(?=on)",
        # calcium, fasciitis, diet, science, client, easier; not patient, friend, priest
        r"i(?=[ui])|i(?=et)|(?<=\bsc)i(?=en)|(?<![ct])i(?=en[tc])|(?<=[a-z]{3})i(?=e(?:rs?|st)\b)",
        # area, create, reaction, video, osteopath, nucleus; not tea, creature, reach, people
        r"(?<=[aeiouy][^aeiouy])e(?=as?\b)|(?<=cr)e(?=at(?!ur))|(?<=\br)e(?=act|assur)",
        r"e(?=o\b)|(?<=st)e(?=o)|(?<=\b[ng])e(?=o)|(?<=e)o(?=a)|e(?=u[ms]\b)",
        # usual, influence, continuous, fluid, suicide, ruin; not guard, persuade, guess
        r"(?<!g)u(?=a(?!d)|el|en[tc]|ous)|(?<=fl)u(?=id)|(?<=\bs)u(?=ic)|(?<=\br)u(?=in)",
        # aorta, cooperate, poem
        r"a(?=o)|(?<=\bc)o(?=op|ord)|(?<=p)o(?=e[mt])",
        # being, myofascial, layer; not eyes, played
        r"[aeiouy](?=ings?\b)|(?<=[^aeiou])y(?=[ao])|(?<=[aeou])(?<!\be)y(?=[aeiou](?!s?d?\b))",
    )
)
# mechanism, spasm, rhythm, didn't
UNWRITTEN = r"(?:[ai]s|th)ms?\b|[ds]n't\b"
SPELLED_OUT = re.compile(r"[A-Z]{2,5}")


@functools.lru_cache(maxsize=8192)
def syllables(word: str) -> int:
    """Return the syllables of an English word, at least one.

    Counted are the groups of vowels, less the silent e and more the vowels heard apart, so the
    number is right for nearly every word and not for all. Parts joined by hyphens are added up.
    Up to five capitals are read letter by letter (NHS: 3). A number counts one syllable for
    each group of digits (43: 1; 7,629: 2), whatever stands beside it. {…}, a name or a detail
    of the clinic, counts two.
    """
    if word.startswith("{"):
        return NEUTRAL_SYLLABLES
    return sum(_syllables_of(part) for part in re.split("[-‐‑]", word) if part) or 1


def _syllables_of(part: str) -> int:
    digits = re.findall(r"\d+", part)
    if digits or len(part) > LONGEST_WORD:
        return len(digits) or len(part) // 3
    part = re.sub(r"'s?$", "", part.replace("’", "'"))
    if SPELLED_OUT.fullmatch(part):
        return len(part) + 2 * part.count("W")
    heard = part.lower()
    for spelling, sound in (*RESPELLED, (SILENT, ""), (PARTED, r"\g<0>.")):
        heard = re.sub(spelling, sound, heard)
    return max(len(re.findall("[aeiouy]+", heard)) + len(re.findall(UNWRITTEN, heard)), 1)
