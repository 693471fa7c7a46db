"""A site on SQLite with one of everything that a site keeps, to be moved to PostgreSQL."""

import secrets
import time
from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from imsinfo import throttle
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import erase
from imsinfo.enquiries.models import Enquiry, ErasureRequest, ExportReason
from imsinfo.staff.models import Absence, AuditEvent, FirstPassword
from imsinfo.throttle import Limit
from tests.accounts import sign_in
from tests.faults.killed import make_enquiries

NAME = "Ottoline “Zora” Quillfeather-Ōkubo"


def fill() -> None:
    """Fill the site's database, which is migrated and empty."""
    call_command("setup_roles", verbosity=0)
    ada = User.objects.create_user("ada", password=secrets.token_hex(), is_staff=True)
    ben = User.objects.create_user("ben", last_login=timezone.now())
    ada.groups.set(Group.objects.all())
    ben.user_permissions.set(Permission.objects.all()[:3])
    sign_in(Client(), ada)
    _keep_of_staff(ada, ben)
    _keep_of_enquiries(ada)


def _keep_of_staff(ada, ben):
    codes = StaticDevice.objects.create(user=ada, name="Recovery codes")
    StaticToken.objects.create(device=codes, token=secrets.token_hex(8))
    today = timezone.now().date()
    Absence.objects.create(user=ada, deputy=ben, first_day=today, last_day=today)
    FirstPassword.objects.create(user=ben)
    LogEntry.objects.log_actions(ada.pk, [ben], CHANGE, "Password changed.", single_object=True)
    event = AuditEvent.objects.create(action="exported", user=ada, detail="3")
    ExportReason.objects.create(event=event, text=f"For {NAME}")
    throttle.count([Limit("day", "192.0.2.1", 5, 60)], time.time())


def _keep_of_enquiries(ada):
    first, second, erased = make_enquiries(3, name=NAME, doctor_first_signs=["fever", "numb – 1"])
    ErasureRequest.objects.create(enquiry=second, asked_by=ada, reason=f"{NAME} asked")
    # An enquiry that refers to a later one, and a number that must not be given again.
    Enquiry.objects.filter(pk=first.pk).update(
        corrects=second, owner=ada, due_on=timezone.now() + timedelta(days=3)
    )
    erase(erased.pk, ErasurePath.REQUEST, ada, "asked for it", timezone.now())
