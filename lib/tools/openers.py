"""Files that others wrote, read so that whatever is wrong with them is BadInput: one opener for each kind.

What numpy and Python's own readers throw at spoilt bytes is of twenty kinds, and some headers ask for more memory than
there is. So sizes and types are checked before anything is made, and nothing is ever unpickled.
"""

import json
import math
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, BinaryIO

import numpy as np

from lib.tools.errors import BadInput

LARGEST_JSON = 2**29  # bytes; Python makes tenfold of them
SMALL = 2**26  # bytes: a file may unpack to so much,
RATIO = 100  # or to so many times its own size; keypoints that are zero nearly everywhere come to 30
NUMBERS, NUMBERS_OR_TEXT = "fiub", "fiubU"  # numpy's letters for kinds of types
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


@contextmanager
def reading(path: str | Path, broken: str, remedy: str) -> Iterator[None]:
    """Turn all that a library throws at a file into BadInput: "PATH ``broken`` (why); ``remedy``."

    So is a path at which no regular file lies, such as a folder, or a pipe, which would be waited for.
    """
    try:
        if not os.path.isfile(path):
            raise ValueError("there is no such file")
        yield
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(f"{path} {broken} ({_why(error)}); {remedy}.") from None


def read_json(path: str | Path, remedy: str, broken: str = "is not a whole JSON file") -> Any:
    """What a JSON file holds. Its types are for the caller to check: a number may have a thousand digits."""
    with reading(path, broken, remedy):
        if (size := os.path.getsize(path)) > LARGEST_JSON:
            raise ValueError(f"{size:,} bytes are more than the {LARGEST_JSON:,} that are read")
        with open(path, "rb") as file:
            return json.loads(file.read())


def check_types(made: Any) -> None:
    """TypeError or ValueError unless a dataclass that was made of JSON holds what its fields say, in finite numbers.

    A whole number will do for any number.
    """
    for field in fields(made):
        value, kinds = getattr(made, field.name), field.type if isinstance(field.type, (type, UnionType)) else dict
        if isinstance(value, int) and isinstance(0.5, kinds):
            value = float(value)
        if not isinstance(value, kinds) or (isinstance(value, float) and not math.isfinite(value)):
            raise TypeError(f"{field.name} is {str(value)[:40]!r}")


def read_npy(path: str | Path, remedy: str, broken: str = "is not a whole .npy file of numbers") -> np.ndarray:
    """The numbers of an ``.npy`` file, of real numbers or truth values."""
    with reading(path, broken, remedy), open(path, "rb") as file:
        return read_array(file, os.path.getsize(path), NUMBERS)


def read_npz(
    path: str | Path, names: Sequence[str], remedy: str, broken: str = "is not a whole .npz file"
) -> dict[str, np.ndarray]:
    """The arrays of an ``.npz`` file, of numbers or text; ``names`` must be among them."""
    with reading(path, broken, remedy), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        if lacking := [name for name in names if f"{name}.npy" not in archive.namelist()]:
            raise ValueError(f"it holds no array {lacking[0]!r}")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise ValueError("numpy does not compress in this way")
        check_unpacked(sum(member.file_size for member in members), os.path.getsize(path))
        arrays = {}
        for member in members:
            with archive.open(member) as file:
                arrays[member.filename.removesuffix(".npy")] = read_array(file, member.file_size, NUMBERS_OR_TEXT)
        return arrays


def read_array(file: BinaryIO, size: int, kinds: str = NUMBERS) -> np.ndarray:
    """One array in numpy's format out of an open file of ``size`` bytes.

    Raises whatever numpy raises, and ValueError for types that are not of these kinds, and for a header that asks for
    more or fewer bytes than follow. Call it within `reading`.
    """
    header = _HEADERS.get(np.lib.format.read_magic(file))
    if header is None:
        raise ValueError("a version of numpy's format that holds no plain numbers")
    shape, _, dtype = header(file)
    if dtype.kind not in kinds or not dtype.itemsize:
        raise ValueError(f"its type is {dtype}")
    asked, left = math.prod(shape) * dtype.itemsize, size - file.tell()
    if asked != left or min(shape, default=0) < 0:
        raise ValueError(f"its header asks for {_bytes(asked)} of numbers, and {left:,} bytes are there")
    if math.prod(max(1, side) for side in shape) > max(SMALL, asked):
        raise ValueError("its header asks for a huge array without a number in it")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def check_unpacked(unpacked: int, packed: int) -> None:
    """ValueError for an archive that would unpack to far more than data do: it was made to fill the memory."""
    if unpacked > max(SMALL, RATIO * packed):
        raise ValueError(f"its {packed:,} bytes would unpack to {_bytes(unpacked)}")


def _bytes(number: int) -> str:
    return f"{number:,} bytes" if abs(number) < 10**15 else "more bytes than any machine has"


def _why(error: Exception) -> str:
    """A library's own words on one line, shortened: some quote the whole file."""
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    first = error.args[0] if error.args and isinstance(error.args[0], str) else error
    text = " ".join(str(first).split()).rstrip(".:; ") or type(error).__name__
    return text if len(text) <= 150 else f"{text[:147]}..."
