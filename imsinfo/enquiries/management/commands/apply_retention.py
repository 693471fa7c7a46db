"""manage.py apply_retention: delete what may no longer be kept. For a daily timer."""

import time

from django.core.management.base import BaseCommand
from django.utils import timezone

from imsinfo import throttle
from imsinfo.enquiries.models import Enquiry


class Command(BaseCommand):
    help = "Delete enquiries whose time is over (KEEP_CLOSED_DAYS, KEEP_AT_MOST_DAYS)."
    requires_system_checks = []

    def handle(self, *args, **options):
        throttle.delete_ended(time.time())
        _, by_model = Enquiry.objects.expired(timezone.now()).delete()
        count = by_model.get("enquiries.Enquiry", 0)
        self.stdout.write(f"{count} {'enquiry' if count == 1 else 'enquiries'} deleted.")
