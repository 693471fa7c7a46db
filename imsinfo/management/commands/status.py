"""manage.py status: how the site stands, for a person or a monitor."""

import json
import sys

from django.core.management.base import BaseCommand

from imsinfo.operating.status import Line, lines, worst
from imsinfo.operating.status_lines import has_database


class Command(BaseCommand):
    help = (
        "Tell how the site stands: database, content, mail, backups, keys, disk, versions. Ends "
        "with 0 where all is well, 1 where somebody should look, 2 where something is at fault."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args, **options):
        found = [*lines(has_database())]
        write = self._write_json if options["format"] == "json" else self._write_text
        write(found)
        sys.exit(worst(found))

    def _write_text(self, found: list[Line]) -> None:
        width = max(len(line.name) for line in found)
        for line in found:
            repair = f" – {line.repair}" if line.repair else ""
            self.stdout.write(f"{line.mark.word:<5}  {line.name:<{width}}  {line.told}{repair}")

    def _write_json(self, found: list[Line]) -> None:
        told = [
            {"name": each.name, "mark": each.mark.word, "told": each.told, "repair": each.repair}
            for each in found
        ]
        self.stdout.write(json.dumps({"mark": worst(found).word, "lines": told}, indent=2))
