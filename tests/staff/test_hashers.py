"""The passwords of staff: kept with care for the memory of a small server."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from imsinfo import settings as site_settings
from imsinfo.staff import hashers

PATH = "imsinfo.staff.hashers.SparingArgon2PasswordHasher"


@pytest.fixture
def sparing(settings):
    settings.PASSWORD_HASHERS = [PATH]


def test_a_site_keeps_passwords_this_way():
    assert site_settings.PASSWORD_HASHERS == [PATH]


def test_a_password_is_kept_with_19_mib(sparing):
    kept = make_password("a-staple-of-my-own")
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
    assert check_password("a-staple-of-my-own", kept)
    assert not check_password("another", kept)


def test_a_password_that_was_kept_with_more_is_kept_anew(sparing):
    earlier = f"{Argon2PasswordHasher().encode('a-staple', 'a' * 16)}"
    renewed = []
    assert check_password("a-staple", earlier, setter=renewed.append)
    assert renewed == ["a-staple"]


def test_no_more_than_two_at_once_take_memory(sparing, monkeypatch):
    """Six at once; each is held until a second one, and never a third, is there."""
    inside, most, lock, met = [0], [0], Lock(), Barrier(2, timeout=20)

    def verify(self, password, encoded):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        met.wait()
        with lock:
            inside[0] -= 1
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    with ThreadPoolExecutor(6) as pool:
        hasher = hashers.SparingArgon2PasswordHasher()
        answers = [*pool.map(lambda _: hasher.verify("a", "b"), range(6))]
    assert (answers, most) == ([True] * 6, [2])
