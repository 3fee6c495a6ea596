"""R3's Tables 1 and 2 and the pair that it discusses, R against U, from the rows of `book.studies.rows.letter_rows`."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pandas as pd

from book.chapters.ch12_answers import gain, measured, over_signers, over_trainings
from book.studies.rows.letter_rows import pick
from lib.evaluation.intervals import Interval, paired_bootstrap
from lib.joins2sign.photos import LETTERS, Photos
from lib.joins2sign.recipes import split_kind
from lib.keypoints.layouts import in_hand
from lib.tools.papers import look_up

# R3's figures, by their names in `lib.tools.papers`: for the dynamic weighting; and the letters of each network
PAPER = {"median": "R3 Table 1, dynamic, EPE median", "auc": "R3 Table 1, dynamic, AUC"}
LETTERS_READ = {name.lower(): f"R3 Table 2, {name}, accuracy" for name in ("dynamic", "static", "CNN")}
ORDER = ("random", "signers", "unseen"), ("dynamic", "static", "cnn", "keypoints")  # of splits and of networks
MEANS = {"precision": "precision", "recall": "recall", "f1": "F1"}  # over the letters


def ordered(rows: Sequence[dict]) -> list[dict]:
    """The rows split by split, those of all photos first; of each split R3's networks before the baselines, what is
    done otherwise behind its like, and seed by seed."""

    def place(row: dict) -> tuple:
        name, variant = split_kind(row["kind"])
        return ORDER[0].index(row["split"]), row["every"], ORDER[1].index(name), variant, row["seed"]

    return sorted(rows, key=place)


def trainings(rows: Sequence[dict]) -> list[list[dict]]:
    """The rows of each network, split and share of the photos, which differ in nothing but their seed."""
    return [list(some) for _, some in groupby(ordered(rows), lambda row: (row["split"], row["every"], row["kind"]))]


def _names(some: Sequence[dict]) -> dict:
    """What all trainings of a line have in common."""
    row, every = some[0], some[0]["every"]
    seen = "all" if every == 1 else f"each {every}rd" if every == 3 else f"each {every}th"
    return {"network": row["kind"], "test": row["split"], "photos": seen, "trainings": len(some) * row["folds"]}


def letters_read(some: Sequence[dict]) -> Interval:
    """In per cent: over signers where they were left out, else over trainings and photos."""
    return over_signers(some) if some[0]["split"] == "signers" else over_trainings(some)


def table1(rows: Sequence[dict]) -> pd.DataFrame:
    """Joints: median and mean error in pixels of the 256 frame, joint by joint, and AUC of PCK; means over seeds."""
    lines = []
    for some in trainings([row for row in rows if "auc" in row]):
        median, mean, auc = (np.mean([row[name] for row in some]) for name in ("median", "epe", "auc"))
        line = _names(some) | {"hands": sum(row["hands"] for row in some), "EPE median, px": round(median, 1)}
        lines.append(line | {"EPE mean, px": round(mean, 1), "AUC 0-30 px": round(auc, 3)})
    return pd.DataFrame(lines)


def table2(rows: Sequence[dict]) -> pd.DataFrame:
    """Letters: accuracy with its interval and, as means over the letters, precision, recall and F1, in per cent; how
    long each network learned."""
    lines = []
    for some in trainings(rows):
        line = _names(some) | {"tested": sum(row["n"] for row in some), "accuracy, %": str(letters_read(some))}
        line |= {f"{MEANS[name]}, %": round(100 * np.mean([row[name] for row in some]), 1) for name in MEANS}
        line |= {"epochs": some[0]["recipe"]["epochs"], "minutes": round(sum(row["minutes"] for row in some))}
        lines.append(line)
    return pd.DataFrame(lines)


def turned_round(rows: Sequence[dict], every: int = 3) -> pd.DataFrame:
    """What R3's decisions are worth: its network, and with one of them turned round. Means over the seeds, and how much
    each differs from R3's, seed by seed: letters in points, joints in pixels."""
    base, chosen = "dynamic", [row for row in rows if (row["split"], row["every"]) == ("random", every)]
    networks = {some[0]["kind"]: some for some in trainings(chosen) if some[0]["kind"].startswith(base)}
    lines = []
    for kind, some in networks.items():
        line = {"network": kind, "trainings": len(some), "letters, %": str(over_trainings(some))}
        line |= {"joints, median px": round(np.mean([measured(row, "median") for row in some]), 1)}
        if kind != base and len(some) > 1:  # one training alone has nothing to be sure by
            line |= {"letters, points": str(gain(some, networks[base]))}
            line |= {"joints, px": str(gain(some, networks[base], "median"))}
        lines.append(line)
    return pd.DataFrame(lines).fillna("")


def by_signer(rows: Sequence[dict], kind: str) -> pd.DataFrame | None:
    """Accuracy, in percent, on the photos of each signer: with others of their photos learned from ("random"), and with
    none ("signers"), of as many of the photos. None where one of the two was not run."""
    apart = pick(list(rows), kind=kind, split="signers")
    among = apart and pick(list(rows), kind=kind, split="random", every=apart["every"], seed=apart["seed"])
    if not among:
        return None
    counts = {"random": among["by_signer"], "signers": apart["by_signer"]}
    signers = sorted(counts["signers"], key=int)
    return pd.DataFrame(
        {split: [100 * np.divide(*counts[split][s]) for s in signers] for split in counts},
        index=list(map(int, signers)),
    )


def gap(rows: Sequence[dict], kind: str) -> Interval | None:
    """Points of accuracy between the random split and the signers left out, signer by signer: the mean and its
    interval over signers. None where one of the two was not run."""
    table = by_signer(rows, kind)
    return None if table is None else paired_bootstrap(table["random"], table["signers"])


def pair_table(rows: Sequence[dict], pair: str = "ru") -> pd.DataFrame:
    """How often each of two letters is read as itself, as the other, and as anything else, in percent, over seeds."""
    first, second = (LETTERS.index(letter) for letter in pair)
    lines = []
    for some in trainings(rows):
        counts = np.sum([row["confusion"] for row in some], axis=0).astype(float)
        for spelled, other in ((first, second), (second, first)):
            total = counts[spelled].sum()
            line = _names(some) | {"spelled": LETTERS[spelled].upper(), "n": int(total)}
            itself, wrong = (round(100 * counts[spelled, k] / max(total, 1), 1) for k in (spelled, other))
            line |= {"read rightly, %": itself, f"as {LETTERS[other].upper()}, %": wrong}
            lines.append(line)
    return pd.DataFrame(lines).fillna("")


def most_confused(confusion: Sequence[Sequence[int]]) -> pd.DataFrame:
    """The five pairs of letters that are taken for each other most often, both ways together."""
    table = np.asarray(confusion)
    mixed = np.triu(table + table.T, 1)
    order = np.argsort(mixed, axis=None)[::-1][:5]
    pairs = [np.unravel_index(place, mixed.shape) for place in order if mixed.flat[place]]
    return pd.DataFrame([{"letters": f"{LETTERS[a]} and {LETTERS[b]}".upper().replace("AND", "and"),
                          "mistakes": int(mixed[a, b])} for a, b in pairs])  # fmt: skip


def crossing(photos: Photos) -> np.ndarray:
    """(N,) how far the index fingertip lies to the thumb's side of the middle fingertip, in widths of the two knuckles.

    About 1 where the fingers run side by side, below 0 where they cross: what parts U from R. Seen from the
    side it says little. NaN where no hand is known.
    """
    ends = (photos.joints[:, in_hand(f"INDEX_FINGER_{end}", f"MIDDLE_FINGER_{end}")] for end in ("MCP", "TIP"))
    across, apart = (pair[:, 0] - pair[:, 1] for pair in ends)
    width = np.linalg.norm(across, axis=1)
    return (apart * across).sum(axis=1) / np.maximum(width, 1e-6) ** 2


def choices(grid: Sequence[dict]) -> list[str]:
    """For each weighting and judge of `book.studies.letters_grid`'s rows the settings that read most letters, beside
    those that R3 chose (4.5)."""
    lines = []
    for kind, judge in dict.fromkeys((row["kind"], row["judged_by"]) for row in grid):
        tried = [row for row in grid if (row["kind"], row["judged_by"]) == (kind, judge)]
        rate, alpha = (look_up(f"R3 4.5, {name}, {kind}").value for name in ("learning rate", "alpha"))
        known = {"most letters": max(tried, key=lambda row: row["accuracy"]),
                 "as R3 chose": pick(tried, settings={"rate": rate, "alpha": alpha})}  # fmt: skip
        found = "; ".join(
            f"{words}, rate {row['settings']['rate']} and alpha {row['settings']['alpha']}: "
            f"{100 * row['accuracy']:.1f} %, joints {row['median']:.1f} px"
            for words, row in known.items()
            if row
        )
        lines.append(f"{kind}, judged by {'photos at random' if judge == 'chance' else 'other signers'}: {found}")
    return lines
