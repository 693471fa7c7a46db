"""manage.py send_digest: tell staff by mail how much waits. For a daily timer."""

from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.digest import owe_digest
from imsinfo.enquiries.mail_queue import published_content
from imsinfo.enquiries.outbox import delete_old_digests
from imsinfo.operating.operational import OperationalCommand


class Command(OperationalCommand):
    help = (
        "Tell staff by mail how many enquiries wait, once a day at most; where nothing waits, once "
        "a week. send_mail_queue sends it."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        with published_content().pinned():
            owed = owe_digest(get_clinic(), now)
        delete_old_digests(now)
        if owed:
            self.stdout.write("The digest goes out with the next mails.")
        else:
            self.stdout.write("No digest: today's is there already, or nothing waits.")
