import time

import pytest

from imsinfo.operating import proxies
from imsinfo.operating.proxies import LEAST_SEEN, MORE, NO_SCHEME, PAST, WORDS, ProxyWatch, noticed

SCHEME = {"HTTP_X_FORWARDED_PROTO": "https"}


def through(*addresses):
    return SCHEME | ({"HTTP_X_FORWARDED_FOR": ", ".join(addresses)} if addresses else {})


@pytest.fixture
def watch(tmp_path):
    """Return what watches requests: (trusted, *requests); it returns what was noticed."""

    def watched(trusted, *requests):
        watcher = ProxyWatch(tmp_path / "proxies", trusted, https=True)
        for request in requests:
            watcher.look(request)
        return [words for words, _ in noticed(tmp_path / "proxies", 0)]

    return watched


def words_of(*names):
    return [WORDS[name][0] for name in names]


@pytest.mark.parametrize(("trusted", "addresses"), [(0, ()), (1, ("a",)), (2, ("a", "b"))])
def test_as_many_proxies_as_were_told_are_no_news(watch, trusted, addresses):
    assert watch(trusted, *[through(*addresses)] * LEAST_SEEN) == []


@pytest.mark.parametrize(("trusted", "addresses"), [(1, ()), (2, ("a",))])
def test_a_request_past_the_proxy_is_noticed(watch, trusted, addresses):
    assert watch(trusted, through(*addresses)) == words_of(PAST)


def test_a_proxy_that_tells_no_scheme_is_noticed(watch):
    assert watch(1, {"HTTP_X_FORWARDED_FOR": "a"}) == words_of(NO_SCHEME)


def test_a_proxy_that_is_not_counted_is_noticed(watch):
    assert watch(1, *[through("a", "b")] * LEAST_SEEN) == words_of(MORE)


def test_visitors_with_addresses_of_their_own_are_no_news(watch):
    forged, honest = [through("a", "b")] * LEAST_SEEN, [through("a")] * LEAST_SEEN
    assert watch(1, *honest, *forged) == []


def test_each_thing_is_logged_once(watch, caplog):
    watch(1, *[through()] * 3)
    [message] = caplog.messages
    assert message.startswith("Requests come with fewer addresses")


def test_what_was_noticed_long_ago_is_not_told(watch, tmp_path):
    watch(1, through())
    assert list(noticed(tmp_path / "proxies", time.time() + 10)) == []


def test_it_is_written_down_again_after_an_hour(tmp_path, monkeypatch):
    watcher = ProxyWatch(tmp_path, 1, https=True)
    watcher.look(through())
    (tmp_path / PAST).unlink()
    watcher.look(through())
    assert not (tmp_path / PAST).exists()
    monkeypatch.setattr(proxies, "SECONDS_BETWEEN_NOTES", 0)
    watcher.look(through())
    assert (tmp_path / PAST).exists()


def test_a_folder_that_cannot_be_made_keeps_no_visitor_out(tmp_path):
    (tmp_path / "file").write_text("")
    assert ProxyWatch(tmp_path / "file" / "proxies", 1, https=True).look(through()) is None
