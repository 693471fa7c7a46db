from types import SimpleNamespace
from typing import get_args

from imsinfo.articles.body_map import BODY_LABELS, BodyPart, parts_of_body


def page(title, *body):
    return SimpleNamespace(title=title, front=SimpleNamespace(body=body))


NECK, KNEE = page("Neck pain", "neck"), page("Knee pain", "leg")
WHIPLASH, GUIDE = page("Whiplash", "neck", "head"), page("How to read")


def test_every_part_has_a_label():
    assert tuple(BODY_LABELS) == get_args(BodyPart)


def test_parts_are_listed_from_head_to_foot_and_only_where_they_have_pages():
    parts = parts_of_body([KNEE, NECK, WHIPLASH, GUIDE])
    assert [part.label for part in parts.values()] == [
        *("Head and jaw", "Neck", "Thigh and knee"),
    ]


def test_a_condition_is_listed_under_the_part_that_it_names_first():
    parts = parts_of_body([KNEE, NECK, WHIPLASH, GUIDE])
    assert (parts["neck"].conditions, parts["neck"].also) == ((NECK, WHIPLASH), ())


def test_another_part_points_to_where_a_condition_is_listed():
    head = parts_of_body([KNEE, NECK, WHIPLASH])["head"]
    assert (head.conditions, head.also) == ((), (WHIPLASH,))


def test_a_template_can_name_every_part():
    [(name, part)] = parts_of_body([page("Back pain", "low-back")]).items()
    assert (name, part.id) == ("low_back", "body-low-back")
