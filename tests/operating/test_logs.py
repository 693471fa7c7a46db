import json
import logging
import re
import subprocess
import sys
import threading
import time

import pytest

from imsinfo.operating import logs
from imsinfo.operating.logs import JsonFormatter, LineFormatter
from imsinfo.operating.request_ids import begin_request, current_request_id, end_request

LINE_ENDS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]


def formatted(message, *args, exc_info=None, stack_info=None, name="imsinfo.test"):
    record = logging.LogRecord(
        *(name, logging.ERROR, __file__, 1, message, args, exc_info),
        sinfo=stack_info,
    )
    record.created = 1_795_228_200.5
    return LineFormatter().format(record)


@pytest.fixture(autouse=True)
def _outside_any_request():
    end_request()
    yield
    end_request()


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


@pytest.mark.parametrize(("form", "formatter"), logs.FORMATTERS.items())
def test_site_logs_lines_to_stderr_alone(form, formatter):
    configured = logs.configuration(form)
    [handler] = configured["handlers"].values()
    assert (handler["class"], configured["formatters"][handler["formatter"]]["()"]) == (
        "logging.StreamHandler",
        formatter,
    )


def test_a_refusal_is_logged_without_what_the_stranger_sent():
    record = logging.LogRecord(
        "django.security.csrf", logging.WARNING, __file__, 1, "Referer %s", ("ZQX",), None
    )
    assert LineFormatter().format(record).endswith("django.security.csrf: a request was refused")


def test_a_refusal_is_a_warning_without_a_trace():
    record = logging.LogRecord(
        "django.security.TooManyFieldsSent",
        logging.ERROR,
        __file__,
        1,
        "ZQX",
        (),
        fault(ValueError()),
    )
    assert logs.Refusals().filter(record)
    assert (record.levelname, record.exc_info) == ("WARNING", None)


def test_another_fault_stays_one():
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "ZQX", (), None)
    assert logs.Refusals().filter(record)
    assert record.levelname == "ERROR"


def test_control_signs_are_not_passed_on():
    assert "\x1b" not in formatted("Not Found: %s", "/\x1b[31m\x00")


def test_what_somebody_searched_for_is_not_in_the_line_of_the_development_server():
    line = formatted('"%s" %s', "GET /search/?q=ada+khan HTTP/1.1", "500", name="django.server")
    assert line.endswith('django.server: "GET /search/?… HTTP/1.1" 500')


def test_a_failed_request_is_told_without_its_address():
    line = formatted("Internal Server Error: %s", "/ada-khan/", name="django.request")
    assert line.endswith("ERROR django.request: a request failed")


def test_a_warning_is_told_without_its_words():
    line = formatted("/site/code.py:7: RuntimeWarning: got Ada\n  save(ada)", name="py.warnings")
    assert line.endswith("py.warnings: /site/code.py:7: RuntimeWarning")


def test_a_line_that_does_not_fit_its_values_tells_none_of_them():
    assert formatted("%d mails", "Ada").endswith(": a line could not be put together")


def test_lines_of_one_request_have_its_id():
    begin_request()
    first, second = formatted("One"), formatted("Two")
    assert f" imsinfo.test [{current_request_id()}]: One" in first
    assert f" imsinfo.test [{current_request_id()}]: Two" in second


def test_the_next_request_has_another_id():
    begin_request()
    before = current_request_id()
    begin_request()
    assert current_request_id() != before


def test_another_thread_belongs_to_no_request():
    begin_request()
    found = []
    thread = threading.Thread(target=lambda: found.append(current_request_id()))
    thread.start()
    thread.join()
    assert found == [""]


@pytest.mark.parametrize("given", ["0f" * 16, "0123abcd-0123-0123-0123-0123456789ab"])
def test_id_that_a_proxy_gave_is_kept(given):
    begin_request(given)
    assert current_request_id() == given


@pytest.mark.parametrize(
    "given", ["", "0F" * 16, "0f" * 15, "0f" * 17, "0f" * 16 + "\n", "604 739 8215", "x" * 32]
)
def test_id_of_another_form_is_replaced(given):
    begin_request(given)
    assert re.fullmatch("[0-9a-f]{32}", current_request_id())
    assert current_request_id() != given


def as_json(message, *args, **changes):
    record = logging.LogRecord(
        *("imsinfo.test", logging.ERROR, __file__, 1, message, args, changes.pop("exc_info", None))
    )
    record.created, record.msecs = 1_795_228_200.5, 500.0
    vars(record).update(changes)
    line = JsonFormatter().format(record)
    assert line.splitlines() == [line]
    return json.loads(line)


def test_json_names_moment_in_utc_level_place_and_message(in_vancouver):
    assert as_json("Left out %s", "gout.md") == {
        "time": "2026-11-21T02:30:00.500Z",
        "level": "ERROR",
        "logger": "imsinfo.test",
        "message": "Left out gout.md",
    }


def test_json_has_the_id_of_the_request():
    begin_request("0f" * 16)
    assert as_json("Failed")["request_id"] == "0f" * 16


def test_json_tells_an_exception_apart_and_without_its_message():
    told = as_json("It failed", exc_info=fault(ValueError("Ada Khan")))
    assert told["message"] == "It failed"
    assert told["exception"].startswith("builtins.ValueError at ")
    assert "Ada" not in str(told)


def test_json_tells_what_is_known_of_a_request():
    about = {"method": "GET", "route": "/search/", "status": 500, "ms": 3}
    told = as_json("GET", about_request=about)
    assert {name: told[name] for name in about} == about


@pytest.mark.parametrize("end", LINE_ENDS)
def test_line_end_in_a_message_splits_no_object(end):
    as_json("Not found: %s", f'/a{end}{{"forged": 1}}')


UNCAUGHT = """
import logging.config, sys, threading, warnings
from imsinfo.operating import logs
logging.config.dictConfig(logs.configuration(sys.argv[1]))
logs.log_what_nobody_catches()
def fail():
    raise ValueError("Ada Khan")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
class Late:
    def __del__(self):
        raise ValueError("Ada Khan")
Late()
warnings.warn("Ada Khan")
logging.getLogger("imsinfo").error("%d", "Ada Khan")
"""


@pytest.mark.parametrize("form", logs.FORMATTERS)
def test_what_nobody_catches_is_one_line_each_without_its_words(form):
    command = [sys.executable, "-c", UNCAUGHT, form]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    lines = done.stderr.splitlines()
    assert [word for word in ("Ada", "Traceback") if word in done.stderr] == []
    kinds = ["A thread has ended", "Something failed", "UserWarning", "put together"]
    assert [kind in line for kind, line in zip(kinds, lines, strict=True)] == [True] * 4
