from datetime import date

import pytest

from imsinfo.today import clinics_date

# In Vancouver it is still the evening before.
EARLY = "2026-11-22T03:00:00Z"


def test_the_day_is_the_clinics(time_machine):
    time_machine.move_to(EARLY)
    assert clinics_date() == date(2026, 11, 21)


@pytest.mark.parametrize("broken", ["a: [", ""])
def test_a_broken_clinic_has_the_day_of_utc(write_content, time_machine, broken):
    time_machine.move_to(EARLY)
    write_content("clinic.yaml", broken)
    assert clinics_date() == date(2026, 11, 22)
