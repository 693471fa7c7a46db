"""manage.py write_proxy_pages: what nginx shows where the site does not answer."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from imsinfo.enquiries.mail_queue import published_content
from imsinfo.operating.proxy_pages import write_proxy_pages


class Command(BaseCommand):
    help = "Write the pages that nginx shows by itself, with the clinic's phone number."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="such as /var/www/imsinfo/proxy-pages")

    def handle(self, *args, **options):
        folder = options["folder"]
        try:
            with published_content().pinned():
                number = write_proxy_pages(folder)
        except ValueError as error:
            raise CommandError(f"The pages stay as they are: {error}") from error
        except OSError as error:
            raise CommandError(
                f"{folder}: the pages cannot be written as user {os.getuid()} ({error}). "
                f"Make it once, as root: install -d -o imsinfo -g imsinfo {folder.parent}"
            ) from error
        self.stdout.write(f"{number} pages are in {folder}.")
