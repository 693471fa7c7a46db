"""Rows of words for whatever looks for claims and numbers."""

from hypothesis import strategies as st

WORDS = st.sampled_from(
    (
        *(
            "cure",
            "guaranteed",
            "root",
            "cause",
            "100",
            "%",
            "risk",
            "free",
            "very",
            "safe",
            "ri*sk",
        ),
        *(
            "one",
            "in",
            "of",
            "out of",
            "per",
            "cent",
            "percent",
            "times",
            "fold",
            "twice",
            "as",
            "a",
        ),
        *("ten", "5", "hundred", "every", "the", "1,000", "TIMES", "In", "none", "or", "&nbsp;"),
    )
)
SPACES = st.sampled_from((" ", "  ", "\n", "-", ", ", ". ", "*", ""))
TEXTS = st.lists(st.tuples(WORDS, SPACES).map("".join), max_size=12).map("".join)
