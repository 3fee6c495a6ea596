"""Writing files so that nobody ever meets half of one."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lib.errors import BadInput
from lib.one_writer import one_writer, partial_name


@contextmanager
def written_whole(path: str | Path, *, alone: bool = False, spare: Sequence[Path] = ()) -> Iterator[Path]:
    """Give a temporary path beside ``path``; move it there on success, delete it on any error.

    The temporary name is this run's own, begins with ".partial-" and keeps the suffix, since writers choose the format
    by it. Two runs that write the same file at once leave one whole file, that of the last; with ``alone``, for work
    that should not be done twice, the second is refused. What a killed run left of the same file is deleted, unless it
    is among ``spare``, the files that are being read. Raises BadInput where ``path`` is no regular file.
    """
    path = Path(path)
    _refuse_other_than_file(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with one_writer(path, alone=alone, spare=spare) as token:
        partial = partial_name(path, token)
        try:
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))  # nobody else's; the umask's rights
        except OSError as error:
            error.filename = str(path)  # the name that the reader knows
            raise
        try:
            yield partial
            put_in_place(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def put_in_place(partial: Path, path: Path) -> None:
    """Give a whole file its name, once it is on the disk and not only in memory; a file that was there goes."""
    flush(partial)
    if path.exists() and path.stat().st_mode != partial.stat().st_mode:
        shutil.copymode(path, partial)  # somebody may have made it private
    partial.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Have the system write a file, or a folder's list of names, to the disk, whatever happens to the machine next."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        if not path.is_dir():  # not every disk can do so for folders
            raise
    finally:
        os.close(descriptor)


def _refuse_other_than_file(path: Path) -> None:
    if path.is_dir():
        raise BadInput(f"{path} is a folder; give the name of a file.")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is a device or a pipe and no regular file; give the name of a file.")


def sha256(path: str | Path) -> str:
    """Hex digest of a file, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
