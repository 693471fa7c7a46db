"""Addresses of this machine alone, for servers that a test starts."""

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server((LOOPBACK, 0)) as server:
        return server.getsockname()[1]
