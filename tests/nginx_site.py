"""The shipped nginx configuration, running on ports of its own in front of a small upstream."""

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from imsinfo.web.headers import security_headers
from tests import nginx
from tests.ports import LOOPBACK, free_port

SHIPPED = Path(__file__).parent.parent / "imsinfo" / "deploy" / "nginx"
HOST = "ims.clinic.example"
HTTP = """  default_type application/octet-stream;
  gzip on;
  include site.conf;"""


class Upstream(BaseHTTPRequestHandler):
    """Answers as the site does, with its headers, and remembers what reached it."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.received.append((self.headers, self.rfile.read(length)))
        if self.path.startswith("/silent"):
            return self.server.stopped.wait()
        if not self.path.startswith("/gone"):
            self.send_whole(500 if self.path.startswith("/failing") else 200)
        return None

    do_GET = do_POST = answer  # noqa: N815 -- the names are http.server's

    def send_whole(self, status):
        body = b"The site's own words. " * 100
        self.send_response(status)
        for name, value in security_headers(https=True, include_subdomains=False):
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@dataclass
class Proxy:
    """A running nginx. received: headers and body of each request that reached the site."""

    folder: Path
    http: int
    https: int
    received: list = field(default_factory=list)

    def ask(self, path, method="GET", body=None, host=HOST, **headers) -> HTTPResponse:
        """Ask by https; the answer is read, its text stands in .text."""
        connection = HTTPSConnection(LOOPBACK, self.https, context=trusting(), timeout=20)
        connection.sock = self.connect()
        return whole_answer(connection, method, path, body, {"Host": host} | headers)

    def ask_http(self, path, method="GET", host=HOST) -> HTTPResponse:
        connection = HTTPConnection(LOOPBACK, self.http, timeout=20)
        return whole_answer(connection, method, path, None, {"Host": host})

    def connect(self, name: str | None = HOST, **changes) -> ssl.SSLSocket:
        plain = socket.create_connection((LOOPBACK, self.https), timeout=20)
        return trusting(**changes).wrap_socket(plain, server_hostname=name)

    def ask_raw(self, request: bytes) -> HTTPResponse:
        """Send bytes as they are, whatever they ask; the answer is read."""
        with self.connect() as connection:
            connection.sendall(request.replace(b"%h", HOST.encode()))
            with HTTPResponse(connection) as response:
                response.begin()
                response.text = response.read().decode()
        return response

    def logs(self, words: str) -> bool:
        """Whether words come to stand in the log: nginx writes a line after its answer."""
        until = time.monotonic() + 10
        while words not in self.log() and time.monotonic() < until:
            time.sleep(0.02)
        return words in self.log()

    def log(self) -> str:
        return (self.folder / "log" / "imsinfo.log").read_text()


def trusting(protocols=("http/1.1",), highest=ssl.TLSVersion.MAXIMUM_SUPPORTED) -> ssl.SSLContext:
    """Return a context that takes the test's own certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(list(protocols))
    context.maximum_version = highest
    return context


def whole_answer(connection, method, path, body, headers):
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.text = response.read().decode()
    response.close()
    connection.close()
    return response


@contextmanager
def upstream():
    """Serve on a free port until the block ends; yields the server, with what it received."""
    server = ThreadingHTTPServer((LOOPBACK, 0), Upstream)
    server.daemon_threads = True
    server.received, server.stopped = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def placed(text: str, folder: Path, ports: dict[str, int]) -> str:
    """Return the shipped text for another folder and other ports; a body waits for 1 second."""
    text = re.sub(r".*listen \[::\].*\n", "", text)
    for name in ("80", "443"):
        text = re.sub(rf"listen {name}\b", f"listen {LOOPBACK}:{ports[name]}", text)
    text = text.replace("127.0.0.1:8000", f"{LOOPBACK}:{ports['8000']}")
    for path, name in [
        ("/etc/letsencrypt/live/ims.clinic.example", "tls"),
        ("/var/www", "www"),
        ("/var/log/nginx", "log"),
    ]:
        text = text.replace(path, str(folder / name))
    return re.sub(r"(client_body_timeout|proxy_read_timeout) \d+s", r"\1 1s", text)


def set_up(folder: Path, ports: dict[str, int]) -> None:
    """Write everything that nginx needs into an empty folder."""
    for name in ("tls", "log", "snippets", "www/imsinfo/proxy-pages"):
        (folder / name).mkdir(parents=True)
    for file in SHIPPED.glob("*.conf"):
        place = "site.conf" if file.name == "imsinfo.conf" else f"snippets/{file.name}"
        (folder / place).write_text(placed(file.read_text(), folder, ports))
    make_certificate(folder / "tls")
    nginx.set_up(folder, HTTP)


def make_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    command += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def running(folder: Path):
    """Run nginx in an empty folder, in front of an upstream, until the block ends."""
    with upstream() as site:
        ports = {"80": free_port(), "443": free_port(), "8000": site.server_port}
        set_up(folder, ports)
        with nginx.running(folder, ports["443"]):
            # A body that nginx wrote to the disk would now fail.
            shutil.rmtree(folder / "temporary")
            yield Proxy(folder, ports["80"], ports["443"], site.received)
