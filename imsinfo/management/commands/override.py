"""manage.py override: make a clinic's own copy of a shipped content file, or confirm one."""

from django.core.management.base import BaseCommand, CommandError

from imsinfo.editions.overrides import override
from imsinfo.problems import ContentError


class Command(BaseCommand):
    help = "Copy shipped files into CONTENT_DIR, or note that your own were compared with them."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="+", metavar="NAME", help="such as aftercare.md")

    def handle(self, *args, names, **options):
        for name in names:
            try:
                path = override(name)
            except (ValueError, ContentError) as error:
                raise CommandError(str(error)) from error
            except OSError as error:
                raise CommandError(f"{name} cannot be written: {error.strerror}.") from error
            self.stdout.write(f"{path} is in force in place of the shipped {name}.")
