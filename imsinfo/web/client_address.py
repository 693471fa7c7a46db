"""Who a request comes from, as far as the network tells: for limits alone, and never stored."""

import ipaddress
from collections.abc import Mapping
from typing import Any

# One household, or one office, has a whole /64 of IPv6 addresses.
IPV6_PREFIX = 64
UNKNOWN = "unknown"


def client_network(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    """Return the client's IPv4 address or IPv6 /64 network; "unknown" where neither can be read.

    trusted_proxies: how many proxies of our own stand in front. With none the peer is the client.
    Otherwise it is the Nth address of X-Forwarded-For from the right, the one that our outermost
    proxy wrote: what stands left of it was sent by the client and may be made up. Where that
    is missing, the peer stands for all who come that way.
    """
    peer = _network(environ.get("REMOTE_ADDR", ""))
    if trusted_proxies < 1:
        return peer or UNKNOWN
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    told = forwarded[-trusted_proxies] if len(forwarded) >= trusted_proxies else ""
    return _network(told) or peer or UNKNOWN


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(_without_port(text.strip()))
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False))


def _without_port(text: str) -> str:
    """Some proxies write the port too: 192.0.2.1:5123, [2001:db8::1]:5123; others a zone, %eth0."""
    if text.startswith("["):
        return text[1:].split("]", maxsplit=1)[0].split("%", maxsplit=1)[0]
    if text.count(":") == 1:
        return text.split(":", maxsplit=1)[0]
    return text.split("%", maxsplit=1)[0]
