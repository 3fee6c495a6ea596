"""Keeping the chatter of a C++ library out of the reader's notebook.

MediaPipe, and Warp about a CUDA driver that is not there, write their notes straight to file descriptor 2, where
neither Python's logging nor the variable ``GLOG_minloglevel`` reaches them (mediapipe issue 5737). They are caught
while that code runs: notes and warnings are thrown away, every other line is passed on. Python's own errors are
exceptions and are not touched.
"""

import os
import re
import tempfile
import threading
from typing import BinaryIO, Self

_CHATTER = re.compile(rb"[IW]\d{4} |INFO: |WARNING: |Warp CUDA warning: Could not find")
_STDERR = 2


class _Quiet:
    """``with quiet:`` drops what C++ code notes on standard error within the block. Threads may overlap."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._saved = -1
        self._caught: BinaryIO | None = None

    def __enter__(self) -> Self:
        with self._lock:
            if self._inside == 0:
                self._caught = tempfile.TemporaryFile()
                self._saved = os.dup(_STDERR)
                os.dup2(self._caught.fileno(), _STDERR)
            self._inside += 1
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                os.dup2(self._saved, _STDERR)
                os.close(self._saved)
                self._pass_on()

    def _pass_on(self) -> None:
        with self._caught as caught:
            caught.seek(0)
            for line in caught:
                if not _CHATTER.match(line):
                    os.write(_STDERR, line)


quiet = _Quiet()
