"""A PostgreSQL cluster for one run: a socket in its own folder, no TCP port."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

BINARIES = Path("/usr/lib/postgresql")
START_TIMEOUT = "60"  # seconds; a recovery after a crash is part of a start


class Cluster:
    """A cluster that can be crashed and started again; make one with Cluster.made_in."""

    user, name = "imsinfo", "postgres"

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None):
        self.folder, self.settings = folder, settings or {}
        self.url = self.url_of(self.name)

    def url_of(self, database: str) -> str:
        return f"postgres://{self.user}@/{database}?host={self.folder}"

    @classmethod
    def made_in(cls, folder: Path, settings: Mapping[str, str] | None = None) -> "Cluster":
        """Make and start a cluster. folder: an empty one, which is handed to its user.

        settings: more of PostgreSQL's own, by their names.
        """
        if os.getuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(folder, postgres.pw_uid, postgres.pw_gid)
        folder.chmod(0o755)
        cluster = cls(folder, settings)
        # -N: an empty cluster need not outlive a power cut; what comes into it does.
        cluster._run(
            "initdb", "-N", "-A", "trust", "-U", cls.user, "-E", "UTF8", "--locale=C.UTF-8"
        )
        cluster.start()
        return cluster

    def start(self) -> None:
        more = "".join(f" -c {name}={value}" for name, value in self.settings.items())
        options = f"-c listen_addresses='' -k {self.folder}{more}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", START_TIMEOUT, "-l", log, "-o", options, "start")

    def crash(self) -> None:
        """Stop at once, as at a power cut: what was committed comes back by recovery."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def connect(self, database: str = "") -> "psycopg.Connection":
        """Connect as the superuser, each statement a transaction of its own."""
        import psycopg  # noqa: PLC0415 -- without it the other database can still be tested

        where = {"host": str(self.folder), "user": self.user, "dbname": database or self.name}
        return psycopg.connect(**where, autocommit=True)

    def remove(self) -> None:
        """Stop, if it runs, and delete everything."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-m", "fast", "stop")
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(_folder_of(program) / program), "-D", str(self.folder / "data"), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=90,
            check=True,
        )


def _folder_of(program: str) -> Path:
    found = sorted(BINARIES.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise SystemExit(f"{program} is not below {BINARIES}: install Debian's package postgresql.")
    return found[-1].parent
