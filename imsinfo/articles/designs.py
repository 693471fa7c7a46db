"""Which kind of study a source is, in fixed words, and how far each kind can be relied on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Sources that are listed together.

    id: the last part of the address of their list; label: its title; meaning: what such sources
    can tell; designs: the words that sources.yaml may give as the design of one.
    """

    id: str
    label: str
    meaning: str
    designs: tuple[str, ...]


GROUPS = (
    Group(
        "reviews",
        "Reviews",
        "A review gathers the studies of one question. A systematic review looks for all of them "
        "by a written plan. It can be no better than the studies in it.",
        ("systematic review", "review of reviews", "review"),
    ),
    Group(
        "trials",
        "Trials",
        "In a randomised trial chance decides who gets which treatment, so that the groups are "
        "alike in all else. That is the fairest test of a treatment. Small trials can still be "
        "wrong by chance.",
        ("randomised controlled trial", "study with a comparison group"),
    ),
    Group(
        "other-studies",
        "Surveys, records and case reports",
        "These count or describe what happened. They show harms and how common something is. They "
        "cannot show that a treatment was the reason for a change.",
        (
            *("observational study", "survey", "survey of therapists", "survey of practitioners"),
            *("survey of patients", "survey of doctors and patients", "thesis"),
            *("case report", "case reports"),
        ),
    ),
    Group(
        "guidance",
        "Guidelines and patient information",
        "A guideline is the advice of a group of experts who have weighed the studies. Health "
        "services write leaflets from such advice. We also list rules of regulators, and what "
        "professional bodies say of themselves.",
        (
            *("guideline", "international framework", "patient information"),
            *("regulator guidance", "position statement", "position paper"),
        ),
    ),
    Group(
        "background",
        "Background",
        "Books, news, letters and clinic pages. We use them for history and for what a method "
        "means, and never to show that a treatment works.",
        (
            *("book", "book chapter", "encyclopaedia", "news report", "clinic page"),
            *("commentary", "letters to a journal", "policy analysis", "public record"),
            *("summary by others", ""),
        ),
    ),
)
DESIGNS = frozenset(design for group in GROUPS for design in group.designs)
