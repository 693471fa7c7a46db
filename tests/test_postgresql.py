"""What is refused of a PostgreSQL, and how its pool holds, on servers of the test's own."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import dj_database_url
import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler
from django.test import Client

from imsinfo.operating import postgresql_checks
from imsinfo.operating.databases import POOL, POSTGRESQL_TIMEOUTS, database
from imsinfo.operating.postgresql_checks import DURABLE, check_postgresql
from tests.answers import ANSWERS
from tests.faults.cluster import Cluster

pytestmark = [pytest.mark.db, pytest.mark.only_on("postgresql")]
# As many as one worker of `manage.py serve` has.
THREADS = 384


@pytest.fixture(scope="module")
def cluster():
    try:
        made = Cluster.made_in(Path(tempfile.mkdtemp(prefix="imsinfo-tests-")))
    except SystemExit as reason:
        pytest.skip(str(reason))
    yield made
    made.remove()


@pytest.fixture
def use(monkeypatch, django_db_blocker):
    """Return a function that lets the checks ask the database of a URL, with changed settings."""
    handlers = []

    def use(url, **changes):
        config = database(dj_database_url.parse(url))
        config["OPTIONS"] |= changes
        handlers.append(ConnectionHandler({"default": config}))
        monkeypatch.setattr(postgresql_checks, "connections", handlers[-1])

    with django_db_blocker.unblock():
        yield use
        for handler in handlers:
            handler.close_all()


def run(cluster, *statements):
    with cluster.connect() as link:
        for statement in ("SET default_transaction_read_only = off", *statements):
            link.execute(statement)


def told():
    return [(each.id, each.msg) for each in check_postgresql(databases=["default"])]


@pytest.fixture
def changed(cluster):
    """Return a function that changes PostgreSQL's settings, and takes each change back."""
    back = []

    def change(statement, undo):
        run(cluster, statement, "SELECT pg_reload_conf()")
        back.append(undo)

    yield change
    run(cluster, *back, "SELECT pg_reload_conf()")


def test_fresh_server_is_taken(cluster, use):
    use(cluster.url)
    assert told() == []


@pytest.mark.parametrize("name", DURABLE)
def test_server_that_may_lose_what_it_has_stored_is_refused(cluster, use, changed, name):
    changed(f"ALTER SYSTEM SET {name} = off", f"ALTER SYSTEM RESET {name}")
    use(cluster.url)
    assert told() == [
        (
            "imsinfo.E011",
            f"PostgreSQL's {name} is off (set by: configuration file); on is needed: a power cut "
            "would lose enquiries whose senders were told that we have them.",
        )
    ]


@pytest.mark.parametrize(
    ("whose", "source"),
    [
        ("ROLE imsinfo", "user"),
        ("DATABASE postgres", "database"),
        ("ROLE imsinfo IN DATABASE postgres", "database user"),
    ],
)
def test_durability_taken_from_the_sites_role_or_database_is_found(
    cluster, use, changed, whose, source
):
    changed(
        f"ALTER {whose} SET synchronous_commit = off", f"ALTER {whose} RESET synchronous_commit"
    )
    use(cluster.url)
    [error] = check_postgresql(databases=["default"])
    assert (error.id, f"(set by: {source})" in error.msg) == ("imsinfo.E011", True)
    kind = whose.split()[0]
    assert error.hint.startswith(f"ALTER {kind} … ")


def test_weaker_promises_of_a_standby_are_the_operators_choice(cluster, use, changed):
    changed("ALTER SYSTEM SET synchronous_commit = local", "ALTER SYSTEM RESET synchronous_commit")
    use(cluster.url)
    assert told() == []


def test_database_that_cannot_hold_every_name_is_refused(cluster, use):
    run(cluster, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    use(cluster.url_of("latin"))
    [(id_, message)] = told()
    assert id_ == "imsinfo.E012"
    assert message.startswith("The database's encoding is LATIN1; UTF8 is needed")


def test_old_server_is_refused(cluster, use, monkeypatch):
    features = type(connection.features)
    monkeypatch.setattr(features, "minimum_database_version", (99,))
    use(cluster.url)
    [(id_, message)] = told()
    assert id_ == "imsinfo.E013"
    assert message.startswith("PostgreSQL 99 or later is required (found ")


def test_read_only_database_is_refused(cluster, use, changed):
    name = "default_transaction_read_only"
    changed(f"ALTER ROLE imsinfo SET {name} = on", f"ALTER ROLE imsinfo RESET {name}")
    use(cluster.url)
    assert [id_ for id_, _ in told()] == ["imsinfo.E015"]


def test_standby_is_refused(cluster, use):
    signal = cluster.folder / "data" / "standby.signal"
    cluster.crash()
    signal.touch()
    cluster.start()
    try:
        use(cluster.url)
        assert told() == [("imsinfo.E014", "This PostgreSQL is a standby, which stores nothing.")]
    finally:
        cluster.crash()
        signal.unlink()
        cluster.start()


def test_server_that_is_not_there_is_told_with_the_reason(tmp_path, use):
    use(f"postgres://imsinfo@/imsinfo?host={tmp_path}")
    [(id_, message)] = told()
    assert id_ == "imsinfo.E017"
    assert "No such file or directory" in message


@pytest.mark.parametrize("name", POSTGRESQL_TIMEOUTS)
def test_timeout_that_was_dropped_on_the_way_is_refused(cluster, use, name):
    others = " ".join(f"-c {each}={ms}" for each, ms in POSTGRESQL_TIMEOUTS.items() if each != name)
    use(cluster.url, options=others)
    [(id_, message)] = told()
    assert id_ == "imsinfo.E016"
    assert message.startswith(f"PostgreSQL's {name} is 0 ms for the site; ")


@pytest.mark.django_db
def test_connection_has_its_timeouts():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
        )
        assert cursor.fetchone() == ("10s", "5s")
    found = connection.connection.info.get_parameters()
    assert (found["connect_timeout"], found["tcp_user_timeout"]) == ("3", "15000")


def test_start_is_refused_by_what_the_server_says(cluster, changed, run_manage):
    changed("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync")
    done = run_manage("check", "--database", "default", DATABASE_URL=cluster.url)
    assert done.returncode == 1
    assert "(imsinfo.E011) PostgreSQL's fsync is off" in done.stderr


def test_start_of_a_real_site_changes_no_table(
    cluster, run_manage, production, free_port, static_files
):
    run(cluster, "CREATE DATABASE waiting")
    production["DATABASE_URL"] = cluster.url_of("waiting")
    done = run_manage("serve", PORT=str(free_port), **production)
    assert (done.returncode, "Run first: manage.py migrate" in done.stderr) == (1, True)
    with cluster.connect("waiting") as link:
        tables = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == []


def elsewhere(work):
    """Do work in a thread, which has no connection yet, and give its connection back."""

    def done():
        try:
            return work()
        finally:
            connection.close()

    return done


def one():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.01)")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_all_threads_of_a_worker_share_a_few_connections():
    with ThreadPoolExecutor(THREADS) as threads:
        backends = [threads.submit(elsewhere(one)) for _ in range(THREADS)]
    # Every thread had its turn, none was refused.
    assert 1 <= len({each.result() for each in backends}) <= POOL["max_size"]


@pytest.fixture
def full_pool(monkeypatch):
    """Hold every connection of the pool; whoever asks for one is soon told that there is none."""
    pool = connection.pool
    held = [pool.getconn() for _ in range(POOL["max_size"])]
    monkeypatch.setattr(pool, "timeout", 0.1)
    yield
    for each in held:
        pool.putconn(each)


@pytest.mark.django_db(transaction=True)
def test_full_pool_is_a_fault_of_the_database(full_pool):
    with ThreadPoolExecutor(1) as thread, pytest.raises(OperationalError, match=r"0\.10 sec"):
        thread.submit(elsewhere(one)).result()


@pytest.mark.django_db(transaction=True)
def test_full_pool_leaves_the_sender_the_typed_text(full_pool):
    answers = ANSWERS | {"message": "Since spring", "submission_id": str(uuid4())}
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(elsewhere(lambda: Client().post("/enquiry/send/", answers))).result()
    assert (sent.status_code, sent["Retry-After"]) == (503, "120")
    assert 'value="Since spring"' in sent.text


END_ALL_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.django_db(transaction=True)
def test_connection_that_died_in_the_pool_is_replaced_unseen():
    # Not the pool of other tests: to look at each of many that died takes longer than one waits.
    connection.close()
    connection.close_pool()
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as thread:
        died = thread.submit(elsewhere(one)).result()
        cursor.execute(END_ALL_OTHERS)
        assert thread.submit(elsewhere(one)).result() != died
