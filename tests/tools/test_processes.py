"""lib.tools.processes: how the threads of a process come by their memory."""

import platform
import subprocess
import sys

import pytest

HEAPS = """
import ctypes, sys, threading
from lib.tools.processes import share_memory
if "shared" in sys.argv:
    share_memory()
libc = ctypes.CDLL(None)
threads = [threading.Thread(target=libc.malloc, args=(1000,)) for _ in range(8)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
libc.malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_threads_share_one_heap_and_would_not_by_themselves():
    heaps = {}
    for how in ("shared", "each its own"):
        run = subprocess.run([sys.executable, "-c", HEAPS, how], capture_output=True, text=True, check=True)
        heaps[how] = run.stderr.count("Arena ")
    assert heaps["shared"] == 1 < heaps["each its own"]
