"""manage.py prepare: check the content, and let the running site take it up without a restart."""

import gc
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from imsinfo.editions.generations import generations_folder
from imsinfo.editions.published import Published, PublishingError, lines_of_faults
from imsinfo.editions.publishing import prepare_shown, publish


class Command(BaseCommand):
    help = "Publish the content as it is now; a file with a fault stays as it was without one."
    requires_system_checks = []

    def add_arguments(self, parser):
        told = "only make the pages of what is published anew, as on a new day; publish nothing"
        parser.add_argument("--pages", action="store_true", help=told)

    def handle(self, *args, **options):
        # What was there before is no garbage.
        gc.freeze()
        if options["pages"]:
            self.prepare_pages()
        else:
            self.publish()

    def prepare_pages(self):
        try:
            unprepared = prepare_shown(generations_folder())
        except OSError as error:
            unprepared = str(error)
        if unprepared:
            raise CommandError(f"The pages are not prepared: {unprepared}")

    def publish(self):
        try:
            published = publish(generations_folder(), datetime.now(UTC))
        except (PublishingError, OSError) as error:
            message = f"Nothing was published, the site stays as it is.\n{error}"
            raise CommandError(message) from error
        for line in (*lines_of_faults(published), *_summary(published)):
            self.stdout.write(line)
        if published.unprepared:
            raise CommandError("The content is published, its pages are not prepared.")
        if published.problems:
            raise CommandError(f"{_count(len(published.problems), 'error')} in the content.")


def _summary(published: Published) -> list[str]:
    """Say in plain words what readers see now."""
    pages = f"{_count(published.pages, 'page')} " + ("is" if published.pages == 1 else "are")
    done = (
        f"{pages} published."
        if published.is_new
        else f"Nothing new for readers: {pages} published."
    )
    lines = [f"{done} A running site shows this within seconds." if published.is_new else done]
    if published.warnings:
        told = "manage.py check_content tells them."
        lines.append(f"{_count(published.warnings, 'warning')}: {told}")
    return lines


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
