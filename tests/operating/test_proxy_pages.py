import os
import stat

import pytest
from django.core.management import CommandError, call_command

from imsinfo.clinic import get_clinic
from imsinfo.errors import WORDS
from imsinfo.operating.proxy_pages import proxy_pages, write_proxy_pages
from tests.conftest import ParsedPage


@pytest.fixture
def private_umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.parametrize("status", WORDS)
def test_page_of_each_error_has_its_words_and_whom_to_phone(status):
    page, clinic = proxy_pages()[f"{status}.html"], get_clinic()
    wanted = (WORDS[status][0], clinic.name, clinic.phone, clinic.emergency_number)
    assert [words for words in wanted if words not in page] == []


def test_pages_ask_the_site_for_nothing():
    found = ParsedPage(proxy_pages()["503.html"])
    assert found.with_attribute("src") == []
    local = [value for value in found.with_attribute("href") if not value.startswith("tel:")]
    assert local == ["/proxy-pages/page.css", "/"]


def test_written_pages_may_be_read_by_another_user(tmp_path, private_umask):
    folder = tmp_path / "pages"
    number = write_proxy_pages(folder)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert set(modes.values()) == {0o644}
    assert len(modes) == number + 1
    assert "page.css" in modes


def test_folder_may_be_read_by_another_user_whatever_the_umask(tmp_path, private_umask):
    folder = tmp_path / "pages"
    write_proxy_pages(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_command_says_how_to_make_the_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="install -d -o imsinfo"):
        call_command("write_proxy_pages", str(tmp_path / "file" / "pages"))
