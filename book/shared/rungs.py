"""R1's ladder of networks, rung by rung: what each new idea changes, clip by clip."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from book.shared.paired_rows import across, paired
from lib.evaluation.evaluation import FILM, FRAMES
from lib.evaluation.intervals import Interval
from lib.evaluation.verdicts import FAILS, HOLDS, OPEN, WITHIN, decide
from lib.upsampler import R1_FIVE

SECOND, LONGER = ", seed 1", ", epochs 30"  # behind the name of a network's second training, and of its longer one
SLIGHT = 1.5  # points: how far from zero a step may lie and still be called slight; ours, R1 names no limit
WORDS = {HOLDS: "slight", FAILS: "not slight", OPEN: OPEN}
IDEAS = (
    ("skips", "b-unet", "b-ae"),
    ("attention gates", "ba-unet", "b-unet"),
    ("hands count twice", "bwa-unet", "ba-unet"),
    ("fine-tuned on TD1", "bwfa-unet", "bwa-unet"),
)


@dataclass(frozen=True)
class Ladder:
    """Networks that were trained alike, the sets that they are compared on, and (idea, with it, without it)."""

    sets: tuple[str, ...]
    rungs: tuple[tuple[str, str, str], ...]


R1_LADDER = Ladder(("d1_test_software", "td2"), IDEAS)
CAMERA_LADDER = Ladder(
    ("d1_test", "td2"),
    (
        *((idea, f"{here}-camera", f"{before}-camera") for idea, here, before in IDEAS),
        ("films of every kind", "bv-unet", "ba-unet-camera"),  # from here on ours
        ("detector's guidance", "bg-unet", "bv-unet"),
    ),
)


def rungs(rows: Sequence[dict], ladder: Ladder = R1_LADDER) -> pd.DataFrame:
    """Each network minus the one before it, by set and idea: an Interval in points, where the rows have both.

    ``rows`` are those of `lib.evaluation.evaluation.evaluate`. The column is called "change".
    """
    changes = {
        (name, idea): paired(rows, name, here, before, "uhp_dominant")
        for name in ladder.sets
        for idea, here, before in ladder.rungs
    }
    return _frame({place: change for place, change in changes.items() if change is not None})


def over_trainings(rows: Sequence[dict], again: Sequence[dict]) -> pd.DataFrame:
    """R1's steps by two trainings of each network: by either, and by their mean clip by clip.

    ``again`` are the rows of `book.studies.upsamplers`, where a second training is called "b-unet, seed 1"; all rows
    are of one path. The frame is as `rungs` gives it, with "idea, seed 0", "idea, seed 1" and "idea, both" for an idea;
    empty without them.
    """
    steps = {
        "seed 0": rungs(rows),
        "seed 1": rungs(second_trainings(again)),
        "both": rungs(mean_of_trainings(rows, again)),
    }
    changes = {
        (name, f"{idea}, {which}"): frame.loc[(name, idea), "change"]
        for name, idea in steps["both"].index
        for which, frame in steps.items()
    }
    return _frame(changes)


def longer(rows: Sequence[dict], studies: Sequence[dict]) -> pd.DataFrame:
    """What ten more epochs are worth to R1's networks that had them: after at most 30, minus as they ship; as `rungs`.

    ``studies`` are the rows of `book.studies.upsamplers`; all rows are of one path.
    """
    known = [*rows, *(row for row in studies if row["method"].endswith(LONGER))]
    changes = {
        (name, method): paired(known, name, method + LONGER, method, "uhp_dominant")
        for name in R1_LADDER.sets
        for method in R1_FIVE
    }
    return _frame({place: change for place, change in changes.items() if change is not None})


def codec_cost(rows: Sequence[dict]) -> pd.DataFrame:
    """What the film does to each method: UHP of the dominant hand on `FILM` minus that on `FRAMES`, paired, in points.

    By set and method, as a table of methods is; the column is "film minus frames".
    """
    places = dict.fromkeys((row["set"], row["method"]) for row in rows)
    costs = [across(rows, name, (method, FILM), (method, FRAMES), "uhp_dominant") for name, method in places]
    index = pd.MultiIndex.from_tuples(places, names=["set", "method"])
    return pd.DataFrame({"film minus frames": costs}, index, dtype=object)


def second_trainings(again: Sequence[dict]) -> list[dict]:
    """The rows of second trainings among ``again``, under the names of the networks that were trained a second time."""
    return [row | {"method": row["method"].removesuffix(SECOND)} for row in again if row["method"].endswith(SECOND)]


def mean_of_trainings(first: Sequence[dict], again: Sequence[dict]) -> list[dict]:
    """Lost dominant hands of each clip and network that has two trainings: their mean. All rows are of one path."""
    place = ["set", "clip", "method"]
    lost = pd.DataFrame([*first, *second_trainings(again)], columns=[*place, "uhp_dominant"])
    both = lost.groupby(place)["uhp_dominant"].agg(["mean", "size"])
    return both[both["size"] == 2]["mean"].rename("uhp_dominant").reset_index().to_dict("records")


def _frame(changes: dict[tuple[str, str], Interval]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(changes, names=["set", "what is new"])
    return pd.DataFrame({"change": pd.Series(list(changes.values()), index=index, dtype=object)})


def slight(change: Interval) -> str:
    """Whether a step is slight: its whole interval within `SLIGHT` of zero, all of it beyond, or neither."""
    return WORDS[decide(f"{WITHIN} {SLIGHT}", change)]
