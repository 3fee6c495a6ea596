"""What spoils files, in the same way for the same random numbers: bytes, values, and what lies in a file's place."""

import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

OCCUPIED = 3  # kinds of `occupy`
ODD = [None, True, -1, 0, 2, 2**31, 2**53 + 1, 2**63, 10**400, 1.5, -0.0, 1e300, float("nan"), float("inf"), "", "12"]
ODD += ["x", "../x", "a\0b", "ß\0", "\ud800", [], {}, [[]], [[[0]]], [{}], {"x": 1}, [1, [2]], [None] * 3]
ODD += [list(range(5000))]
TEXTS = [
    b"(",
    b"[",
    b"]",
    b"'",
    b"-",
    b"0",
    b"9" * 30,
    b"\0",
    b"\xff" * 4,
    b"\0" * 4,
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
]
TEXTS += [b"None", b"<f8", b"|O"]


def spoilt_bytes(rng: random.Random, content: bytes) -> bytes:
    """Bits turned, pieces cut out, put in or replaced, or the end lost; mostly where headers lie."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        reach = min(len(data), rng.choice([16, 128, 2000, len(data)])) or 1
        at = rng.randrange(reach) if rng.random() < 0.6 else max(0, len(data) - 1 - rng.randrange(reach))
        kind = rng.randrange(7)
        if kind == 0 and data:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and data:
            data[at] = rng.choice((0, 255, 0x7F, 0x80, rng.randrange(256)))
        elif kind == 2:
            del data[at : at + rng.randrange(1, 64)]
        elif kind == 3:
            data[at:at] = rng.randbytes(rng.randrange(1, 16))
        elif kind == 4:
            data[at:at] = data[: rng.randrange(1, 200)]
        elif kind == 5:
            del data[at:]
        else:
            text = rng.choice(TEXTS)
            data[at : at + len(text)] = text
    return bytes(data)


def spoilt_value(rng: random.Random, value: object, leaf: Callable[[object], object] | None = None) -> object:
    """A copy with another value somewhere, or an entry lost, doubled or one too many.

    ``leaf`` gives what stands in a value's place; without it that is something odd.
    """
    if isinstance(value, dict | list) and value and rng.random() < 0.9:
        copy, place = value.copy(), rng.choice(list(value) if isinstance(value, dict) else range(min(len(value), 8)))
        what = rng.randrange(6)
        if what == 0:
            del copy[place]
        elif what == 1:
            extra = rng.choice(ODD) if rng.random() < 0.5 else value[place]
            copy.append(extra) if isinstance(copy, list) else copy.update({rng.choice(("x", "", "width")): extra})
        else:
            copy[place] = spoilt_value(rng, copy[place], leaf)
        return copy
    return leaf(value) if leaf else rng.choice(ODD)


def occupy(path: Path, kind: int) -> None:
    """In a file's place a folder, a pipe, or a link to itself: kinds 0 to 2."""
    (path.mkdir, partial(os.mkfifo, path), partial(path.symlink_to, path))[kind]()


def no_file(rng: random.Random, path: Path) -> None:
    """In a file's place a folder, a pipe, a link to itself, an empty file, or nothing."""
    path.unlink(missing_ok=True)
    kind = rng.randrange(5)
    if kind < OCCUPIED:
        occupy(path, kind)
    elif kind == OCCUPIED:
        path.touch()
