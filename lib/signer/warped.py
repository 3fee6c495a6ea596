"""Warp, set up for the course: its compiled kernels in the ignored cache, and no greeting in every notebook."""

from functools import lru_cache
from types import ModuleType

from lib.tools.paths import CACHE
from lib.tools.quiet import quiet


@lru_cache(maxsize=1)
def warp() -> ModuleType:
    """The ``warp`` module. Import it through here before anything else (Anny, too) starts it."""
    import warp

    warp.config.log_level = warp.LOG_ERROR  # a missing CUDA driver is no news: the renderer runs on the CPU as well
    warp.config.kernel_cache_dir = str(CACHE / "warp")
    with quiet:
        warp.init()
    return warp
