import socket
from http.client import RemoteDisconnected

import pytest

from tests.faults.visits import (
    LATE,
    LOST,
    REFUSED,
    SERVED,
    Answer,
    Connection,
    Visit,
    figures_of,
    outcome_of,
    visit,
)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, SERVED), (303, SERVED), (500, "answered 500"), (503, "answered 503")],
)
def test_outcome_names_the_status(status, outcome):
    assert outcome_of(Answer(status, {}, b""), None) == outcome


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (ConnectionRefusedError(), REFUSED),
        (TimeoutError(), LATE),
        (ConnectionResetError(), LOST),
        (RemoteDisconnected(), LOST),
    ],
)
def test_outcome_tells_failures_apart(failure, outcome):
    assert outcome_of(None, failure) == outcome


def test_visit_where_nobody_listens_is_refused():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert visit(Connection(probe.getsockname()[1]), "/").outcome == REFUSED


def test_figures_sum_up_visits():
    outcomes = [SERVED] * 3 + [LOST]
    visits = [Visit("/", each, 0, seconds, 0) for seconds, each in enumerate(outcomes)]
    figures = figures_of(visits)
    assert (figures.visits, figures.share, figures.slowest) == (4, 0.75, 3)
    assert figures.failures == {LOST: 1}
