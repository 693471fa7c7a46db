"""How to start Debian's Chromium."""

import os
import shutil

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch_options_of_chromium():
    """Return what Playwright needs to start it, or None where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        return None
    # Chromium refuses its own sandbox to root.
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {"executable_path": path, "args": flags}
