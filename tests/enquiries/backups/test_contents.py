import pytest
from cryptography.fernet import Fernet

from imsinfo.enquiries.backups.contents import Table, contents_of, encrypted_columns
from imsinfo.enquiries.backups.keys import fingerprint
from tests.enquiries.backups.conftest import new_key

OLD, NEW = new_key(), new_key()


def token(text, key=NEW):
    return Fernet(key).encrypt(text.encode()).decode()


def notes(*texts):
    return Table("enquiries_note", ["id", "text"], [(at, text) for at, text in enumerate(texts)])


def test_rows_are_counted_by_table():
    empty = Table("auth_user", ["id"], [])
    assert contents_of([notes("", ""), empty], [NEW]).counts == {
        "enquiries_note": 2,
        "auth_user": 0,
    }


def test_each_key_is_told_with_what_it_opens():
    found = contents_of([notes(token("a"), token("b"), token("c", OLD), "", None)], [NEW, OLD])
    assert found.opened == {fingerprint(NEW): 2, fingerprint(OLD): 1}
    assert found.unreadable == 0


@pytest.mark.parametrize(
    "value",
    [token("a", OLD), "no token", token("a")[:-5] + "AAAA="],
    ids=["another key", "no token", "changed"],
)
def test_what_no_key_opens_is_counted(value):
    assert contents_of([notes(value, token("b"))], [NEW]).unreadable == 1


def test_the_migrations_are_listed_in_order():
    rows = [(1, "staff", "0002_b"), (2, "auth", "0001_a")]
    table = Table("django_migrations", ["id", "app", "name"], rows)
    assert contents_of([table], [NEW]).migrations == ["auth.0001_a", "staff.0002_b"]


def test_every_encrypted_column_is_looked_at():
    assert ("enquiries_enquiry", "name") in encrypted_columns()
    assert ("enquiries_exportreason", "text") in encrypted_columns()
