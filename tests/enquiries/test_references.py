import math
from datetime import UTC, datetime

from imsinfo.enquiries.references import (
    ALPHABET,
    GROUPS,
    Sent,
    new_reference,
    sign,
    unsign,
)

SENT = Sent("K7M-4QX-9TWC", datetime(2026, 11, 21, 14, 30, tzinfo=UTC))


def test_reference_has_at_least_forty_random_bits():
    assert sum(GROUPS) * math.log2(len(ALPHABET)) >= 40


def test_reference_uses_no_sign_that_can_be_mistaken():
    assert set(ALPHABET) & set("0O1IL5S2Z8BUVAE") == set()


def test_reference_is_written_in_groups():
    assert [len(group) for group in new_reference().split("-")] == [3, 3, 4]


def test_references_differ():
    assert len({new_reference() for _ in range(1000)}) == 1000


def test_unsign_returns_what_was_signed():
    assert unsign(sign(*SENT)) == SENT


def test_unsign_refuses_another_reference_under_an_old_signature():
    rest = sign(*SENT).split(":", 1)[1]
    assert unsign(f"CCC-CCC-CCCC:{rest}") is None


def test_unsign_refuses_another_time_under_an_old_signature():
    reference, seconds, signature = sign(*SENT).split(":")
    assert unsign(f"{reference}:{int(seconds) + 1}:{signature}") is None


def test_unsign_refuses_the_signature_of_a_key_that_is_gone(settings):
    signed = sign(*SENT)
    settings.SECRET_KEY = "another-key-of-fifty-signs-or-more-0123456789-abcdef"
    assert unsign(signed) is None


def test_unsign_accepts_a_signature_from_before_the_key_changed(settings):
    signed = sign(*SENT)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-fifty-signs-or-more-0123456789-abcdef"
    assert unsign(signed) == SENT
