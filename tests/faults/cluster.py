"""A PostgreSQL cluster for one run: a socket in its own folder, no TCP port."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql")
START_TIMEOUT = "60"  # seconds; a recovery after a crash is part of a start


class Cluster:
    """A cluster that can be crashed and started again; make one with Cluster.made_in."""

    user, name = "imsinfo", "postgres"

    def __init__(self, folder: Path):
        self.folder = folder
        self.url = f"postgres://{self.user}@/{self.name}?host={folder}"

    @classmethod
    def made_in(cls, folder: Path) -> "Cluster":
        """Make and start a cluster. folder: an empty one, which is handed to its user."""
        if os.getuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(folder, postgres.pw_uid, postgres.pw_gid)
        folder.chmod(0o755)
        cluster = cls(folder)
        cluster._run("initdb", "-A", "trust", "-U", cls.user, "-E", "UTF8", "--locale=C.UTF-8")
        cluster.start()
        return cluster

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", START_TIMEOUT, "-l", log, "-o", options, "start")

    def crash(self) -> None:
        """Stop at once, as at a power cut: what was committed comes back by recovery."""
        self._run("pg_ctl", "-m", "immediate", "stop")

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
