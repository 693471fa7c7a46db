"""Request lines and headers that no browser sends: each with its name, as a request in bytes."""

from collections.abc import Iterator

from tests.outside.client import HOST

HOST_LINE = b"Host: " + HOST.encode()
HTTPS = b"X-Forwarded-Proto: https"
CLOSE = b"Connection: close"
LINES = {
    **{
        f"method {method.decode()!r}": method + b" /enquiry/send/?%3Czq-typed%3E HTTP/1.1"
        for method in (
            *(b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"PROPFIND", b"PURGE"),
            *(b"get", b"GETGET", b"<zq-typed>", b"G\xc3\x89T", b"\x00", b"X" * 5000, b""),
        )
    },
    **{
        f"target {number}": b"GET " + target + b" HTTP/1.1"
        for number, target in enumerate(
            [
                *(b"http://evil.test/", b"https://evil.test:1/<zq-typed>", b"*", b"evil.test:443"),
                *(
                    b"//evil.test/",
                    b"///evil.test//",
                    b"/\\evil.test",
                    b"\\\\evil.test",
                    b"?q=1",
                    b"",
                ),
                *(
                    b"/#<zq-typed>",
                    b"/?<zq-typed>",
                    b"/;<zq-typed>",
                    b"/<zq-typed>",
                    b"/%3Czq-typed%3E",
                    b"/admin/%3Czq-typed%3E",
                ),
                *(
                    b"/../../etc/passwd",
                    b"/static/../../keys/secret_key",
                    b"/static/%2e%2e/%2e%2e/a",
                ),
                *(b"/static/..%2f..%2fa", b"/static/..;/a", b"/static//etc/passwd", b"/static/%00"),
                *(
                    b"/static/css/site.css%00.html",
                    b"/static/css/site.css/../../a",
                    b"/..%5c..%5ca",
                ),
                *(b"/%c0%ae%c0%ae/", b"/%ff", b"/%", b"/%zz", b"/a b", b"/\xff\xfe", b"/\x01"),
                *(b"/.git/config", b"/.env", b"/manage.py", b"/imsinfo.sqlite3", b"/var/keys/"),
                *(b"/ADMIN/", b"/admin%2flogin/", b"/%61dmin/", b"/admin/..;/", b"/./admin/"),
                *(b"/admin/login/?next=//evil.test", b"/admin/login/?next=%0d%0aX:%20zq"),
                *(b"/aftercare?next=%0d%0aSet-Cookie:%20zq=1", b"/aftercare%0d%0aX:%20zq"),
                *(b"/enquiry/sent/?r=" + b"a:" * 1500, b"/" + b"a/" * 2000, b"/" + b"a" * 60_000),
                *(b"/search/?q=" + b"%f0%9f%92%89" * 300, b"/search/?q[]=a&q=b&q=%00%ff"),
                *(b"/search/?" + b"&".join([b"q=a"] * 300), b"/search/?" + b"&" * 3000),
                *(b"/feed.xml/", b"/healthz/x", b"/robots.txt%20", b"/wp-login.php", b"/cgi-bin/a"),
            ]
        )
    },
    **{
        f"version {version.decode()!r}": b"GET / " + version
        for version in (
            b"HTTP/0.9",
            b"HTTP/1.2",
            b"HTTP/2.0",
            b"HTTP/9.9",
            b"HTTP/1.1x",
            b"FTP/1.1",
        )
    },
    "no version": b"GET /",
    "no target": b"GET HTTP/1.1",
    "too many words": b"GET / HTTP/1.1 HTTP/1.1",
    "words apart": b"GET   /   HTTP/1.1",
    "tabs": b"GET\t/\tHTTP/1.1",
}
HOSTS = {
    "no host": [],
    "two hosts": [HOST_LINE, b"Host: evil.test"],
    "another host": [b"Host: evil.test"],
    "an empty host": [b"Host: "],
    "host in markup": [b"Host: <zq-typed>"],
    "host with a user": [b"Host: evil@" + HOST.encode()],
    "host with a path": [HOST_LINE + b"/evil"],
    "host with a space": [HOST_LINE + b" evil.test"],
    "host with a port": [HOST_LINE + b":99999"],
    "host with a dot": [HOST_LINE + b"."],
    "host of bytes": [b"Host: \xff\xfe"],
}
HEADERS = {
    "no colon": b"Nonsense",
    "no name": b": a",
    "a space before the colon": b"X-A : b",
    "a folded header": b"X-A: b\r\n c",
    "NUL in a header": b"X-A: \x00",
    "bytes in a header": b"X-A: \xff\xfe",
    "a bare line end in a header": b"X-A: b\nX-C: <zq-typed>",
    "forwarded elsewhere": b"X-Forwarded-Host: evil.test\r\nForwarded: host=evil.test;proto=http",
    "another address": b"X-Original-URL: /admin/\r\nX-Rewrite-URL: /admin/",
    "another method": b"X-HTTP-Method-Override: DELETE\r\nX-Method-Override: TRACE",
    "names with an underscore": b"X_Forwarded_Proto: http\r\nX_Forwarded_For: <zq-typed>",
    "odd senders": b"X-Forwarded-For: <zq-typed>, , unknown, 999.1.1.1, ::%eth0, 1.2.3.4:5",
    "2,000 senders": b"X-Forwarded-For: " + b", ".join([b"1.2.3.4"] * 2000),
    "another scheme": b"X-Forwarded-Proto: <zq-typed>",
    "90 headers": b"\r\n".join(b"X-%d: a" % number for number in range(90)),
    "2,000 headers": b"\r\n".join(b"X-%d: a" % number for number in range(2000)),
    "a long header": b"X-A: " + b"a" * 100_000,
    "a long name of a header": b"X" * 70_000 + b": a",
    "range": b"Range: bytes=0-0,-1,5-2,99999999999999999999-\r\nIf-Range: <zq-typed>",
    "many ranges": b"Range: bytes=" + b",".join([b"0-"] * 1500),
    "odd dates": b"If-Modified-Since: <zq-typed>\r\nIf-Unmodified-Since: 99 Foo 99999",
    "a day that is none": b"If-Modified-Since: Thu, 31 Feb 99999 99:99:99 GMT",
    "odd marks": b'If-None-Match: W/"<zq-typed>", *, ""\r\nIf-Match: "zq"',
    "odd encodings": b"Accept-Encoding: <zq-typed>;q=a, br;q=1e400, *;q=-1, gzip;q=",
    "odd languages": b"Accept-Language: <zq-typed>;q=9, *, " + b"a-" * 2000,
    "odd kinds": b"Accept: <zq-typed>/*;q=0.0001;a=b, */*;*",
    "odd cookies": b'Cookie: __Host-staff=<zq-typed>; a="\\; =; \x80; __Host-csrf=" + ";;;=',
    "a long cookie": b"Cookie: __Host-staff=" + b"a" * 8000,
    "many cookies": b"Cookie: " + b"; ".join(b"c%d=1" % number for number in range(1000)),
    "a password": b"Authorization: Basic PHpxLXR5cGVkPjphZG1pbg==\r\nProxy-Authorization: x",
    "a proxy": b"Proxy: http://evil.test/",
    "a referrer": b"Referer: https://evil.test/<zq-typed>",
    "an agent": b"User-Agent: () { :;}; echo <zq-typed> ${jndi:ldap://127.0.0.1/a}",
    "expects to go on": b"Expect: 100-continue\r\nContent-Length: 0",
    "expects nonsense": b"Expect: <zq-typed>",
    "upgrade to HTTP/2": b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "upgrade to a socket": b"Upgrade: websocket\r\nSec-WebSocket-Key: eA==",
    "fetched from elsewhere": b"Sec-Fetch-Site: cross-site\r\nOrigin: null",
    "debugging": b"X-Debug: 1\r\nX-Forwarded-Server: a\r\nX-Request-ID: <zq-typed>\x7f",
}
# With which a connection goes over to HTTP/2, and an empty frame of settings.
HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
WHOLE = {
    "line feeds alone": b"GET / HTTP/1.1\n" + HOST_LINE + b"\n" + HTTPS + b"\n" + CLOSE + b"\n\n",
    "TLS": bytes.fromhex("16030100a5010000a10303") + b"\x00" * 150,
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "SMTP": b"EHLO evil.test\r\nMAIL FROM:<zq-typed>\r\n\r\n",
    "proxy protocol": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n\r\n",
    "bytes": bytes(range(256)) * 20,
    "NUL alone": b"\x00" * 4000,
}


# Within a body of its own: an answer to it would show that two servers read it in two ways.
HIDDEN = b"GET /healthz HTTP/1.1\r\n" + HOST_LINE + b"\r\n\r\n"
LENGTH = b"Content-Length: %d" % len(HIDDEN)
LONGER = b"Content-Length: %d" % (len(HIDDEN) + 5)
CHUNKED = b"Transfer-Encoding: chunked"
LAST_CHUNK = b"0\r\n\r\n" + HIDDEN
SMUGGLED = {
    "a length and chunks": ([LONGER, CHUNKED], LAST_CHUNK),
    "chunks and a length": ([CHUNKED, b"Content-Length: 4"], b"%x\r\n" % len(HIDDEN) + HIDDEN),
    "a space before the colon": ([b"Transfer-Encoding : chunked", LONGER], LAST_CHUNK),
    "a tab after the colon": ([b"Transfer-Encoding:\tchunked", LONGER], LAST_CHUNK),
    "a sign before chunked": ([b"Transfer-Encoding: \x0bchunked", LONGER], LAST_CHUNK),
    "another encoding": ([b"Transfer-Encoding: xchunked", LONGER], LAST_CHUNK),
    "two encodings": ([CHUNKED, b"Transfer-Encoding: identity", LONGER], LAST_CHUNK),
    "an underscore": ([b"Transfer_Encoding: chunked", LONGER], LAST_CHUNK),
    "two lengths": ([b"Content-Length: 0", LENGTH], HIDDEN),
    "chunks without returns": ([CHUNKED], b"5\nname=\n0\n\n" + HIDDEN),
    "too long to be read": ([b"Content-Length: 300000"], HIDDEN),
    "refused before it is read": ([LENGTH, b"Content-Type: a; charset=utf-7"], HIDDEN),
}


def request(line: bytes, headers: list[bytes], body: bytes = b"") -> bytes:
    return b"\r\n".join([line, *headers, HTTPS, CLOSE]) + b"\r\n\r\n" + body


def requests() -> Iterator[tuple[str, bytes]]:
    """Yield each request with its name."""
    for name, line in LINES.items():
        yield name, request(line, [HOST_LINE])
    for name, hosts in HOSTS.items():
        yield name, request(b"GET / HTTP/1.1", hosts)
    for name, header in HEADERS.items():
        yield name, request(b"GET /enquiry/sent/ HTTP/1.1", [HOST_LINE, header])
        yield f"{name} (staff)", request(b"GET /admin/login/ HTTP/1.1", [HOST_LINE, header])
    yield from WHOLE.items()


def smuggled() -> Iterator[tuple[str, bytes]]:
    """Yield requests, each with another in its body, by every method that has a page."""
    for name, (lines, body) in SMUGGLED.items():
        for method in (b"GET", b"POST"):
            line = method + b" /enquiry/check/ HTTP/1.1"
            yield f"{name} ({method.decode()})", request(line, [HOST_LINE, *lines], body)
