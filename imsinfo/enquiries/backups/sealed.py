"""The file of a backup: a header that everybody can read, and the database under a field key.

    imsinfo-backup 1 <SHA-256 of the second line, in hexadecimal>
    {"made_at": …}                            the manifest, JSON on one line
    <pieces>                                  the database, compressed by zlib, then encrypted

Each piece holds PIECE bytes, the last one what is left, under AES-256-GCM; its nonce is its number
and whether it is the last one, so that none can be changed, moved, left out or cut off unseen. The
key is made of a field key and of the whole header: no two files share one, and with a header that
was changed no piece can be opened.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.keys import sealing_key
from imsinfo.strict_yaml import Strict

MAGIC, FORMAT = b"imsinfo-backup", 1
PIECE = 1024 * 1024
TAG = 16  # bytes that the encryption adds to a piece
# A manifest has a few thousand bytes; a file without line ends is no backup.
LONGEST_LINE = 1024 * 1024


class Manifest(Strict):
    """What a backup says of itself. No key can be learned from it, and nothing of anybody.

    made_at: everything stored before it is in it, ISO 8601 in UTC; code: the version of the site;
    migrations: those applied, such as "enquiries.0001_initial"; counts: rows by table; keys: the
    fingerprints of all that are needed to read it; sealed_with: of the one that opens the file;
    unreadable: values that no key opened when it was made; sha256, size: of the database as
    copied; salt: random.
    """

    made_at: str
    database: Literal["sqlite", "postgresql"]
    code: str
    migrations: tuple[str, ...]
    counts: dict[str, int]
    keys: tuple[str, ...]
    sealed_with: str
    unreadable: int
    sha256: str
    size: int
    salt: str


def seal(source: Path, target: Path, manifest: Manifest, field_key: str) -> None:
    """Write a backup of source to target, a new file of mode 0600, safely on the disk.

    Raises OSError.
    """
    header = _header(manifest)
    cipher = _cipher(field_key, header)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, source.open("rb") as plain:
        file.write(header)
        for number, (piece, is_last) in enumerate(_pieces(_compressed(plain))):
            file.write(cipher.encrypt(_nonce(number, is_last), piece, None))
        file.flush()
        os.fsync(file.fileno())


def read_manifest(path: Path) -> Manifest:
    """Return what a backup says of itself; raises BackupFault for a file that is none, and OSError.

    Whether the rest is whole, unseal alone tells.
    """
    with path.open("rb") as file:
        return _manifest(path, _read_header(path, file))


def unseal(path: Path, field_key: str, target: Path | None = None) -> None:
    """Open a backup, check all of it, and write the database to target, a new file of mode 0600.

    target: None to check alone. Raises BackupFault where a byte is not as it was written, and
    OSError; what target holds is then worth nothing.
    """
    where = target or Path(os.devnull)
    flags = os.O_WRONLY | (os.O_CREAT | os.O_EXCL if target else 0)
    with path.open("rb") as file, os.fdopen(os.open(where, flags, 0o600), "wb") as plain:
        header = _read_header(path, file)
        manifest = _manifest(path, header)
        digest, size = hashlib.sha256(), 0
        for part in _decompressed(_decrypted(path, file, _cipher(field_key, header))):
            digest.update(part)
            size += plain.write(part)
    if (digest.hexdigest(), size) != (manifest.sha256, manifest.size):
        raise _damaged(path, "the database in it is not the one that was put in")


def _header(manifest: Manifest) -> bytes:
    line = json.dumps(manifest.model_dump(), sort_keys=True).encode()
    return b"%s %d %s\n%s\n" % (MAGIC, FORMAT, hashlib.sha256(line).hexdigest().encode(), line)


def _read_header(path: Path, file: BinaryIO) -> bytes:
    """Return both lines of the header as they are, whole."""
    first, line = file.readline(LONGEST_LINE), file.readline(LONGEST_LINE)
    if not first.startswith(MAGIC + b" "):
        raise BackupFault(f"{path} is no backup of this site: it does not begin as one.")
    version, _, digest = first.removeprefix(MAGIC).strip().partition(b" ")
    if version != b"%d" % FORMAT:
        raise BackupFault(
            f"{path} has another format ({version[:9]!r}) than this version of the site reads "
            f"({FORMAT}). Restore it with the version that made it or a newer one."
        )
    if hashlib.sha256(line.removesuffix(b"\n")).hexdigest().encode() != digest:
        raise _damaged(path, "its manifest is not as it was written")
    return first + line


def _manifest(path: Path, header: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(header.partition(b"\n")[2])
    except ValidationError as error:
        raise BackupFault(
            f"{path}: the manifest cannot be understood, though it is whole. Restore it with the "
            "version of the site that made it."
        ) from error


def _cipher(field_key: str, header: bytes) -> AESGCM:
    return AESGCM(sealing_key(field_key, hashlib.sha256(header).digest()))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _compressed(plain: BinaryIO) -> Iterator[bytes]:
    squeeze = zlib.compressobj()
    while part := plain.read(PIECE):
        yield squeeze.compress(part)
    yield squeeze.flush()


def _pieces(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of one size, each with whether it is the last one, which may be shorter."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        while len(waiting) > PIECE:
            yield bytes(waiting[:PIECE]), False
            del waiting[:PIECE]
    yield bytes(waiting), True


def _decrypted(path: Path, file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    piece, number = file.read(PIECE + TAG), 0
    while True:
        following = file.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), piece, None)
        except InvalidTag as error:
            raise _damaged(path, f"piece {number + 1} of it cannot be opened") from error
        if not following:
            return
        piece, number = following, number + 1


def _decompressed(parts: Iterable[bytes]) -> Iterator[bytes]:
    expand = zlib.decompressobj()
    for part in parts:
        yield expand.decompress(part)
    yield expand.flush()


def _damaged(path: Path, found: str) -> BackupFault:
    return BackupFault(
        f"{path} is damaged: {found}. Take another copy of it, or the backup before it."
    )
