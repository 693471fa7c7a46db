"""manage.py prepare: check the content, and let the running site take it up without a restart."""

from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from imsinfo.generations import generations_folder
from imsinfo.publishing import Published, PublishingError, lines_of_faults, publish


class Command(BaseCommand):
    help = "Publish the content as it is now; a file with a fault stays as it was without one."
    requires_system_checks = []

    def handle(self, *args, **options):
        try:
            published = publish(generations_folder(), datetime.now(UTC))
        except (PublishingError, OSError) as error:
            message = f"Nothing was published, the site stays as it is.\n{error}"
            raise CommandError(message) from error
        for line in (*lines_of_faults(published), *_summary(published)):
            self.stdout.write(line)
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
