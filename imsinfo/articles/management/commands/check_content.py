"""manage.py check_content: every fault of every content file, with its line and its repair."""

import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from imsinfo.articles.proofreading import proofread
from imsinfo.problems import Problem
from imsinfo.today import clinics_date

# Without the severity, which the two lists tell.
TOLD = ("file", "line", "what", "found", "expected", "repair")


class Command(BaseCommand):
    help = "Check every content file and tell each fault with file, line and repair."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args, **options):
        problems = proofread(clinics_date())
        errors = [problem for problem in problems if not problem.is_warning]
        warnings = [problem for problem in problems if problem.is_warning]
        write = self._write_json if options["format"] == "json" else self._write_text
        write(errors, warnings)
        if errors:
            raise CommandError(f"{_count(errors, 'error')} in the content.")

    def _write_text(self, errors: list[Problem], warnings: list[Problem]) -> None:
        for problem in errors:
            self.stdout.write(str(problem))
        if warnings:
            self.stdout.write("\nWarnings:" if errors else "Warnings:")
        for problem in warnings:
            self.stdout.write(str(problem))
        if not errors:
            self.stdout.write(f"The content has no errors and {_count(warnings, 'warning')}.")

    def _write_json(self, errors: list[Problem], warnings: list[Problem]) -> None:
        told = {"errors": [_told(each) for each in errors]}
        told["warnings"] = [_told(each) for each in warnings]
        self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))


def _told(problem: Problem) -> dict[str, object]:
    values = asdict(problem)
    return {name: values[name] for name in TOLD}


def _count(problems: list[Problem], word: str) -> str:
    return f"{len(problems)} {word}" + ("" if len(problems) == 1 else "s")
