"""What it brings that later looks refuse hands (`lib.holistic.second_look.unlikely`): the same looks without it.

    python -m book.shared.refusals --set d1_test td2       rendered clips, by their truth
    python -m book.shared.refusals --films FILE...         films of people, by what is found in the sharp film

Both begin with the same first look at BG-UNet's frames, so that all they differ in are the refusals. Rows are added to
book/results/refusals.json, in shares of all hands (two a frame): lost, which are there and not found, and false, which
are found where none is, or off by more than half a hand. In films of people the sharp film's
hands stand in for the truth, and a hand that only the method's film shows counts as false.
"""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.shared.gaps import HANDS
from book.studies import runner
from book.studies.real_films import RealClip, Spoiling, numbered, spoil_all
from book.studies.second_judge_rows import FRAMES_OF_A_FILM, set_of
from lib.enhance import MODEL
from lib.evaluation.__main__ import readable
from lib.evaluation.evaluation import looked_at
from lib.evaluation.intervals import Interval, clip_bootstrap, paired_bootstrap
from lib.evaluation.methods import TARGET, Method, find_methods
from lib.holistic import second_look, third_look
from lib.holistic.third_look import MOST, places_to_look
from lib.keypoints import Keypoints
from lib.metrics import hand_distance
from lib.signer.clips import Clip, clips
from lib.tools.commands import arguments, command

SHIPPED = runner.RESULTS / "refusals.json"
COMMAND = "python -m book.shared.refusals --set d1_test td2, and --films FILE..."
LOST, FALSE = MEASURES = ("lost", "false")


@contextmanager
def nothing_refused() -> Iterator[None]:
    """Later looks as they were before they refused hands."""
    with patch.object(second_look, "unlikely", _never), patch.object(third_look, "unlikely", _never):
        yield


def _never(*_: object) -> bool:
    return False


def looks_without(method: Method, clip: Clip) -> list[Keypoints]:
    """What two and three looks find where nothing is refused; only frames that they look into are made."""
    found = looked_at(method, clip)
    with nothing_refused():
        missing = ~np.stack([found.present(hand) for hand in HANDS]).all(axis=0)
        second = second_look.second_look(made(method, clip, np.flatnonzero(missing)), found)
        third = third_look.third_look(made(method, clip, sorted(places_to_look(second))), second)
    return [second, third]


def made(method: Method, clip: Clip, times: Sequence[int]) -> np.ndarray:
    """The method's frames (T, 2H, 2W, 3) at these times, black at all others; it has to work frame by frame."""
    source = clip.input()
    count, height, width, colours = source.shape
    frames = np.zeros((count, 2 * height, 2 * width, colours), np.uint8)
    for time, frame in zip(times, method.run(source[list(times)]) if len(times) else (), strict=True):
        frames[time] = frame
    return frames


def counted(found: Keypoints, real: Keypoints) -> dict[str, float]:
    """Lost and false hands, as shares of all; keypoints may be in pixels of different sizes."""
    lost, false = [], []
    for hand in HANDS:
        there = (real.confidence[:, real.layout.parts[hand]] > 0).any(axis=1)
        guess = found.part(hand)[..., :2] * np.divide(real.size, found.size)
        in_place = there & (hand_distance(guess, real.part(hand)[..., :2]) <= 0.5)  # beside NaN nothing is
        lost.append(there & ~found.present(hand))
        false.append(found.present(hand) & ~in_place)
    return {LOST: float(np.mean(lost)), FALSE: float(np.mean(false))}


def rows_of(method: Method, clip: Clip) -> list[dict]:
    """One, two and three looks at a clip, and the later ones without refusals."""
    real = clip.keypoints(TARGET) if isinstance(clip, RealClip) else clip.truth()
    looks = [(1, True, looked_at(method, clip))]
    looks += [(count, True, looked_at(method, clip, count)) for count in range(2, MOST + 1)]
    looks += [(count, False, found) for count, found in enumerate(looks_without(method, clip), 2)]
    place = {"set": set_of(clip), "clip": clip.name, "method": method.name}
    return [place | {"looks": count, "refuses": refuses} | counted(found, real) for count, refuses, found in looks]


def change(rows: Sequence[dict], name: str, looks: int, measure: str) -> Interval:
    """With refusals minus without, points of all hands, paired by clip."""
    of = {(row["refuses"], row["clip"]): row[measure] for row in rows if (row["set"], row["looks"]) == (name, looks)}
    films = [clip for refuses, clip in of if refuses]
    with_, without = ([100 * of[refuses, clip] for clip in films] for refuses in (True, False))
    found = paired_bootstrap(with_, without)
    return replace(found, **{end: round(getattr(found, end), 9) + 0.0 for end in ("mean", "low", "high")})


def table(rows: Sequence[dict]) -> pd.DataFrame:
    """For each set and number of looks: hands without refusals, with them, and the difference, per cent of all."""
    lines = {}
    for name, looks in dict.fromkeys((row["set"], row["looks"]) for row in rows if row["looks"] > 1):
        line = {}
        for measure in MEASURES:
            for refuses, word in ((False, "nothing refused"), (True, "as it ships")):
                wanted = (name, looks, refuses)
                of = [row[measure] for row in rows if (row["set"], row["looks"], row["refuses"]) == wanted]
                line[f"{measure}, %, {word}"] = clip_bootstrap([100 * share for share in of])
            line[f"{measure}, points"] = change(rows, name, looks, measure)
        lines[name, f"{looks} looks"] = line
    index = pd.MultiIndex.from_tuples(lines, names=["set", "looks"])
    return pd.DataFrame(list(lines.values()), index, dtype=object)


def read(path: Path = SHIPPED) -> list[dict]:
    """The rows that ship. Raises BadInput where the file is missing or another one."""
    return runner.read(path, "rows of refusals", COMMAND, keys=("set", "looks", "refuses", *MEASURES))[1]["rows"]


def options_of(argv: list[str] | None) -> Namespace:
    """The command line's."""
    parser = arguments(__doc__)
    parser.add_argument("--set", nargs="*", default=[], metavar="SET", help="rendered clips")
    parser.add_argument("--films", nargs="*", default=[], type=Path, metavar="FILE", help="sharp films of people")
    parser.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE")
    return parser.parse_args(argv)


@command
def main(argv: list[str] | None = None) -> None:
    options, (method,) = options_of(argv), find_methods([MODEL])
    films = [clip for name in options.set for clip in clips(name)]
    people = spoil_all(options.films, Spoiling(frames=FRAMES_OF_A_FILM)) if options.films else []
    new = [row for clip in tqdm(films, unit=" clips") for row in rows_of(method, clip)]
    new += numbered([row for clip in tqdm(people, unit=" films") for row in rows_of(method, clip)])
    sets = {row["set"] for row in new}
    kept = [row for row in read(options.out) if row["set"] not in sets] if options.out.exists() else []
    runner.write(options.out, {"command": COMMAND, "network": {method.name: method.digest}}, rows=[*kept, *new])
    print(readable(table(new)).to_string(line_width=120))


if __name__ == "__main__":
    raise SystemExit(main())
