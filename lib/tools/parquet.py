"""Parquet files, read in a process of their own: spoilt ones make fastparquet end it, stay in it, or fill its memory.

The process stays for the next file, since starting it takes a second. Run as ``python -m lib.tools.parquet``, this file
is that process.
"""

import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from threading import Lock

import numpy as np

from lib.tools.errors import in_a_line
from lib.tools.openers import NUMBERS, reading
from lib.tools.paths import ROOT

SECONDS_TO_START, SECONDS = 120, 10  # and for one file, where good ones take a tenth of a second
MEMORY = 2**30  # bytes of address space
_one_at_a_time = Lock()


def read_parquet(path: str | Path, columns: list[str], remedy: str) -> dict[str, np.ndarray]:
    """Those of the ``columns`` that a parquet file has, of numbers or text, all of one length."""
    with reading(path, "is not a whole parquet file", remedy), _one_at_a_time:
        if _reader(os.getpid())[0].poll() is not None:  # somebody has ended it
            _reader.cache_clear()
        process, connection = _reader(os.getpid())
        try:
            connection.send_bytes(json.dumps([os.path.abspath(path), columns]).encode())
            answer = _message(connection, SECONDS)
        except BaseException as error:  # Ctrl-C too: the next file's answer would be this one's
            process.kill()
            process.wait()
            connection.close()
            _reader.cache_clear()
            if isinstance(error, OSError | EOFError):
                raise ValueError("its reader broke down") from None
            raise
        if not answer.startswith(b"PK"):
            raise ValueError(answer.decode())
        with np.load(io.BytesIO(answer), allow_pickle=False) as arrays:
            return dict(arrays)


@cache
def _reader(_: int) -> tuple[subprocess.Popen, Connection]:
    """This process's own reader; one that is forked has another. Ctrl-C in a terminal does not end it."""
    here, there = Pipe()
    command = [sys.executable, "-m", "lib.tools.parquet", str(there.fileno())]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    lean = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # each thread takes address space
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[there.fileno()], start_new_session=True, env=lean, **quiet)
    there.close()  # so that the end of the process is the end of the line
    _message(here, SECONDS_TO_START)
    return process, here


def _message(connection: Connection, seconds: float) -> bytes:
    if not connection.poll(seconds):
        raise TimeoutError
    return connection.recv_bytes()


def _serve(connection: Connection) -> None:
    """Say that this has begun; answer each request, with an .npz file or an error in words, until no more come."""
    connection.send_bytes(b"ready")
    while True:
        try:
            path, columns = json.loads(connection.recv_bytes())
        except EOFError:
            return
        try:
            answer = _columns(path, columns)
        except Exception as error:
            answer = in_a_line(error)[:200].encode()
        connection.send_bytes(answer)


def _columns(path: str, columns: list[str]) -> bytes:
    file = ParquetFile(path)
    table = file.to_pandas(columns=[column for column in columns if column in file.columns], index=False)
    arrays = {column: table[column].to_numpy() for column in table}
    kept = {name: values if values.dtype.kind in NUMBERS else values.astype(str) for name, values in arrays.items()}
    np.savez(content := io.BytesIO(), **kept)
    return content.getvalue()


if __name__ == "__main__":
    import resource

    from fastparquet import ParquetFile

    with suppress(ValueError, OSError):  # where less is allowed already, and where no such limit is known
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _serve(Connection(int(sys.argv[1])))
