import os
import time

import pytest

from imsinfo.enquiries.backup_age import newest_backup


@pytest.fixture
def put(tmp_path):
    """Return a function that puts a file into a folder, last written to so many hours ago."""

    def put(name, hours):
        path = tmp_path / name
        path.write_bytes(b"sealed")
        moment = int(time.time()) - hours * 3600
        os.utime(path, (moment, moment))
        return moment

    return put


def test_a_file_of_a_time_to_come_is_not_the_newest(tmp_path, put):
    put("later", -48)
    made = put("now", 1)
    assert newest_backup(tmp_path).timestamp() == made


def test_files_of_a_time_to_come_alone_are_no_backup(tmp_path, put):
    put("later", -48)
    assert newest_backup(tmp_path) is None
