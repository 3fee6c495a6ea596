"""Does UHP depend on MediaPipe's version? The same damaged frames before two generations of Holistic, beside the truth.

    python -m book.studies.generations                       rows of 0.10.21, whose Holistic is in its wheel
    .venv-next/bin/python -m book.studies.generations        rows of a newer one, after `make next`

Each asks the MediaPipe that is installed where it runs, about every clip of D1 test (a camera's damage) and TD2: frames
straight to Holistic, a fresh one for each clip, thresholds 0.3 and 0.3. A hand is kept from 0.5 on, which is fixed in
0.10.21; the newer one lets it be set, and is asked once more with 0.3, as `LOWER`. Rows are added to the file in
book/results, and those of the same methods replaced. The networks are the same files in both generations
(`data_scripts/holistic_bundle.py`), and so are the frames, to the last bit (a row keeps their sum): what differs is
what MediaPipe does between its networks.

The rules stand in book/ledger/claims.toml, and were there before the runs that they judge.
"""

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.shared.gaps import HANDS
from book.shared.paired_rows import paired
from book.studies import runner
from lib import metrics
from lib.evaluation.evaluation import FRAMES, MEASURES, hands, mean_of, undetected, without_nan
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.holistic import extract
from lib.holistic.graph import SOLUTIONS, TASKS
from lib.holistic.tasks import HAND_CONFIDENCE
from lib.keypoints import Keypoints
from lib.signer.clips import Clip, clips, in_target_pixels
from lib.tools.commands import arguments, command, positive

SHIPPED = runner.RESULTS / "generations.json"
COMMAND = "python -m book.studies.generations, in both environments"
SETS = ("d1_test", "td2")
TOGETHER = "both sets"
LOWER = f"{TASKS}, hands from 0.3"
GATES = {SOLUTIONS: (SOLUTIONS, HAND_CONFIDENCE), TASKS: (TASKS, HAND_CONFIDENCE), LOWER: (TASKS, 0.3)}  # by method
SHOWN = ("uhp_dominant", "uhp_both", "false_all", "pck_all")  # of `lib.evaluation.evaluation.MEASURES`


def backend_here() -> str:
    """The generation of the MediaPipe that is installed."""
    found = find_spec("mediapipe")
    folders = found.submodule_search_locations if found else []
    return TASKS if any((Path(folder) / "tasks" / "c").is_dir() for folder in folders) else SOLUTIONS


def row_of(clip: Clip, method: str) -> dict:
    """One row: what one of `GATES` finds in a clip's damaged frames, and how much is right (`hands`, `undetected`).

    ``in_view``, ``found`` and ``wrong`` are numbers of hands, left and right: truly in the picture, found, and found
    where none is or off by more than half a hand. Of each hand there is a digit for each frame, 1 where it was found.
    """
    frames, (backend, gate) = clip.input(), GATES[method]
    settings = {"backend": backend, "min_hand_confidence": gate, "progress": False, "name": clip.name}
    seen = extract(frames, fps=clip.info["fps"], **settings)
    found, truth = in_target_pixels(seen, clip), clip.truth()
    row = {"set": clip.set, "clip": clip.name, "method": method, "path": FRAMES, "frames": len(found)}
    row |= {"pixels": hashlib.sha256(frames.tobytes()).hexdigest()[:16]}
    row |= {package: version(package) for package in ("mediapipe", "numpy")} | {"python": platform.python_version()}
    row |= {part: runner.digits(found.present(part)) for part in HANDS}
    row |= counts(found, truth) | undetected(found, clip.dominant) | hands(found, truth)
    return without_nan(row)


def counts(found: Keypoints, truth: Keypoints) -> dict[str, int]:
    """Hands truly in the picture, found, and found wrongly; both clips in the same pixels."""
    in_view = sum(int((truth.confidence[:, truth.layout.parts[part]] > 0).any(axis=1).sum()) for part in HANDS)
    number = sum(int(found.present(part).sum()) for part in HANDS)
    share = metrics.false_hands(found, truth, "both") if number else 0.0
    return {"in_view": in_view, "found": number, "wrong": round(share * number)}


def read(path: Path = SHIPPED) -> list[dict]:
    """The rows of both generations. Raises BadInput where the file is missing or another one."""
    keys = ("set", "clip", "method", "mediapipe", *SHOWN)
    return runner.read(path, "rows of two generations of MediaPipe", COMMAND, keys=keys)[1]["rows"]


def add(rows: Sequence[dict], path: Path = SHIPPED) -> None:
    """Write the rows, and those of the other generation that are there already."""
    here = {row["method"] for row in rows}
    kept = [row for row in read(path) if row["method"] not in here] if path.exists() else []
    runner.write(path, {}, rows=sorted([*kept, *rows], key=lambda row: (row["method"], row["set"], row["clip"])))


def with_both_sets(rows: Sequence[dict]) -> list[dict]:
    """The rows, and once more as of one set that holds all clips."""
    return [*rows, *(row | {"set": TOGETHER} for row in rows)]


def side_by_side(rows: Sequence[dict]) -> pd.DataFrame:
    """A line for each set and method, by its version: hands counted, and `SHOWN` in per cent, with intervals."""
    lines = {}
    frame = pd.DataFrame(with_both_sets(rows))
    for (name, method), part in frame.groupby(["set", "method"], sort=False):
        line = {"hands in view": part["in_view"].sum(), "found": part["found"].sum(), "false": part["wrong"].sum()}
        line |= {MEASURES[key][0]: mean_of(100 * part[key].astype(float)) for key in SHOWN}
        lines[name, f"{part['mediapipe'].iloc[0]}{method.removeprefix(TASKS).removeprefix(SOLUTIONS)}"] = line
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis(["set", "version"])


def difference(rows: Sequence[dict], key: str, method: str = TASKS, name: str = TOGETHER) -> Interval | None:
    """``method`` minus 0.10.21 in a measure, in points, paired by clip; None where one of them has no rows."""
    return paired(with_both_sets(rows), name, method, SOLUTIONS, key)


def disagreement(rows: Sequence[dict], method: str = TASKS) -> Interval:
    """Of all hands, two a frame, the per cent that only one of the two finds, ``method`` or 0.10.21; over clips."""
    mine, theirs = ({row["clip"]: row for row in rows if row["method"] == name} for name in (method, SOLUTIONS))
    apart = [
        100 * np.mean([np.array(list(mine[clip][part])) != np.array(list(theirs[clip][part])) for part in HANDS])
        for clip in mine.keys() & theirs.keys()
    ]
    return clip_bootstrap(sorted(apart))


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("--clips", type=positive, metavar="N", help="only the first N of each set")
    parser.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE")
    options = parser.parse_args(argv)
    films = [film for name in SETS for film in clips(name)[: options.clips]]
    here = [method for method, (backend, _) in GATES.items() if backend == backend_here()]
    rows = [row_of(film, method) for method, film in tqdm(list(product(here, films)), unit=" clips")]
    add(rows, options.out)
    print(side_by_side(read(options.out)).map(str).T.to_string())


if __name__ == "__main__":
    raise SystemExit(main())
