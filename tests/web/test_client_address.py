import pytest

from imsinfo.web.client_address import client_network


def client(proxies, peer="192.0.2.9", forwarded=None):
    environ = {"REMOTE_ADDR": peer}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    return client_network(environ, proxies)


def test_without_proxies_the_peer_is_the_client_whatever_it_claims():
    assert client(0, forwarded="198.51.100.1") == "192.0.2.9"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.5, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.5, 198.51.100.1, 192.0.2.7", "198.51.100.1"),
        (1, "made up, 198.51.100.1", "198.51.100.1"),
        (1, " 198.51.100.1 ", "198.51.100.1"),
        (1, "198.51.100.1:51234", "198.51.100.1"),
    ],
)
def test_behind_proxies_the_nth_address_from_the_right_counts(proxies, forwarded, expected):
    assert client(proxies, forwarded=forwarded) == expected


@pytest.mark.parametrize("forwarded", [None, "", "nonsense", "198.51.100.1, ", "198.51.100.1,x"])
def test_where_our_proxy_wrote_no_address_the_peer_stands_for_all(forwarded):
    assert client(1, forwarded=forwarded) == "192.0.2.9"


def test_fewer_addresses_than_proxies_are_not_believed():
    assert client(2, forwarded="198.51.100.1") == "192.0.2.9"


@pytest.mark.parametrize(
    "written",
    [
        "2001:db8:1:2::1",
        "2001:DB8:1:2:ffff:ffff:ffff:ffff",
        "[2001:db8:1:2::7]:51234",
        "[2001:db8:1:2::7]",
        "2001:db8:1:2::7%eth0",
    ],
)
def test_a_whole_network_of_ipv6_is_one_client(written):
    assert client(1, forwarded=written) == "2001:db8:1:2::/64"


def test_ipv4_written_as_ipv6_is_the_ipv4_address():
    assert client(0, peer="::ffff:192.0.2.9") == "192.0.2.9"


@pytest.mark.parametrize("peer", ["", "unix:", "localhost"])
def test_a_peer_without_address_is_unknown(peer):
    assert client(0, peer=peer) == "unknown"
