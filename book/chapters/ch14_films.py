"""Chapter 14: a film before and after: the command, its facts, hands along the time, signs of trouble, many films."""

import re
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from book.shared.gaps import runs
from book.shared.hands import shoulder_width
from book.shared.palette import ORANGE, SKY, VERMILLION, panel
from lib.enhance import Summary
from lib.enhance.sound import check_track
from lib.keypoints import Keypoints
from lib.metrics import hand_distance
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.video import FORMATS, probe
from lib.video.about import pictures
from lib.video.containers import Tally, copy_tracks, open_film, packets, tallied
from lib.video.film import check_frames

if TYPE_CHECKING:
    import av

COPIED = (".mp4", ".mov", ".webm", ".mkv")  # the beginning of any other kind of film goes into .mkv, which holds most


def film_facts(path: str | Path) -> dict[str, str]:
    """The facts in words, for a table. Raises BadInput for what is no readable film.

    "shifted by up to" says how far a frame moves when all are shown at an even rate: above a tenth of a second the film
    has a variable frame rate.
    """
    info = probe(path)
    return {
        "size": f"{info.width} x {info.height}",
        "frames a second": f"{info.fps:.2f}",
        "length": f"{info.duration:.1f} s",
        "shifted by up to": f"{info.moved:.2f} s",
        "sound": "yes" if info.sound else "no",
        "interlaced": "yes" if info.interlaced else "no",
    }


def beginning(path: str | Path, seconds: float, folder: str | Path) -> Path:
    """The film's first ``seconds``, or a few frames less, copied to a file in ``folder``; nothing is coded anew.

    A film that is not longer, or a folder of images, is left alone: its own path is returned.
    So is, with a warning, a film that cannot be copied in part, as .mkv does not take its kind of pictures or sound.
    """
    import av

    path = Path(path)
    suffix = path.suffix.lower() if path.suffix.lower() in COPIED else ".mkv"
    out = Path(folder) / f"{path.stem}{suffix}"
    if path.is_dir() or probe(path).duration <= seconds:
        return path
    if out.exists() and out.samefile(path):
        raise BadInput(f"{path} would be written over; give another folder than the film's own for its beginning.")
    try:
        with written_whole(out, spare=[path]) as partial:
            _copy_beginning(path, partial, seconds)
        return out
    except (av.FFmpegError, ValueError) as error:
        if isinstance(error, OSError):  # the disk, not the film
            raise
    warnings.warn(
        f"{path} is used whole: {suffix} cannot hold a part of it as it is. Cut it first, if it is long: "
        f"ffmpeg -i {path.name} -t {seconds:g} {path.stem}-part.mp4",
        stacklevel=2,
    )
    return path


def _copy_beginning(path: Path, out: Path, seconds: float) -> None:
    """Raises BadInput where fewer frames, or less sound, can be read from the copy than from the film."""
    with ExitStack() as opened:
        films = [opened.enter_context(open_film(path)) for _ in range(2)]  # so that no track waits for the other
        shown = pictures(films[0])
        shown.thread_type = "AUTO"
        end = float((shown.start_time or 0) * shown.time_base) + seconds
        streams = [shown, *films[1].streams.audio[:1]]
        tallies = [Tally() for _ in streams]
        tracks = [
            (stream, tallied(until_moment(packets(film, stream), end), stream, tally))
            for film, stream, tally in zip(films, streams, tallies)
        ]
        copy_tracks(out, FORMATS[out.suffix][0], tracks)
    check_frames(out, tallies[0].frames)
    if len(tallies) > 1:
        check_track(out, 1, tallies[1])


def until_moment(packets: Iterable["av.Packet"], end: float) -> Iterator["av.Packet"]:
    """The packets before the first that is shown or heard at ``end`` (seconds) or later.

    They come in the order of decoding, so a few frames before ``end`` may be lacking, but none before those (.avi does
    not say when a frame is shown: there, the last one may be from a little later).
    """
    for packet in packets:
        ticks = packet.dts if packet.pts is None else packet.pts
        if ticks is not None and float(ticks * packet.time_base) >= end:
            return
        yield packet


FASTEST = 8.0  # shoulder widths a second: the fastest true wrist of D1 train has 7.6
SAME_PLACE = 0.25  # of a hand's size: nearer than that, left and right are one hand found twice
APART = 0.5  # of a hand's size, as in `lib.metrics.false_hands`
HANDS = {"right": ORANGE, "left": SKY}  # and their colours, as in `book.shared.draw`


# What can be said of found hands where nobody knows the truth: what changed, and signs that something is wrong.
#
# Signs, not proofs. A hand in the wrong place that keeps still shows none of them (chapter 14 counts those).
def jumps(keypoints: Keypoints, hand: str = "right") -> np.ndarray:
    """Frames, (T,) bool, whose hand was found in the frame before too, and whose wrist got here faster than an arm can.

    True of a hand that was taken for the other one, for another person's or for a face, and at every cut.
    """
    wrist = keypoints.part(f"{hand}_hand")[:, keypoints.layout.wrist, :2]
    step = np.linalg.norm(np.diff(wrist, axis=0, prepend=wrist[:1]), axis=1)  # NaN beside a lost hand
    return step * keypoints.fps / shoulder_width(keypoints) > FASTEST


def doubled(keypoints: Keypoints) -> np.ndarray:
    """Frames, (T,) bool, in which left and right hand lie on one another joint by joint: one hand, found twice."""
    left, right = (keypoints.part(f"{hand}_hand")[..., :2] for hand in ("left", "right"))
    return hand_distance(left, right) < SAME_PLACE  # NaN where one is lost


def apart(before: Keypoints, after: Keypoints, hand: str = "right") -> np.ndarray:
    """Frames, (T,) bool, in which a hand was found both times, but in two places: one of them is wrong.

    The two may be in pixels of different sizes; half a hand's size makes two places.
    """
    one = before.part(f"{hand}_hand")[..., :2]
    two = after.part(f"{hand}_hand")[..., :2] * np.divide(before.size, after.size)
    return hand_distance(two, one) > APART


def changes(before: Keypoints, after: Keypoints) -> pd.DataFrame:
    """Frames in which each hand was found in the film as it was (``before``) and as it is: one row a hand."""
    rows = {}
    for hand in HANDS:
        then, now = before.present(f"{hand}_hand"), after.present(f"{hand}_hand")
        rows[hand] = {
            "frames": len(then),
            "lost before": (~then).sum(),
            "lost after": (~now).sum(),
            "back": (~then & now).sum(),
            "newly lost": (then & ~now).sum(),
            "in another place": apart(before, after, hand).sum(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").astype(int)


def signs(keypoints: Keypoints) -> pd.DataFrame:
    """Frames with a sign that something is wrong, one row a hand."""
    twice = int(doubled(keypoints).sum())
    rows = {hand: {"jumps": int(jumps(keypoints, hand).sum()), "both hands in one place": twice} for hand in HANDS}
    return pd.DataFrame.from_dict(rows, orient="index")


def timeline(films: Mapping[str, Keypoints]) -> Figure:
    """A row for each hand and film ("before", "after"): coloured where it was found, white where it was lost.

    Red strokes above a row are jumps (`book.chapters.ch14_films.jumps`). All films are of one length.
    """
    rows = [(hand, name) for hand in HANDS for name in films]
    figure, ax = panel(8, 0.45 * len(rows) + 0.9)
    for row, (hand, name) in enumerate(rows):
        keypoints = films[name]
        found = [(a / keypoints.fps, (b - a) / keypoints.fps) for a, b in runs(keypoints.present(f"{hand}_hand"))]
        ax.broken_barh(found, (row - 0.35, 0.7), color=HANDS[hand])
        times = np.flatnonzero(jumps(keypoints, hand)) / keypoints.fps
        ax.plot(times, np.full(len(times), row - 0.42), "|", color=VERMILLION, markersize=9, markeredgewidth=2)
    last = max(len(keypoints) / keypoints.fps for keypoints in films.values())
    ax.set(xlim=(0, last), ylim=(len(rows) - 0.5, -0.6), xlabel="seconds")
    ax.set_yticks(range(len(rows)), [f"{hand} hand, {name}" for hand, name in rows])
    return figure


@dataclass(frozen=True)
class Cost:
    """What each second of film cost: seconds of work, bytes of the enlarged video, bytes of keypoints."""

    seconds: float
    video: float
    keypoints: float

    def of(self, hours: float, machines: int = 1) -> dict[str, float]:
        """Days of work of each machine, and gigabytes in all, for so many hours of film like the measured one."""
        if hours <= 0 or machines < 1:
            raise BadInput(f"A forecast needs more than 0 hours and a machine or more, not {hours} and {machines}.")
        return {
            "days": self.seconds * hours / 24 / machines,
            "GB of video": self.video * hours * 3600 / 1e9,
            "GB of keypoints": self.keypoints * hours * 3600 / 1e9,
        }


def measured(summary: Summary, pose: Path) -> Cost:
    """The cost by what `lib.enhance.enhance` has done to a film, whose keypoints it wrote to ``pose``."""
    length = summary.frames / summary.fps
    return Cost(summary.seconds / length, Path(summary.out).stat().st_size / length, Path(pose).stat().st_size / length)


def as_in_a_terminal(folder: Path, *arguments: object) -> None:
    """Run `python -m lib.enhance` in a folder with these arguments, and print what it says, progress bars aside."""
    words = [str(word) for word in arguments]
    print("$ python -m lib.enhance", shlex.join(words))
    command = [sys.executable, "-m", "lib.enhance", *words]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    told = re.sub(r"\x1b\[\d*[A-Z]", "", run.stderr)  # bars move the cursor up
    notes = [line for line in re.split(r"[\r\n]+", told) if line.strip() and "|" not in line]  # no progress bars
    print("\n".join([*notes, run.stdout.strip(), f"(exit status {run.returncode})"]))
