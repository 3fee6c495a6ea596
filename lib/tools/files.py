"""Writing files so that nobody ever meets half of one, and no two runs write the same one.

Beside a file that is being written lies ``.partial-NAME.lock``, locked (flock) as long as its writer lives, also where
that is killed. It says what the writer's unfinished files begin with, ``.partial-TOKEN-``, so that the next writer can
tell them from anybody else's, and delete them. A disk without locks does without all this.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lib.tools.errors import BadInput

MANIFEST = "manifest.json"  # vouches for what a data script made
PARTIAL = ".partial-"  # begins the name of every file that is not whole yet
# what a disk says that takes no more: it is full, the user's share of it is, a file is too large for it, it is failing
FULL_OR_FAILING = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
_LONGEST = 200  # bytes of a name, of the 255 that a disk allows, that stay as they are
_OUR_BEGINNING = re.compile(rf"^{re.escape(PARTIAL)}[0-9a-f]{{16}}-")
_NOTE = re.compile(r"([0-9a-f]{16}) (\S*)\n")  # token and machine


class _Busy(Exception):
    """Another run holds the lock."""


@contextmanager
def written_whole(path: str | Path, *, alone: bool = False, spare: Sequence[Path] = ()) -> Iterator[Path]:
    """Give a temporary path beside ``path``; move it there on success, delete it on any error.

    The temporary name is this run's own, begins with ".partial-" and keeps the suffix, since writers choose the format
    by it. Two runs that write the same file at once leave one whole file, that of the last; with ``alone``, for work
    that should not be done twice, the second is refused. What a killed run left of the same file is deleted, unless it
    is among ``spare``, the files that are being read. Raises BadInput where ``path`` is no regular file, and where the
    disk is full or fails: then the file that was there stays.
    """
    _refuse_other_than_file(Path(path))
    path = at_its_place(path)
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
        except OSError as error:
            short = str(error).endswith(" written")  # numpy's words, which come without a number
            if error.errno not in FULL_OR_FAILING and not short:
                raise
            why = "no room is left" if short else os.strerror(error.errno)
            wanted = path.with_name(_OUR_BEGINNING.sub("", path.name))  # this may be a part of something larger
            raise BadInput(f"{wanted} was not written ({why}): make room, or choose another place.") from error
        finally:
            partial.unlink(missing_ok=True)
    with suppress(OSError):  # not every disk can do so for folders
        flush(path.parent)


def at_its_place(path: str | Path) -> Path:
    """Where a link leads, so that what is written goes there and the link stays; any other path as it is.

    Raises BadInput for links that lead to one another.
    """
    path = Path(path)
    try:
        place = path.resolve() if path.is_symlink() else path
        if place.is_symlink():  # Python 3.13 stops in the circle; before, it says so itself
            raise RuntimeError
        return place
    except (OSError, RuntimeError):
        raise BadInput(f"{path} is a link that leads nowhere; give the name of a file.") from None


def put_in_place(partial: Path, path: Path) -> None:
    """Give a whole file its name, once it is on the disk and not only in memory; a file that was there goes."""
    flush(partial)
    if path.exists() and path.stat().st_mode != partial.stat().st_mode:
        shutil.copymode(path, partial)  # somebody may have made it private
    partial.replace(path)


def flush(path: Path) -> None:
    """Have the system write a file, or a folder's list of names, to the disk, whatever happens to the machine next."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: str | Path) -> str:
    """Hex digest of a file, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def partial_name(path: Path, token: str) -> Path:
    """Where a run writes until all is there: beside ``path``, with its suffix."""
    return path.with_name(f"{PARTIAL}{token}-{_short(path)}")


@contextmanager
def one_writer(path: Path, *, alone: bool = False, spare: Sequence[Path] = ()) -> Iterator[str]:
    """Hold ``path`` while it is written; gives the token of this run, for `partial_name`.

    Where another run holds it, BadInput with ``alone``; otherwise both go on, and the last one's file stays. Deletes
    what a killed run left of it, but nothing among ``spare``.
    """
    token, note = secrets.token_hex(8), path.with_name(f"{PARTIAL}{_short(path)}.lock")
    try:
        lock = _locked(note)
    except _Busy:
        if alone:
            raise BadInput(
                f"{path} is being written by another run; wait until that has ended, or choose another name."
            ) from None
        lock = None
    if lock is None:
        yield token
        return
    try:
        _delete_left(path.parent, os.pread(lock, 1000, 0), spare)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{token} {socket.gethostname()}\n".encode(), 0)
        yield token
    finally:
        if _is_there(note, lock):
            note.unlink()  # still locked: whoever opened it meanwhile looks whether it is there
        os.close(lock)


def _refuse_other_than_file(path: Path) -> None:
    if path.is_dir():
        raise BadInput(f"{path} is a folder; give the name of a file.")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is a device or a pipe and no regular file; give the name of a file.")


def _locked(note: Path) -> int | None:
    """The open, locked file; None where this disk cannot lock, or the file is somebody's and no note of ours."""
    while True:
        try:
            lock = os.open(note, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        except OSError:
            return None
        keep = False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is_ours(lock):
                return None
            if keep := _is_there(note, lock):
                return lock
        except BlockingIOError:
            raise _Busy from None
        except OSError:  # a disk without locks
            if _is_ours(lock) and not os.fstat(lock).st_size:
                note.unlink(missing_ok=True)
            return None
        finally:
            if not keep:
                os.close(lock)


def _is_ours(lock: int) -> bool:
    if not stat.S_ISREG(os.fstat(lock).st_mode):
        return False
    text = os.pread(lock, 1000, 0).decode(errors="replace")
    return not text or bool(_NOTE.fullmatch(text))


def _is_there(note: Path, lock: int) -> bool:
    """Whether the name still means the open file: its last holder may have deleted it."""
    try:
        return os.path.samestat(os.stat(note), os.fstat(lock))
    except FileNotFoundError:
        return False


def _delete_left(folder: Path, text: bytes, spare: Sequence[Path]) -> None:
    """Delete what the run that wrote ``text`` left. On this machine alone: elsewhere its writer may be alive."""
    said = _NOTE.fullmatch(text.decode(errors="replace"))
    if not said or said[2] != socket.gethostname():
        return
    for left in folder.glob(f"{PARTIAL}{said[1]}-*"):
        if any(path.exists() and path.samefile(left) for path in spare):
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _short(path: Path) -> str:
    """The name, or where there is no room for more than that, its sum and suffix."""
    name = os.fsencode(path.name)
    return path.name if len(name) <= _LONGEST else hashlib.sha256(name).hexdigest()[:16] + path.suffix


def write_json(path: str | Path, content: object, indent: int | None = 1, ensure_ascii: bool = True) -> None:
    """Write a JSON file, whole, UTF-8, with a line break at its end."""
    with written_whole(path) as partial:
        text = json.dumps(content, indent=indent, ensure_ascii=ensure_ascii)
        partial.write_text(f"{text}\n", encoding="utf-8")
