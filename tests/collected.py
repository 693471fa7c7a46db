"""The static files of a real site, collected once for all tests: it takes seconds."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def collect_once(var_dir: Path) -> Path:
    """Return the folder of static files below var_dir; collect them if nobody has done so yet.

    Several processes may ask at once: one collects, the others wait for it.
    """
    var_dir.mkdir(exist_ok=True)
    with (var_dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = var_dir / "done"
        if not done.exists():
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir)},
                check=True,
                timeout=300,
            )
            done.touch()
    return var_dir / "static"
