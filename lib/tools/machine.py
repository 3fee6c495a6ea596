"""What a number depends on besides the code: versions of packages, and the machine."""

import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

PACKAGES = {"torch": "torch", "mediapipe": "mediapipe", "numpy": "numpy", "warp": "warp-lang", "anny": "anny"}


def versions() -> dict[str, str]:
    """Versions without importing anything, so that a report costs no more than a file."""
    found = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(package)
    return found


def hardware() -> dict[str, str | int]:
    """What the run's speed depends on; nothing that names the machine or its owner."""
    found: dict[str, str | int] = {"cpu": _cpu(), "cores": os.cpu_count() or 1}
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name(0)
    return found


def _cpu() -> str:
    try:
        if sys.platform == "darwin":
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        return found[1] if found else platform.machine()
    except (OSError, subprocess.CalledProcessError):
        return platform.machine()
