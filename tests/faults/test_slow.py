import pytest

from tests.faults.slow import LEAST_SERVED, MOST_SECONDS, missed_by
from tests.faults.visits import Figures

GOOD = Figures(100, LEAST_SERVED, 0.1, MOST_SECONDS / 2, 5.0, {})


def test_required_figures_miss_nothing():
    assert missed_by("body", GOOD) == []


@pytest.mark.parametrize("worse", [{"share": LEAST_SERVED - 0.01}, {"p95": MOST_SECONDS}])
def test_worse_figures_are_named(worse):
    [missed] = missed_by("body", GOOD._replace(**worse))
    assert missed.startswith("body: ")
