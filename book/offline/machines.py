"""The kinds of machine that a bundle serves: what the lock's markers ask of them, and which wheels they can install."""

import platform
import sys
from dataclasses import dataclass
from functools import cache

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms

Python = tuple[int, int]
GLIBC = range(35, 4, -1)  # 2.35 is that of Ubuntu 22.04; a machine installs what was made for an older one
MACOS = (14, 0)  # the oldest that the course names


@dataclass(frozen=True)
class Machine:
    """A system on a processor: its name for people, Python's names for both, and wheels' names, the newest first."""

    name: str
    system: str
    processor: str
    platforms: tuple[str, ...]

    @property
    def is_here(self) -> bool:
        return (platform.system(), platform.machine()) == (self.system, self.processor)

    def markers(self, python: Python) -> dict[str, str]:
        """What a line such as `appnope==1 ; sys_platform == "darwin"` is judged by."""
        version = ".".join(map(str, python))
        told = {"sys_platform": self.system.lower(), "platform_system": self.system, "python_version": version}
        told |= {"platform_machine": self.processor, "python_full_version": f"{version}.0", "os_name": "posix"}
        return told | {"implementation_name": "cpython", "platform_python_implementation": "CPython"}

    def tags(self, python: Python) -> frozenset[Tag]:
        """The tags of every wheel that CPython of this version installs there."""
        return _tags(self.platforms, python)


@cache
def _tags(platforms: tuple[str, ...], python: Python) -> frozenset[Tag]:
    interpreter = f"cp{python[0]}{python[1]}"
    found = [*cpython_tags(python, platforms=platforms), *compatible_tags(python, interpreter, platforms)]
    return frozenset(found)


LINUX = Machine(
    "Linux (Intel, AMD)",
    "Linux",
    "x86_64",
    (*(f"manylinux_2_{minor}_x86_64" for minor in GLIBC), "manylinux2014_x86_64", "manylinux1_x86_64", "linux_x86_64"),
)
MAC = Machine("macOS 14 or newer (Apple silicon)", "Darwin", "arm64", tuple(mac_platforms(MACOS, "arm64")))
MACHINES = (LINUX, MAC)  # those of the lock; for others there is no MediaPipe with Holistic


def this_python() -> Python:
    """The version whose wheels are gathered."""
    return sys.version_info[:2]
