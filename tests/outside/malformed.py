"""Bodies that no browser sends: each with its name, as the bytes of a whole request.

MARK stands in each, so that an answer that shows it as an element shows itself.
"""

import base64
import gzip
import zlib
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple

from tests.outside.client import FORM, HOST

MARK = b"<zq-typed>"
ADDRESSES = cycle((b"/enquiry/check/", b"/enquiry/send/", b"/enquiry/", b"/admin/login/"))
PARTS = b"multipart/form-data; boundary=x"
URLENCODED = FORM.encode()
ANSWER = b"name=" + MARK + b"&area=neck&message=" + MARK
# Unpacked, it is a thousand times as long.
BOMB = gzip.compress(b"name=" + b"a" * 200_000_000, compresslevel=9)
MOST = 256 * 1024


class Body(NamedTuple):
    """A request with a body. cut: whether less comes than it says."""

    name: str
    request: bytes
    cut: bool = False


def post(lines: list[bytes], body: bytes) -> bytes:
    """Return a request with these header lines as they are, and this body."""
    host = [b"Host: " + HOST.encode(), b"X-Forwarded-Proto: https", b"Connection: close"]
    head = b"\r\n".join([b"POST %b HTTP/1.1" % next(ADDRESSES), *host, *lines])
    return head + b"\r\n\r\n" + body


def typed(kind: bytes, body: bytes, *lines: bytes) -> bytes:
    """Return a request whose length is told rightly."""
    told = [b"Content-Type: " + kind, b"Content-Length: %d" % len(body), *lines]
    return post(told, body)


def part(headers: bytes = b'Content-Disposition: form-data; name="name"', text: bytes = MARK):
    return b"--x\r\n" + headers + b"\r\n\r\n" + text + b"\r\n"


END = b"--x--\r\n"
NAMED = b'Content-Disposition: form-data; name="message"'
MULTIPARTS = {
    "cut in its last line": part() + b"--x",
    "without an end": part(),
    "nothing but an end": END,
    "nothing but a beginning": b"--x\r\n",
    "nothing at all": b"",
    "another boundary": part().replace(b"--x", b"--y") + b"--y--\r\n",
    "without a first line end": b"--x" + part()[5:] + END,
    "line feeds alone": (part() + END).replace(b"\r\n", b"\n"),
    "carriage returns alone": (part() + END).replace(b"\r\n", b"\r"),
    "no headers": b"--x\r\n\r\n" + MARK + b"\r\n" + END,
    "no blank line": b"--x\r\n" + NAMED + b"\r\n" + END,
    "no disposition": part(b"Content-Type: text/plain") + END,
    "attachment": part(b'Content-Disposition: attachment; name="name"') + END,
    "no name": part(b"Content-Disposition: form-data") + END,
    "empty name": part(b'Content-Disposition: form-data; name=""') + END,
    "bare name": part(b"Content-Disposition: form-data; name=name") + END,
    "open quote": part(b'Content-Disposition: form-data; name="name') + END,
    "two names": part(NAMED + b'; name="name"') + END,
    "name with a quote": part(b'Content-Disposition: form-data; name="na\\"me"') + END,
    "name of bytes": part(b'Content-Disposition: form-data; name="\xff\xfe\x00"') + END,
    "name by RFC 2231": part(b"Content-Disposition: form-data; name*=utf-8''message") + END,
    "name in no charset": part(b"Content-Disposition: form-data; name*=none''message") + END,
    "name in pieces": part(b"Content-Disposition: form-data; name*0=me; name*1=ssage") + END,
    "name by RFC 2047": part(b'Content-Disposition: form-data; name="=?utf-8?b?bmFtZQ==?="') + END,
    "name in markup": part(b'Content-Disposition: form-data; name="<zq-typed>"') + END,
    "a file": part(NAMED + b'; filename="a.svg"') + END,
    "a file without a name": part(NAMED + b'; filename=""') + END,
    "a file elsewhere": part(NAMED + b'; filename="../../../etc/cron.d/a"') + END,
    "a file with NUL": part(NAMED + b'; filename="a\x00.py"') + END,
    "many files": b"".join(part(NAMED + b'; filename="%d"' % n) for n in range(200)) + END,
    "101 parts": b"".join(part() for _ in range(101)) + END,
    "base64": part(NAMED + b"\r\nContent-Transfer-Encoding: base64", base64.b64encode(MARK)) + END,
    "broken base64": part(NAMED + b"\r\nContent-Transfer-Encoding: base64", b"=a=b=") + END,
    "quoted-printable": part(NAMED + b"\r\nContent-Transfer-Encoding: quoted-printable") + END,
    "unknown encoding": part(NAMED + b"\r\nContent-Transfer-Encoding: nonsense") + END,
    "UTF-7": part(NAMED + b"\r\nContent-Type: text/plain; charset=utf-7", b"+ADw-zq-typed+AD4-")
    + END,
    "a mix inside": part(b"Content-Type: multipart/mixed; boundary=y", b"--y\r\n\r\n\r\n--y--")
    + END,
    "a long header": part(NAMED + b"\r\nX-Long: " + b"a" * 20_000) + END,
    "many headers": part(NAMED + b"\r\nX: y" * 2000) + END,
    "a folded header": part(b'Content-Disposition: form-data;\r\n name="name"') + END,
    "a header of NUL": part(b"\x00: \x00") + END,
    "headers that never end": b"--x\r\n" + b"A: b\r\n" * 30_000,
    "a long preamble": b"a" * 100_000 + b"\r\n" + part() + END,
    "a long epilogue": part() + END + b"a" * 100_000,
    "boundaries alone": b"--x\r\n" * 40_000,
    "nearly boundaries": part(NAMED, b"\r\n--" * 50_000) + END,
    "ends in a row": END * 20_000,
    "a text of bytes": part(NAMED, bytes(range(256)) * 100) + END,
    "a UTF-16 text": part(NAMED, "﻿<zq-typed>".encode("utf-16")) + END,
    "the same field 90 times": b"".join(part(NAMED) for _ in range(90)) + END,
}
BOUNDARIES = [
    *(
        b"",
        b";",
        b"; boundary",
        b"; boundary=",
        b'; boundary=""',
        b'; boundary="x',
        b"; boundary=x y",
    ),
    *(b"; boundary=" + b"x" * 70, b"; boundary=" + b"x" * 5000, b"; boundary=\xff\xfe"),
    *(b"; boundary=x; boundary=y", b"; boundary*=utf-8''x", b"; boundary=--x", b", text/html"),
    *(b'; boundary="x\\"y"', b"; BOUNDARY=x", b"; boundary=x; charset=utf-16"),
]
URLENCODED_BODIES = {
    "empty": b"",
    "one sign": b"=",
    "signs": b"&&&===&&&",
    "a cut percent": b"name=%",
    "half a percent": b"name=%a",
    "no percent": b"name=%zz%u0041&message=%%%",
    "percent of bytes": b"name=%ff%fe%c0%af%f0%28%8c%bc",
    "overlong slash": b"name=%c0%ae%c0%ae%c0%af",
    "surrogates": b"name=%ed%a0%80%ed%bf%bf",
    "NUL": b"name=%00" + MARK + b"&message=\x00",
    "twice encoded": b"name=%253Czq-typed%253E%2500",
    "line ends": b"name=%0d%0aSet-Cookie:%20zq=1%0d%0a%0d%0a" + MARK,
    "bare line ends": b"name=a\r\n\r\nmessage=" + MARK,
    "101 fields": b"&".join(b"f%d=1" % number for number in range(101)),
    "40,000 fields": b"&".join([b"a"] * 40_000),
    "40,000 separators": b"&" * 40_000,
    "semicolons": ANSWER.replace(b"&", b";"),
    "doubled": ANSWER + b"&" + ANSWER,
    "90 names": b"&".join([b"name=" + MARK] * 90),
    "brackets": b"name" + b"[a]" * 10_000 + b"=1",
    "arrays": b"name[]=1&name[0]=2&name[$ne]=3&area[$gt]=",
    "attributes": b"__proto__=1&__class__=2&constructor=3&cleaned_data=4&errors=5",
    "a long name": b"n" * 200_000 + b"=1",
    "a long value": b"message=" + b"a" * 200_000,
    "no text": b"message=" + b"%e2%80%8b" * 5000,
    "accents": b"name=e" + b"%cc%81" * 30_000,
    "raw Latin-1": "name=Zoë&message=“x”".encode("cp1252", "replace"),
    "raw UTF-16": "name=<zq-typed>".encode("utf-16"),
    "raw UTF-32": "name=<zq-typed>".encode("utf-32"),
    "raw UTF-7": b"name=+ADw-zq-typed+AD4-",
    "a mark of order": b"\xef\xbb\xbf" + ANSWER,
    "EBCDIC": "name=<zq-typed>".encode("cp037"),
    "bytes": bytes(range(256)) * 50,
    "fullwidth": "name=＜zq-typed＞＇＂".encode(),
    "hidden fields": b"submission_id=<zq-typed>&corrects=%00&check_stamp=a:b&consent_version=../x",
    "an odd id": b"submission_id=" + b"0" * 10_000 + b"&corrects=urn:uuid:%7B%7D",
    "as long as may be": b"a=" + b"b" * (MOST - 2),
    "longer than may be": b"a=" + b"b" * (MOST - 1),
}
KINDS = {
    "JSON": (b"application/json", b'{"name": "<zq-typed>", "area": {"$gt": ""}}'),
    "deep JSON": (b"application/json", b"[" * 100_000),
    "JSON as a form": (URLENCODED, b'{"name": "<zq-typed>"}'),
    "a form as JSON": (b"application/json", ANSWER),
    "XML": (b"application/xml", b'<?xml version="1.0"?><zq-typed/>'),
    "external entity": (
        b"text/xml",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><zq-typed>&x;</zq-typed>',
    ),
    "laughs": (b"text/xml", b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><zq-typed/>'),
    "SOAP": (b"application/soap+xml", b"<zq-typed/>"),
    "YAML": (b"application/yaml", b"!!python/object/apply:os.system ['true']"),
    "pickle": (b"application/octet-stream", b"cos\nsystem\n(S'true'\ntR."),
    "plain text": (b"text/plain", b"name=" + MARK),
    "HTML": (b"text/html", MARK),
    "picture": (b"image/png", b"\x89PNG\r\n\x1a\n" + MARK),
    "report": (b"application/csp-report", b'{"csp-report": {"blocked-uri": "<zq-typed>"}}'),
    "RPC": (b"application/grpc", b"\x00\x00\x00\x00\x05hello"),
    "no kind": (b"", ANSWER),
    "a slash": (b"/", ANSWER),
    "semicolons alone": (b";;;;", ANSWER),
    "two kinds": (URLENCODED + b", text/html", ANSWER),
    "capitals": (URLENCODED.upper(), ANSWER),
    "a long kind": (URLENCODED + b"; a=" + b"b" * 6000, ANSWER),
    "kind of bytes": (b"\xff\xfe/\xfd", ANSWER),
    "kind in markup": (b"<zq-typed>/<zq-typed>", ANSWER),
    "no charset": (URLENCODED + b"; charset=", ANSWER),
    "UTF-16 charset": (URLENCODED + b"; charset=utf-16", ANSWER.decode().encode("utf-16")),
    "UTF-7 charset": (URLENCODED + b"; charset=utf-7", b"name=+ADw-zq-typed+AD4-"),
    "hex charset": (URLENCODED + b"; charset=hex", b"6e616d65"),
    "zlib charset": (URLENCODED + b"; charset=zlib", zlib.compress(ANSWER)),
    "ranges": (b"multipart/byteranges; boundary=x", part() + END),
    "related": (b"multipart/related; boundary=x", part() + END),
}
ENCODED = {
    "gzip": (b"gzip", gzip.compress(ANSWER)),
    "gzip bomb": (b"gzip", BOMB),
    "gzip bomb in gzip": (b"gzip, gzip", gzip.compress(BOMB)),
    "cut gzip": (b"gzip", gzip.compress(ANSWER)[:-8]),
    "no gzip": (b"gzip", ANSWER),
    "x-gzip": (b"x-gzip", gzip.compress(ANSWER)),
    "deflate": (b"deflate", zlib.compress(ANSWER)),
    "br": (b"br", b"\x0b\x02\x80" + ANSWER),
    "zstd": (b"zstd", b"(\xb5/\xfd" + ANSWER),
    "identity": (b"identity", ANSWER),
    "any": (b"*", ANSWER),
}
LENGTHS = [
    *(b"5", b"400", b"0", b"-1", b"+5", b"0x10", b"1e3", b"5 5", b"5, 5", b"5, 6", b"", b"5.0"),
    *(b"262144", b"262145", b"9" * 30, b"9" * 3000, b"\xb2", b"18446744073709551621"),
]
CHUNKED = {
    "chunks": b"5\r\nname=\r\n0\r\n\r\n",
    "a chunk that is longer": b"ff\r\nname=\r\n0\r\n\r\n",
    "a chunk that is shorter": b"2\r\nname=\r\n0\r\n\r\n",
    "no hexadecimal": b"zz\r\nname=\r\n0\r\n\r\n",
    "a negative chunk": b"-5\r\nname=\r\n0\r\n\r\n",
    "a huge chunk": b"ffffffffffffffff\r\nname=\r\n0\r\n\r\n",
    "no last chunk": b"5\r\nname=\r\n",
    "an extension": b"5;a=" + b"b" * 5000 + b"\r\nname=\r\n0\r\n\r\n",
    "trailers": b"5\r\nname=\r\n0\r\nHost: evil.test\r\nContent-Length: 5\r\n\r\n",
    "many chunks": b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n",
    "nothing": b"",
}


def bodies() -> Iterator[Body]:
    """Yield each request with its name."""
    for name, body in MULTIPARTS.items():
        yield Body(f"multipart: {name}", typed(PARTS, body))
    for number, boundary in enumerate(BOUNDARIES):
        yield Body(f"boundary {number}", typed(b"multipart/form-data" + boundary, part() + END))
    for name, body in URLENCODED_BODIES.items():
        yield Body(f"form: {name}", typed(URLENCODED, body))
    for name, (kind, body) in KINDS.items():
        yield Body(f"kind: {name}", typed(kind, body))
    for name, (encoding, body) in ENCODED.items():
        yield Body(f"encoded: {name}", typed(URLENCODED, body, b"Content-Encoding: " + encoding))
    yield from lengths_that_lie()


def lengths_that_lie() -> Iterator[Body]:
    """Yield bodies of another length than is said, or of one that is said twice or in chunks."""
    kind = b"Content-Type: " + URLENCODED
    for number, length in enumerate(LENGTHS):
        is_cut = length in {b"400", b"262144"}
        yield Body(f"length {number}", post([kind, b"Content-Length: " + length], ANSWER), is_cut)
    told = b"Content-Length: %d" % len(ANSWER)
    yield Body("length not told", post([kind], ANSWER))
    yield Body("length told twice", post([kind, told, told], ANSWER))
    yield Body("two lengths", post([kind, told, b"Content-Length: 5"], ANSWER))
    for name, body in CHUNKED.items():
        yield Body(f"chunked: {name}", post([kind, b"Transfer-Encoding: chunked"], body))
    for name in (b"xchunked", b"identity", b"gzip, chunked", b"chunked, chunked", b"chunked, x"):
        yield Body(
            f"chunked: as {name!r}", post([kind, b"Transfer-Encoding: " + name], b"0\r\n\r\n")
        )
    both = [kind, told, b"Transfer-Encoding: chunked"]
    yield Body("chunked: with a length", post(both, b"0\r\n\r\n" + ANSWER))
