import logging
import re
import sys
import time

import pytest

from imsinfo.logs import LineFormatter

LINE_ENDS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]


def formatted(message, *args, exc_info=None, stack_info=None, name="imsinfo.test"):
    record = logging.LogRecord(
        *(name, logging.ERROR, __file__, 1, message, args, exc_info),
        sinfo=stack_info,
    )
    record.created = 1_795_228_200.5
    return LineFormatter().format(record)


def fault(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


@pytest.fixture
def in_vancouver(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/Vancouver")
        time.tzset()
        yield
    time.tzset()


def test_line_names_moment_in_utc_level_place_and_message(in_vancouver):
    assert formatted("Left out %s", "gout.md") == (
        "2026-11-21T02:30:00Z ERROR imsinfo.test: Left out gout.md"
    )


def test_exception_is_named_without_its_message():
    line = formatted("It failed", exc_info=fault(ValueError("Ada Khan")))
    assert re.fullmatch(
        r"\S+Z ERROR imsinfo\.test: It failed \| "
        r"builtins\.ValueError at \S+/test_logs\.py:\d+ fault",
        line,
    )


def test_cause_of_an_exception_is_not_in_the_line():
    error = RuntimeError("Ada Khan")
    error.__cause__ = ValueError("ada@example.org")
    line = formatted("It failed", exc_info=fault(error))
    assert ("Ada" in line, "ada@" in line) == (False, False)


def test_exception_of_the_database_is_named_by_module_and_class():
    from django.db import IntegrityError  # noqa: PLC0415

    line = formatted("It failed", exc_info=fault(IntegrityError("name: Ada Khan")))
    assert "django.db.utils.IntegrityError at " in line


def test_exception_that_another_handler_has_written_out_is_still_without_message():
    record = logging.LogRecord(
        "imsinfo.test", logging.ERROR, __file__, 1, "It failed", (), fault(ValueError("Ada"))
    )
    logging.Formatter().format(record)
    assert "Ada" not in LineFormatter().format(record)


def test_places_are_told_innermost_first():
    def inner():
        raise ValueError

    try:
        inner()
    except ValueError:
        line = formatted("It failed", exc_info=sys.exc_info())
    places = re.findall(r"test_logs\.py:\d+ (\w+)", line)
    assert places == ["inner", "test_places_are_told_innermost_first"]


@pytest.mark.parametrize("end", LINE_ENDS)
def test_line_end_in_a_message_splits_no_record(end):
    line = formatted("Not found: %s", f"/a{end}2026-11-21T02:30:00Z ERROR forged")
    assert line.splitlines() == [line]


def test_stack_splits_no_record():
    line = formatted("It failed", exc_info=fault(ValueError()), stack_info="Stack:\n  File")
    assert line.splitlines() == [line]


def test_site_logs_lines_to_stderr_alone(settings):
    handlers = settings.LOGGING["handlers"]
    [handler] = handlers.values()
    formatter = settings.LOGGING["formatters"][handler["formatter"]]
    assert (handler["class"], formatter["()"]) == (
        "logging.StreamHandler",
        "imsinfo.logs.LineFormatter",
    )


def test_site_logs_no_query_string(wsgi, caplog):
    wsgi("GET", "/no-such-page/?name=Ada")
    assert "Ada" not in caplog.text


def test_a_refusal_is_logged_without_what_the_stranger_sent():
    record = logging.LogRecord(
        "django.security.csrf", logging.WARNING, __file__, 1, "Referer %s", ("ZQX",), None
    )
    assert LineFormatter().format(record).endswith("django.security.csrf: a request was refused")


def test_control_signs_are_not_passed_on():
    assert "\x1b" not in formatted("Not Found: %s", "/\x1b[31m\x00")


def test_what_somebody_searched_for_is_not_in_the_line_of_the_development_server():
    line = formatted('"%s" %s', "GET /search/?q=ada+khan HTTP/1.1", "500", name="django.server")
    assert line.endswith('django.server: "GET /search/?… HTTP/1.1" 500')
