"""How the passwords of staff are kept: hard to guess, on a server with little memory."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# At once in one process; the others wait. Each takes MEMORY, so that many who try to sign in at
# once, from wherever, cannot take the memory of all.
AT_ONCE = 2
MEMORY = 19 * 1024  # KiB

_turns = BoundedSemaphore(AT_ONCE)


class SparingArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with the least that OWASP's Password Storage Cheat Sheet advises: 19 MiB, twice.

    What was kept with more is read as it is, and kept anew at the next sign-in.
    """

    time_cost = 2
    memory_cost = MEMORY
    parallelism = 1

    def encode(self, password, salt):
        with _turns:
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with _turns:
            return super().verify(password, encoded)
