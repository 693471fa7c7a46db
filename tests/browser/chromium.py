"""How to start Debian's Chromium."""

import os
import shutil

# The popups of the address bar are pages of their own, which headless windows load as well: half
# of what a window costs.
NEVER_SEEN = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    "PreloadTopChromeWebUI",
)
# The last --disable-features counts, so what Playwright switches off is told again.
BY_PLAYWRIGHT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join((*BY_PLAYWRIGHT, *NEVER_SEEN))}",
]


def launch_options_of_chromium():
    """Return what Playwright needs to start it, or None where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        return None
    # Chromium refuses its own sandbox to root.
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {"executable_path": path, "args": flags}
