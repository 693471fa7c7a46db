import pytest

from tests.faults.outcome import NotPossibleError
from tests.faults.two_servers import made

pytestmark = [pytest.mark.db, pytest.mark.only_on("postgresql")]


def test_dead_server_and_crashed_database_cost_nobody_an_enquiry():
    try:
        found = made(servers=1, down_for=(1,), each=5)
    # PostgreSQL's own programs, or nginx, may not be there.
    except (NotPossibleError, SystemExit) as reason:
        pytest.skip(str(reason))
    assert found.wrong == []
    assert found.acknowledged == found.stored > 20
