"""R3's Tables 1 and 2 and the pair that it discusses, R against U, from the rows of `lib.joins2sign_results`."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.intervals import Interval, paired_bootstrap
from lib.joins2sign_results import pick
from lib.joins2sign_training import INVARIANT
from lib.lis import LETTERS, Photos

# R3's figures, by their names in `lib.papers`: for the dynamic weighting; and the letters of each network
PAPER = {
    "accuracy": "R3 Table 2, dynamic, accuracy",
    "median": "R3 Table 1, dynamic, EPE median",
    "auc": "R3 Table 1, dynamic, AUC",
}
LETTERS_READ = {
    "dynamic": "R3 Table 2, dynamic, accuracy",
    "static": "R3 Table 2, static, accuracy",
    "cnn": "R3 Table 2, CNN, accuracy",
}
ORDER = ("random", "signers", "unseen"), ("dynamic", "static", "cnn", "keypoints")  # of splits and of networks


def ordered(rows: Sequence[dict]) -> list[dict]:
    """The rows split by split; of each split R3's networks before the baselines, an invariant one behind its like."""

    def place(row: dict) -> tuple[int, int, bool]:
        name = row["kind"].removesuffix(INVARIANT)
        return ORDER[0].index(row["split"]), ORDER[1].index(name), name != row["kind"]

    return sorted(rows, key=place)


def table1(rows: Sequence[dict]) -> pd.DataFrame:
    """Joints: mean and median error in pixels of the 256 frame, and AUC of PCK, for both weightings of the losses."""
    lines = [
        {"network": row["kind"], "test": row["split"], "hands": row["hands"], "EPE, px": round(row["epe"], 1),
         "median, px": round(row["median"], 1), "AUC 0-30 px": round(row["auc"], 3), "epochs": row["recipe"]["epochs"]}
        for row in rows if "auc" in row
    ]  # fmt: skip
    return pd.DataFrame(lines)


def table2(rows: Sequence[dict]) -> pd.DataFrame:
    """Letters: accuracy and, as means over the letters, precision, recall and F1, in percent; how long it learned."""
    lines = []
    for row in rows:
        line = {"network": row["kind"], "test": row["split"], "photos": row["n"]}
        for name in ("accuracy", "precision", "recall", "f1"):
            line[f"{name}, %"] = round(100 * row[name], 2) if name in row else None
        lines.append(line | {name: row["recipe"][name] for name in ("epochs", "batch")} | {"minutes": row["minutes"]})
    return pd.DataFrame(lines)


def by_signer(rows: Sequence[dict], kind: str) -> pd.DataFrame | None:
    """Accuracy, in percent, on the photos of each signer: with others of their photos learned from ("random"), and with
    none ("signers"). None where one of the two was not run."""
    pair = {split: pick(list(rows), kind=kind, split=split) for split in ("random", "signers")}
    if None in pair.values():
        return None
    counts = {split: row["by_signer"] for split, row in pair.items()}
    signers = sorted(counts["signers"], key=int)
    return pd.DataFrame(
        {split: [100 * np.divide(*counts[split][s]) for s in signers] for split in pair}, index=list(map(int, signers))
    )


def gap(rows: Sequence[dict], kind: str) -> Interval | None:
    """Points of accuracy between the random split and the signers left out, signer by signer: the mean and its
    interval over signers. None where one of the two was not run."""
    table = by_signer(rows, kind)
    return None if table is None else paired_bootstrap(table["random"], table["signers"])


def pair_table(rows: Sequence[dict], pair: str = "ru") -> pd.DataFrame:
    """How often each of two letters is read as itself, as the other, and as anything else, in percent."""
    first, second = (LETTERS.index(letter) for letter in pair)
    lines = []
    for row in rows:
        counts = np.asarray(row["confusion"], float)
        for spelled, other in ((first, second), (second, first)):
            total = counts[spelled].sum()
            line = {"network": row["kind"], "test": row["split"], "spelled": LETTERS[spelled].upper(), "n": int(total)}
            itself, wrong = (round(100 * counts[spelled, k] / max(total, 1), 1) for k in (spelled, other))
            line |= {"read rightly, %": itself, f"as {LETTERS[other].upper()}, %": wrong}
            lines.append(line)
    return pd.DataFrame(lines).fillna("")


def most_confused(confusion: Sequence[Sequence[int]], count: int = 5) -> pd.DataFrame:
    """The pairs of letters that are taken for each other most often, both ways together."""
    table = np.asarray(confusion)
    mixed = np.triu(table + table.T, 1)
    order = np.argsort(mixed, axis=None)[::-1][:count]
    pairs = [np.unravel_index(place, mixed.shape) for place in order if mixed.flat[place]]
    return pd.DataFrame([{"letters": f"{LETTERS[a]} and {LETTERS[b]}".upper().replace("AND", "and"),
                          "mistakes": int(mixed[a, b])} for a, b in pairs])  # fmt: skip


def crossing(photos: Photos) -> np.ndarray:
    """(N,) how far the index fingertip lies to the thumb's side of the middle fingertip, in widths of the two knuckles.

    About 1 where the fingers run side by side, below 0 where they cross: what parts U from R. Seen from the
    side it says little. NaN where no hand is known.
    """
    index, middle = photos.joints[:, 5], photos.joints[:, 9]
    across = index - middle
    width = np.linalg.norm(across, axis=1)
    return ((photos.joints[:, 8] - photos.joints[:, 12]) * across).sum(axis=1) / np.maximum(width, 1e-6) ** 2
