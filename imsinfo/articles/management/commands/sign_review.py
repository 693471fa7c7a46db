"""manage.py sign_review: write a clinician's sign-off into the pages that they have read."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from imsinfo.articles.library import read_library
from imsinfo.articles.signing import page_to_sign, sign_off, with_sign_off
from imsinfo.clinic import get_clinic
from imsinfo.content import content_file
from imsinfo.editions.overrides import override, own_folder
from imsinfo.problems import ContentError
from imsinfo.today import clinics_date


class Command(BaseCommand):
    help = "Sign pages as reviewed: a clinician of this clinic has read them as they stand now."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH", help="such as aftercare.md")
        parser.add_argument("--name", required=True, help="who has read the pages")
        parser.add_argument("--role", required=True, help="such as Physiotherapist")
        parser.add_argument(
            "--register", required=True, help="the public register and number, for readers to check"
        )

    def handle(self, *args, paths, name, role, register, **options):
        try:
            clinic, library, today = get_clinic(), read_library(), clinics_date()
            pages = [page_to_sign(path, library, clinic) for path in paths]
            for page in pages:
                signed = sign_off(name, role, register, today, page.review.text_hash)
                path = _write(page.name, signed)
                self.stdout.write(f"{path}: signed by {name} on {today}.")
        except ValidationError as error:
            told = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())
            raise CommandError(f"The sign-off is not complete: {told}") from error
        except (ValueError, ContentError) as error:
            raise CommandError(str(error)) from error


def _write(name: str, signed: str) -> Path:
    """Write into the clinic's own copy where there is a clinic's folder, else into the file."""
    own = own_folder()
    if own and not (own / name).exists() and not content_file(name).path.is_relative_to(own):
        override(name)
    file = content_file(name)
    # Hidden, so that no reader of the folder takes it for a page; the rename is never half done.
    new = file.path.with_name(f".{file.path.name}.new")
    new.write_text(with_sign_off(file.read(), signed), encoding="utf-8")
    new.replace(file.path)
    return file.path
