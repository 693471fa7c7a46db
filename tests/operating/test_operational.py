import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError
from django.db import IntegrityError, OperationalError

from imsinfo.operating import operational, useless_database
from imsinfo.operating.operational import OperationalCommand, unfit

pytestmark = pytest.mark.db


class Done(Exception):  # noqa: N818 -- no error
    """Raised by a command that has begun."""


class Command(OperationalCommand):
    fault: Exception = Done()

    def handle(self, *args, **options):
        raise self.fault


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs a command that fails in a way of its own, as manage.py does."""

    def run(fault=None, **options):
        command = Command()
        command._called_from_command_line = True
        command.fault = fault or Done()
        usual = {"force_color": False, "no_color": False, "skip_checks": True}
        command.execute(**usual | options)

    return run


@pytest.mark.django_db(transaction=True)
def test_a_command_begins_where_database_and_keys_are_right(run):
    with pytest.raises(Done):
        run()


@pytest.mark.django_db(transaction=True)
def test_a_command_does_nothing_in_tables_that_are_not_up_to_date(run, monkeypatch):
    monkeypatch.setattr(useless_database, "waiting_migrations", lambda: ["a.0002_b"])
    with pytest.raises(CommandError) as refused:
        run()
    assert str(refused.value).startswith("Nothing was done. The database is not up to date.")


def test_a_command_does_nothing_where_the_database_is_down(run, monkeypatch):
    def fail():
        raise OperationalError("connection refused")

    monkeypatch.setattr(useless_database, "waiting_migrations", fail)
    with pytest.raises(
        CommandError, match=r"^Nothing was done\. The database does not answer: conn"
    ):
        run()


@pytest.mark.django_db(transaction=True)
def test_a_command_does_nothing_under_wrong_keys(monkeypatch):
    monkeypatch.setattr(operational, "further_needs", [lambda: "", lambda: "the keys do not fit"])
    assert unfit() == "The keys do not fit: give back the right ones."


@pytest.mark.django_db(transaction=True)
def test_a_database_that_fails_on_the_way_is_told_without_the_row_that_it_refused(run):
    with pytest.raises(CommandError) as told:
        run(IntegrityError("Failing row contains (Ada Khan)"))
    assert "django.db.utils.IntegrityError" in str(told.value)
    assert "Ada" not in str(told.value)


@pytest.mark.parametrize(
    "name",
    [
        *("apply_retention", "send_digest", "rotate_keys", "reassign_enquiries"),
        *("create_staff", "reset_second_factor", "setup_roles"),
    ],
)
def test_each_command_of_an_operator_asks_first(name):
    command = load_command_class(get_commands()[name], name)
    assert isinstance(command, OperationalCommand)
