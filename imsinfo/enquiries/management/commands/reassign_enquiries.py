"""manage.py reassign_enquiries: give all open enquiries of one account to another one."""

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils import timezone

from imsinfo.enquiries.duty import name_of
from imsinfo.enquiries.reassign import NotHandedOver, givers, hand_over
from imsinfo.operating.operational import OperationalCommand


class Command(OperationalCommand):
    help = "Hand over all open enquiries of one account, for a holiday or when somebody leaves."

    def add_arguments(self, parser):
        parser.add_argument("giver", metavar="FROM", help="the username that has them")
        parser.add_argument("receiver", metavar="TO", nargs="?", help="who gets them")
        parser.add_argument("--to-nobody", action="store_true", help="until somebody takes them")

    def handle(self, *args, giver, receiver, to_nobody, **options):
        if bool(receiver) == to_nobody:
            raise CommandError("Name who gets them, or give --to-nobody; one of the two.")
        from_account, to_account = _account(giver), _account(receiver) if receiver else None
        try:
            done = hand_over(from_account, to_account, None, timezone.now())
        except NotHandedOver as why:
            raise CommandError(str(why)) from why
        told = f"{done.count} {'enquiry' if done.count == 1 else 'enquiries'} handed over"
        self.stdout.write(f"{told} to {name_of(done.to) if done.to else 'nobody'}.")


def _account(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        owners = ", ".join(f"{each.username} ({count})" for each, count in givers().items())
        raise CommandError(
            f"There is no account “{username}”. Accounts with open enquiries: {owners or 'none'}."
        )
    return found
