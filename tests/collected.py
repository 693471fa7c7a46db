"""What every real site begins with, made once for all tests: it takes seconds."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What readers of a test's site see, whatever its port is: so its pages can be prepared before.
SHOWN = {
    "SITE_URL": "http://127.0.0.1",
    # All tests send from one address.
    "ENQUIRIES_IN_TEN_MINUTES": "10000",
    "ENQUIRIES_IN_A_DAY": "10000",
}


def collect_once(var_dir: Path) -> Path:
    """Return the folder of static files below var_dir; collect them if nobody has done so yet.

    Several processes may ask at once: one collects, the others wait for it.
    """
    with _still_to_do(var_dir) as is_to_do:
        if is_to_do:
            _manage(var_dir, "collectstatic", "--no-input")
    return var_dir / "static"


def prepare_once(var_dir: Path, static: Path) -> Path:
    """Return var_dir with all that a site as of SHOWN keeps at its first visit, to be copied.

    static: its static files, as they were collected.
    """
    with _still_to_do(var_dir) as is_to_do:
        if is_to_do:
            shutil.copytree(static, var_dir / "static")
            _manage(var_dir, "migrate")
            _manage(var_dir, "prepare")
    return var_dir


@contextmanager
def _still_to_do(var_dir: Path) -> Iterator[bool]:
    var_dir.mkdir(exist_ok=True)
    done = var_dir.with_name(f"{var_dir.name}-done")
    with var_dir.with_name(f"{var_dir.name}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()


def _manage(var_dir: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command, "--verbosity", "0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir), **SHOWN},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )
