from datetime import timedelta
from uuid import uuid4

import pytest

from imsinfo.enquiries.spam import POINTS, WORDS, age_of_stamp, check_stamp, judged

CALM = timedelta(seconds=30)
NOW = 1_800_000_000.25


@pytest.mark.parametrize(
    ("answers", "since_check", "reasons", "suspect"),
    [
        ({"message": "My neck hurts.", "name": "Zora"}, CALM, (), False),
        ({"subject": "Buy"}, CALM, ("trap",), True),
        ({"message": "See http://a.example"}, CALM, ("link",), False),
        ({"message": "http://a.example WWW.b.example"}, CALM, ("links",), True),
        ({"name": "www.a.example"}, CALM, ("link_in_name",), False),
        ({"link": "https://a.example", "message": "www.b"}, CALM, ("link_in_name", "link"), True),
        ({}, None, ("unchecked",), False),
        ({}, timedelta(seconds=1.9), ("fast",), False),
        ({}, timedelta(seconds=2), (), False),
        ({"message": "www.a"}, None, ("unchecked", "link"), True),
        ({}, timedelta(days=30), (), False),
    ],
)
def test_judged_gives_its_reasons_and_one_odd_thing_makes_no_suspect(
    answers, since_check, reasons, suspect
):
    verdict = judged(answers, since_check)
    assert (verdict.reasons, verdict.is_suspect) == (reasons, suspect)


def test_every_reason_has_its_words():
    assert set(WORDS) == set(POINTS)


def test_stamp_tells_its_age_for_its_own_id_alone():
    submission_id = uuid4()
    stamp = check_stamp(submission_id, NOW)
    assert age_of_stamp(submission_id, stamp, NOW + 8 * 3600) == timedelta(hours=8)
    assert age_of_stamp(uuid4(), stamp, NOW) is None


@pytest.mark.parametrize("stamp", ["", "x", "1:2", ":", "9" * 5000, "\x00", "1800000000250:forged"])
def test_a_made_up_stamp_is_none(stamp):
    assert age_of_stamp(uuid4(), stamp, NOW) is None


def test_stamp_outlives_a_change_of_the_key(settings):
    submission_id = uuid4()
    stamp = check_stamp(submission_id, NOW)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-fifty-signs-or-more-0123456789-abcdef"
    assert age_of_stamp(submission_id, stamp, NOW) == timedelta(0)
