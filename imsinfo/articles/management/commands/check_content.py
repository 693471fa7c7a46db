"""manage.py check_content: every fault of every content file, with its line and its repair."""

from django.core.management.base import BaseCommand, CommandError

from imsinfo.articles.library import content_problems


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
