"""Accounts of staff for tests, signed in as far as a test needs."""

from io import StringIO

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "correct-horse-battery"


def set_up_phone(user: User) -> TOTPDevice:
    """Give an account the phone that each of staff has."""
    return TOTPDevice.objects.create(user=user, name="Phone", confirmed=True)


def code_of(phone: TOTPDevice, steps: int = 0) -> str:
    """What the phone shows now, or so many steps of 30 seconds from now."""
    return f"{totp(phone.bin_key, t0=-30 * steps):06}"


def sign_in(client: Client, user: User) -> Client:
    """Sign somebody in with password and phone, without the pages that ask for them."""
    client.force_login(user)
    phone = TOTPDevice.objects.filter(user=user, confirmed=True).first() or set_up_phone(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = phone.persistent_id
    session.save()
    return client


def in_role(*roles: str) -> User:
    """Make an account of staff with these roles and nothing else."""
    if Group.objects.filter(name__in=roles).count() < len(roles):
        call_command("setup_roles", stdout=StringIO())
    name = f"{'-'.join(roles).lower()}-{User.objects.count()}"
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user
