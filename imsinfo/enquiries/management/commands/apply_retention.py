"""manage.py apply_retention: erase what may no longer be kept. For a daily timer."""

from collections import Counter

from django.core.management.base import CommandError
from django.utils import timezone

from imsinfo.enquiries.brakes import ALSO_MANY, CLOCK_IS_RIGHT, braked
from imsinfo.enquiries.retention import Plan, apply, plan_of_today
from imsinfo.enquiries.retention_warnings import open_too_long
from imsinfo.operating.operational import OperationalCommand


class Command(OperationalCommand):
    help = (
        "Erase enquiries whose time is over (KEEP_CLOSED_DAYS, KEEP_SPAM_DAYS, KEEP_AT_MOST_DAYS), "
        "and what is older than KEEP_AUDIT_DAYS beside them. May be stopped and run again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would go, change nothing"
        )
        parser.add_argument(
            ALSO_MANY, action="store_true", help="also more than a fifth of all at once"
        )
        parser.add_argument(
            CLOCK_IS_RIGHT, action="store_true", help="although the clock seems to have jumped"
        )

    def handle(self, *args, **options):
        now = timezone.now()
        plan = plan_of_today(now)
        given = {each for each in (ALSO_MANY, CLOCK_IS_RIGHT) if options[_name(each)]}
        told = list(braked(plan, now, given))
        if options["dry_run"]:
            self._tell_plan(plan, told)
        elif told:
            raise CommandError("Nothing was deleted.\n" + "\n".join(told))
        else:
            erased = apply(plan, now, " ".join(sorted(given)))
            self.stdout.write(f"{_enquiries(erased)} erased.")
        self._tell_kept(plan, now)

    def _tell_plan(self, plan: Plan, told: list[str]):
        for due in plan.due:
            self.stdout.write(f"{due.reference}  {due.end.at:%Y-%m-%d}  {due.end.path.label}")
        by_path = Counter(due.end.path.label for due in plan.due)
        counts = ", ".join(f"{label}: {count}" for label, count in sorted(by_path.items()))
        self.stdout.write(
            f"{_enquiries(len(plan.due))} of {plan.total} would be erased"
            + (f" ({counts})." if counts else ".")
        )
        for each in told:
            self.stdout.write(f"The brake would hold: {each}")
        self.stdout.write("Nothing was changed.")

    def _tell_kept(self, plan: Plan, now):
        if plan.without_line:
            self.stdout.write(
                "Kept although their time is over, because the record line is missing; open each "
                f"and fill in the record line: {', '.join(plan.without_line)}."
            )
        if plan.held:
            self.stdout.write(f"Kept, because they are on hold: {', '.join(plan.held)}.")
        if warning := open_too_long(now):
            self.stdout.write(warning)


def _enquiries(count: int) -> str:
    return f"{count} {'enquiry' if count == 1 else 'enquiries'}"


def _name(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")
