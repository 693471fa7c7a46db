"""The room that is left on a disk, and whether it is one that a database may lie on."""

import os
import re
from pathlib import Path

MB = 1024 * 1024
# Below this no enquiry is safe: the database's log alone grows by 4 MB before it is written back.
FULL = 16 * MB
# A warning comes while there is still time: a few generations, a backup, some weeks of enquiries.
NEARLY_FULL = 512 * MB
# On these SQLite's log in shared memory and its locks do not hold what they promise.
NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|lustre|gpfs|ncpfs|coda|beegfs"
    r"|fuse\.(sshfs|glusterfs|s3fs|rclone|ceph.*|gcsfuse|davfs2?)"
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def free_bytes(place: Path) -> int:
    """Return how much this user may still write where place lies, or will lie; 0 without inodes.

    Raises OSError where that cannot be told.
    """
    found = os.statvfs(_existing(place))
    if found.f_files and not found.f_favail:
        return 0
    return found.f_bavail * found.f_frsize


def disk_of(place: Path) -> int:
    """Return a number for the disk that place lies on, or will lie."""
    return _existing(place).stat().st_dev


def network_file_system(place: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """Return the kind of network file system that place lies on; "" for a disk of this machine.

    mounts: Linux's own list of mounts; where there is none, nothing is said.
    """
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    real, kinds = _existing(place).resolve(), {}
    for line in lines:
        before, _, after = line.partition(" - ")
        # A later mount at the same place lies over the earlier one.
        kinds[Path(_OCTAL.sub(lambda sign: chr(int(sign[1], 8)), before.split()[4]))] = after
    under = [point for point in kinds if real.is_relative_to(point)]
    kind = kinds[max(under, key=lambda point: len(point.parts))].split()[0] if under else ""
    return kind if NETWORK.fullmatch(kind) else ""


def in_words(size: int) -> str:
    """Return a number of bytes as people say it, such as "12 MB" or "3.4 GB"."""
    return f"{size / MB / 1024:.1f} GB" if size >= 1024 * MB else f"{size // MB} MB"


def _existing(place: Path) -> Path:
    """The nearest folder above that is there: VAR_DIR is made by the first start."""
    return next((each for each in (place, *place.parents) if each.exists()), Path("/"))
