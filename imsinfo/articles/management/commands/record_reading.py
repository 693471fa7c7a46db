"""manage.py record_reading: keep the reading grade that each page has reached."""

from django.core.management.base import BaseCommand, CommandError

from imsinfo.articles.library import read_manuscripts
from imsinfo.articles.proofreading import filled_with
from imsinfo.articles.readability import CEILINGS, ceilings_text, get_ceilings, with_lowered
from imsinfo.articles.wording import get_wording, reading_of
from imsinfo.editions.overrides import own_folder, shipped_folder
from imsinfo.problems import ContentError

# A correction that brings one hard word shall not be held up.
ROOM = 0.3


class Command(BaseCommand):
    help = "Record the reading grade of each page. A recorded grade may fall, and never rises."
    requires_system_checks = []

    def handle(self, *args, **options):
        try:
            ceilings, wording = get_ceilings(), get_wording()
        except ContentError as error:
            raise CommandError(str(error)) from error
        read = read_manuscripts()
        fill = filled_with(read.files)
        grades = {
            name: reading_of(draft, wording, fill).grade for name, draft in read.drafts.items()
        }
        lowered = with_lowered(ceilings, {name: _with_room(each) for name, each in grades.items()})
        folder = own_folder() or shipped_folder()
        (folder / CEILINGS).write_text(ceilings_text(lowered), encoding="utf-8")
        for name, ceiling in lowered.items():
            self.stdout.write(f"{name}: grade {grades[name]}, at most {ceiling}")


def _with_room(grade: float | None) -> float | None:
    return None if grade is None else round(grade + ROOM, 1)
