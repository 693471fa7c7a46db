"""manage.py check_content: every fault of every content file, with its line and its repair."""

from django.core.management.base import BaseCommand, CommandError

from imsinfo.articles.library import read_library
from imsinfo.articles.sources import get_sources
from imsinfo.clinic import get_clinic
from imsinfo.problems import ContentError, Problem
from imsinfo.red_flags import get_red_flags


class Command(BaseCommand):
    help = "Check every content file and tell each fault with file, line and repair."
    requires_system_checks = []

    def handle(self, *args, **options):
        problems = content_problems()
        for problem in problems:
            self.stdout.write(str(problem))
        if problems:
            count = len(problems)
            raise CommandError(f"{count} {'problem' if count == 1 else 'problems'} in the content.")
        self.stdout.write("The content has no problems.")


def content_problems() -> list[Problem]:
    """The faults of the data files and of every article, each told once."""
    problems: set[Problem] = set()
    for read in (get_clinic, get_red_flags, get_sources):
        try:
            read()
        except ContentError as error:
            problems.update(error.problems)
    problems.update(read_library().problems)
    return sorted(problems)
