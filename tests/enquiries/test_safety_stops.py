from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.test import Client

from imsinfo.enquiries import safety_stops
from imsinfo.red_flags import get_red_flags
from imsinfo.today import clinics_date

WEDNESDAY = date(2026, 11, 18)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    return tmp_path / "stops"


def counted(day=WEDNESDAY):
    [counts] = safety_stops.counts([day])
    return tuple(counts.values())


def test_stops_are_counted_by_week_and_level():
    for level, day in [("emergency", 16), ("emergency", 22), ("under-18", 18), ("today", 23)]:
        safety_stops.count(level, date(2026, 11, day))
    assert counted() == (2, 0, 1)
    assert counted(date(2026, 11, 23)) == (0, 1, 0)


def test_a_week_belongs_to_one_year():
    safety_stops.count("today", date(2026, 12, 31))
    assert counted(date(2027, 1, 1)) == (0, 1, 0)


def test_stops_at_the_same_time_are_all_counted():
    with ThreadPoolExecutor(8) as pool:
        for _ in range(200):
            pool.submit(safety_stops.count, "emergency", WEDNESDAY)
    assert counted() == (200, 0, 0)


def test_what_is_kept_of_a_stop_is_a_dot(folder):
    safety_stops.count("emergency", WEDNESDAY)
    [file] = folder.iterdir()
    assert (file.name, file.read_bytes()) == ("2026-W47-emergency", b".")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("obstacle", ["a file in place of the folder", "a folder in place of it"])
def test_a_count_that_fails_is_logged_and_goes_no_further(folder, caplog, obstacle):
    if obstacle == "a file in place of the folder":
        folder.write_text("")
    else:
        (folder / "2026-W47-today").mkdir(parents=True)
    safety_stops.count("today", WEDNESDAY)
    [record] = caplog.records
    assert record.getMessage() == "A stop at the safety step could not be counted"


def test_old_counts_are_deleted_and_nothing_else(folder):
    weeks = safety_stops.KEPT_WEEKS
    for back in (0, weeks, weeks + 1, weeks + 2):
        safety_stops.count("today", WEDNESDAY - timedelta(weeks=back))
    (folder / "notes.txt").write_text("")
    assert safety_stops.delete_old(WEDNESDAY) == 2
    assert counted(WEDNESDAY - timedelta(weeks=weeks)) == (0, 1, 0)
    assert (folder / "notes.txt").exists()


def test_deleting_from_no_folder_deletes_nothing():
    assert safety_stops.delete_old(WEDNESDAY) == 0


@pytest.mark.parametrize("level", ["emergency", "today"])
def test_a_sign_is_counted_without_a_database(level):
    # Without the mark for it a test that asks the database fails.
    line = get_red_flags().lines(level)[0].key
    response = Client().post("/enquiry/", {level: line})
    assert response["Location"] == f"/enquiry/{level}/"
    assert [each[level] for each in safety_stops.counts([clinics_date()])] == [1]
    assert response.cookies == {}


def test_who_is_under_18_is_counted(answers):
    response = Client().post("/enquiry/check/", answers(adult="no"))
    assert response["Location"] == "/enquiry/under-18/"
    assert counted(clinics_date()) == (0, 0, 1)


def test_whom_nothing_stops_is_not_counted(folder):
    line = get_red_flags().lines("doctor-first")[0].key
    Client().post("/enquiry/", {"who": "me", "doctor_first": line})
    assert not folder.exists()


def test_an_emergency_page_is_reached_where_nothing_can_be_counted(folder):
    folder.write_text("")
    line = get_red_flags().lines("emergency")[0].key
    assert Client().post("/enquiry/", {"emergency": line})["Location"] == "/enquiry/emergency/"
