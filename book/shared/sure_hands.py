"""Hands with a probability (`lib.holistic.surety`): how its weights are learned, and whether they say the truth.

    python -m book.shared.sure_hands --learn book/clips:d1_train    lib/holistic/surety.json
    python -m book.shared.sure_hands    TD2, whose signers were held back: book/results/sure_hands.json

A hand is *right* if it is in the picture and its joints are, in the mean, within half a hand's size of the true ones.
What is judged are hands as they come to users: of `extract` on the damaged film ("input"), and of three looks at the
sharpened film ("bg-unet"), both with every candidate. Learned are two logistic regressions (L2, C = 0.01, features made
alike in spread), one of hands that were found and one of candidates.

The *calibration error* (ECE; Guo et al., 2017, On Calibration of Modern Neural Networks) is the mean distance of what
was said from what was true, over ten bins of what was said, each weighted by its hands.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.studies import runner
from lib.evaluation.evaluation import watch
from lib.evaluation.intervals import Interval, ends
from lib.evaluation.methods import find_methods
from lib.holistic.surety import HAND, LEARNED, Candidates, Refused, _seen, features, with_candidates, with_probabilities
from lib.keypoints import Keypoints
from lib.metrics import hand_distance
from lib.signer.clips import Clip, clips, in_target_pixels
from lib.tools.commands import arguments, command
from lib.tools.files import write_json
from lib.tools.paths import CLIPS

SHIPPED = runner.RESULTS / "sure_hands.json"
COMMAND = "python -m book.shared.sure_hands"
# methods, and after how many looks
LEARN_FROM = {"input": (1, 3), "bg-unet": (1, 3), "target": (1,)}
JUDGED_ON = {"input": (1,), "bg-unet": (3,)}
FOUND, CANDIDATES = "found", "candidates"
BINS, C = 10, 0.01


def hands_of(clip: Clip, method: str, looks: int) -> tuple[Keypoints, Candidates, np.ndarray]:
    """The hands that were found, the candidates, and which of both are right, bool (T, 2), left and right."""
    frames, found = watch(find_methods([method])[0], clip, looks)
    refused = Refused()
    for time, frame in enumerate(frames):
        refused(time, frame, found.xyz[time])
    return found, refused.candidates, right(with_candidates(found, refused.candidates), clip)


def right(found: Keypoints, clip: Clip) -> np.ndarray:
    """Which hands are where they truly are, bool (T, 2); False where one is missing."""
    truth, guess = clip.truth(), in_target_pixels(found, clip)
    near = [hand_distance(guess.xyz[:, part, :2], truth.xyz[:, part, :2]) <= 0.5 for part in HAND]
    visible = [(truth.confidence[:, part] > 0).any(axis=1) for part in HAND]
    return np.stack(near, axis=1) & np.stack(visible, axis=1)


def learn(places: Sequence[str], out: Path = LEARNED) -> None:
    """Write the weights learned from the clips of these places, each FOLDER:SET."""
    seen: dict[str, list] = {FOUND: [], CANDIDATES: []}
    for clip in tqdm([clip for place in places for clip in clips_of(place)], unit=" clips"):
        for method, looks in jobs_of(LEARN_FROM):
            found, candidates, true = hands_of(clip, method, looks)
            for kind, rows in examples(found, candidates, true).items():
                seen[kind].append(rows)
    names = [*_seen(found, 0, 1), "the network's word, logit"]
    learned = {kind: fitted(np.concatenate(rows), names) for kind, rows in seen.items()}
    write_json(out, {"command": " ".join([COMMAND, "--learn", *places]), **learned}, indent=1)


def examples(found: Keypoints, candidates: Candidates, true: np.ndarray) -> dict[str, np.ndarray]:
    """Features of hands that were found and of candidates, each a row, whether it is right in the last column."""
    there = np.stack([found.present("left_hand"), found.present("right_hand")], axis=1)
    of_found = np.column_stack([features(found)[there], true[there]])
    if not candidates:
        return {FOUND: of_found}
    places, words = tuple(zip(*candidates)), [word for _, word in candidates.values()]
    told = features(with_candidates(found, candidates))[places]
    return {FOUND: of_found, CANDIDATES: np.column_stack([told, words, true[places]])}


def fitted(rows: np.ndarray, names: Sequence[str]) -> dict:
    """A logistic regression of the last column, (N, F + 1), as `lib.holistic.surety` reads it."""
    from sklearn.linear_model import LogisticRegression

    told, true = rows[:, :-1], rows[:, -1]
    mean, spread = np.nanmean(told, axis=0), np.nanstd(told, axis=0)
    spread[spread == 0] = 1
    model = LogisticRegression(C=C, max_iter=5000).fit(np.nan_to_num((told - mean) / spread), true)
    weights = {name: [round(float(x), 5) for x in pair] for name, *pair in zip(names, mean, model.coef_[0] / spread)}
    facts = {"hands": len(rows), "right": int(true.sum()), "bias": round(float(model.intercept_[0]), 5)}
    return facts | {"mean and weight": weights}


def clips_of(place: str) -> list[Clip]:
    """The clips of FOLDER:SET."""
    folder, name = place.rsplit(":", 1)
    return clips(name, Path(folder))


def row_of(clip: Clip, method: str, looks: int) -> list[dict]:
    """For hands found and for candidates: their number by bins of what was said, what was said, and what was right."""
    found, candidates, true = hands_of(clip, method, looks)
    said = with_probabilities(found, candidates, least=0.0).confidence[:, [part.start for part in HAND]]
    kinds = {FOUND: np.stack([found.present("left_hand"), found.present("right_hand")], axis=1)}
    kinds[CANDIDATES] = np.zeros_like(kinds[FOUND])
    if candidates:
        kinds[CANDIDATES][tuple(zip(*candidates))] = True
    row = {"set": clip.set, "clip": clip.name, "signer": clip.info["recipe"]["signer"]}
    row |= {"method": method, "looks": looks}
    return [row | {"kind": kind} | _counts(said[of_kind], true[of_kind]) for kind, of_kind in kinds.items()]


def _counts(said: np.ndarray, true: np.ndarray) -> dict[str, list]:
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    sums = {"hands": np.ones_like(said), "said": said, "right": true.astype(float)}
    return {name: np.bincount(bins, value, BINS).round(4).tolist() for name, value in sums.items()}


def read(path: Path = SHIPPED) -> list[dict]:
    """The rows that ship. Raises BadInput where the file is missing or another one."""
    return runner.read(path, "rows of hands with a probability", COMMAND, keys=("clip", "kind", "said"))[1]["rows"]


def bins_of(rows: Sequence[dict]) -> np.ndarray:
    """Hands, what was said of them and how many were right, added up, (3, BINS)."""
    return np.sum([[row["hands"], row["said"], row["right"]] for row in rows], axis=0)


def calibration_error(counts: np.ndarray) -> float:
    """ECE, in [0, 1], of `bins_of`."""
    hands, said, true = counts
    return float(np.abs(said - true).sum() / hands.sum())


def error_with_interval(rows: Sequence[dict], draws: int = 2000) -> Interval:
    """ECE of all rows together, in points; signers are drawn, each with all their clips."""
    signers = sorted({row["signer"] for row in rows})
    each = np.array([bins_of([row for row in rows if row["signer"] == signer]) for signer in signers])
    drawn = np.random.default_rng(0).integers(len(signers), size=(draws, len(signers)))
    errors = np.array([calibration_error(each[choice].sum(axis=0)) for choice in drawn])
    return Interval(100 * calibration_error(each.sum(axis=0)), *ends(100 * errors), len(signers))


def table(rows: Sequence[dict]) -> pd.DataFrame:
    """A line for each method and kind: hands, those right, and ECE in per cent."""
    frame, lines = pd.DataFrame(rows), {}
    for key, part in frame.groupby(["method", "looks", "kind"], sort=False):
        chosen = part.to_dict("records")
        hands, said, true = bins_of(chosen).sum(axis=1)
        lines[key] = {"hands": int(hands), "right, %": 100 * true / hands, "said, %": 100 * said / hands}
        lines[key]["calibration error, %"] = 100 * calibration_error(bins_of(chosen))
    return pd.DataFrame.from_dict(lines, orient="index")


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("--learn", nargs="+", metavar="FOLDER:SET", help="learn from these clips, in place of judging")
    parser.add_argument("--sets", nargs="+", default=[f"{CLIPS}:td2"], metavar="FOLDER:SET", help="clips that judge")
    parser.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE")
    options = parser.parse_args(argv)
    if options.learn:
        return learn(options.learn)
    jobs = [(clip, *job) for place in options.sets for clip in clips_of(place) for job in jobs_of(JUDGED_ON)]
    rows = [row for job in tqdm(jobs, unit=" rows") for row in row_of(*job)]
    runner.write(options.out, {"command": COMMAND, "learned": json.loads(LEARNED.read_text())["command"]}, rows=rows)
    print(table(rows).round(2).to_string())
    for kind in (FOUND, CANDIDATES):
        print(kind, error_with_interval([row for row in rows if row["kind"] == kind]))
    print("all", error_with_interval(rows))


def jobs_of(wanted: Mapping[str, Sequence[int]]) -> list[tuple[str, int]]:
    """(method, looks) of each method's looks."""
    return [(method, looks) for method, counts in wanted.items() for looks in counts]


if __name__ == "__main__":
    raise SystemExit(main())
