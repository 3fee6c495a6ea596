"""Names and places: odd names of films, pipes, sockets and links among them, and outputs that cannot be written."""

import contextlib
import os
import random
import socket
from collections.abc import Callable
from pathlib import Path

from enhance_films import weight_file
from odd_films import film
from spoiling import OCCUPIED, occupy

from lib.enhance.cli import main as enlarge
from lib.holistic.corpus import main as extract
from lib.video import probe

NAMES = [b"a\xe9.mp4", b"12:30.mp4", b"-b.mp4", b"a\nb.mp4", b"\x1b[31mred.mp4", b" .mp4", b"a b'\".mp4", b"%s%d{}.mp4"]
NAMES += [b"x" * 250 + b".mp4", "ä字🙂.mp4".encode(), b"http:a.mp4", b"file:b.mp4", b"pipe:0.mp4", b"a\xff\xfe.MP4"]
NAMES += [
    b"concat:a|b.mp4",
    b"a.tar.mp4",
    b"$(ls).mp4",
    b"*.mp4",
    b"~.mp4",
    b"a\\b.mp4",
    b"con.mp4",
    b"a\r.mp4",
    b".mp4",
]


def _film(path: bytes | Path) -> None:
    plain = Path(os.fsdecode(path)).parent / "plain.mkv"
    film(plain, [0, 0.04, 0.08])
    os.rename(plain, path)


def names(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Films of odd names in a folder, each alone beside a plain one: all are done."""
    inside, name = folder / "in", rng.choice(NAMES)
    inside.mkdir()
    _film(inside / "plain.mp4")
    _film(os.path.join(os.fsencode(inside), name))
    weights, tool = weight_file(folder), rng.choice(["enlarge", "extract", "alone"])

    def check() -> None:
        out = folder / "out"
        if tool == "extract":
            assert extract([str(inside), "--out", str(out), "--processes", "1"]) == 0
        elif tool == "alone":
            path = os.fsdecode(os.path.join(os.fsencode(inside), name))
            assert enlarge([path, "--out", str(folder / "o.mp4"), "--whole", "--weights", str(weights)]) == 0
            assert probe(folder / "o.mp4").frames == 3
            return
        else:
            assert enlarge([str(inside), "--out", str(out), "--whole", "--weights", str(weights)]) == 0
        made = [path for path in out.iterdir() if path.suffix in (".mp4", ".pose")]
        assert len(made) == (1 if name == b".mp4" else 2), made

    return check


def company(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Among good films pipes, sockets, links to nowhere and in circles, folders called like films, rubbish, and no
    rights: the good ones are done."""
    inside = folder / "in"
    (inside / "deep" / "er").mkdir(parents=True)
    for name in ("a.mp4", "deep/b.mp4"):
        _film(inside / name)
    kinds, bad = rng.sample(range(10), 3), 0
    if 0 in kinds:
        os.mkfifo(inside / "pipe.mp4")
    if 1 in kinds:
        with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(inside):
            server.bind("s.mp4")
    if 2 in kinds:
        (inside / "c.mp4").symlink_to("c.mp4")
    if 3 in kinds:
        (inside / "deep" / "up").symlink_to(inside)
    if 4 in kinds:
        (inside / "folder.mp4").mkdir()
    if 5 in kinds:
        (inside / "rubbish.mp4").write_bytes(rng.randbytes(5000))
        bad = 1
    if 6 in kinds:
        (inside / "empty.mp4").touch()
        bad = 1
    if 7 in kinds:
        (inside / "._a.mp4").write_bytes(rng.randbytes(100))
        (inside / "__MACOSX").mkdir()
        (inside / "__MACOSX" / "a.mp4").write_bytes(b"x")
    if 8 in kinds:
        (inside / "notes.txt").write_text("x")
        (inside / ".partial-0123456789abcdef-x.mp4").write_bytes(b"x")
    if 9 in kinds:
        (inside / "gone.mp4").symlink_to("nowhere.mp4")
    weights, extracting, out = weight_file(folder), rng.random() < 0.3, folder / "out"

    def check() -> None:
        if extracting:
            status = extract([str(inside), "--out", str(out), "--processes", "1"])
        else:
            status = enlarge([str(inside), "--out", str(out), "--whole", "--weights", str(weights)])
        suffix = ".pose" if extracting else ".mp4"
        made = sorted(str(path.relative_to(out)) for path in out.rglob(f"*{suffix}"))
        assert {f"a{suffix}", f"deep/b{suffix}"} <= set(made) and status == bad, (kinds, made, status)
        assert len(made) == 2, made

    return check


def outputs(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Results that are to go where they cannot: a status of 1, and what was there is as it was."""
    path, weights, kind = folder / "a.mp4", weight_file(folder), rng.randrange(12)
    _film(path)
    out, keypoints = folder / "o.mp4", None
    if kind < OCCUPIED:
        occupy(out, kind)
    elif kind == OCCUPIED:
        out = path
    elif kind == 4:
        out.hardlink_to(path)
    elif kind == 5:
        out = path / "o.mp4"
    elif kind == 6:
        out = folder / ("y" * 300 + ".mp4")
    elif kind == 7:
        out = Path("/proc/o.mp4")
    elif kind == 8:
        out = Path("/dev/full")
    elif kind == 9:
        keypoints = folder / "k.pose"
        keypoints.mkdir()
    elif kind == 10:
        keypoints = out
    else:
        out = folder / "o.xyz"
    before = path.read_bytes()

    def check() -> None:
        more = ["--keypoints", str(keypoints)] if keypoints else []
        status = enlarge([str(path), "--out", str(out), "--whole", "--weights", str(weights), *more])
        assert status == 1 and path.read_bytes() == before, (kind, status)
        assert not [left for left in os.listdir(folder) if left.startswith(".partial-")]

    return check


def folders(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Folders without a film, of folders alone, in a circle, and files in their place: a status of 1."""
    inside, kind = folder / "in", rng.randrange(6)
    inside.mkdir()
    if kind == 1:
        (inside / "a" / "b" / "c").mkdir(parents=True)
    elif kind == 2:
        (inside / "loop").symlink_to(inside)
    elif kind == 3:
        inside.rmdir()
    elif kind == 4:
        inside.rmdir()
        inside.symlink_to(inside)
    elif kind == 5:
        inside.rmdir()
        inside.write_text("no film")
    weights, extracting = weight_file(folder), rng.random() < 0.5

    def check() -> None:
        if extracting:
            status = extract([str(inside), "--out", str(folder / "k"), "--processes", "1"])
        else:
            status = enlarge([str(inside), "--out", str(folder / "o"), "--whole", "--weights", str(weights)])
        assert status == 1, (kind, extracting, status)

    return check
