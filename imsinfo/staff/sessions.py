"""How long somebody stays signed in, by the server's own clock, and how all of it is ended."""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

IDLE, LONGEST = 30 * 60, 8 * 60 * 60  # seconds
# A page a second would be a write a second.
MARKED_EVERY = 60  # seconds
STARTED, SEEN, PENDING, MAY_REPLACE = "started_at", "seen_at", "pending_device", "may_replace_until"


def begin(session: SessionBase, now: float) -> None:
    """Start the clocks at a password. What an earlier sign-in had proved is proved no longer."""
    for name in (DEVICE_ID_SESSION_KEY, PENDING, MAY_REPLACE):
        session.pop(name, None)
    session[STARTED] = session[SEEN] = int(now)


def is_over(session: SessionBase, now: float) -> bool:
    """Whether a session has lasted or waited too long. now: seconds since 1970.

    One without marks, or with marks of a time to come, is over too: nobody knows its age.
    """
    age, idle = now - session.get(STARTED, 0), now - session.get(SEEN, 0)
    from_the_future = min(age, idle) < -MARKED_EVERY
    return from_the_future or age > LONGEST or idle > IDLE


def mark_seen(session: SessionBase, now: float) -> None:
    if abs(now - session.get(SEEN, 0)) >= MARKED_EVERY:
        session[SEEN] = int(now)


def end_all(user: AbstractBaseUser, keep: str | None = None) -> int:
    """End every session of an account, but for the one with the key keep. Return how many."""
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=keep):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            ended += session.delete()[0]
    return ended
