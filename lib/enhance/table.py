"""A table with a row a film: what became of it, and what sharpening brought."""

import csv
import warnings
from collections.abc import Iterable
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

from lib.enhance.film import Summary
from lib.enhance.jobs import Job
from lib.enhance.source import open_source
from lib.holistic import extract
from lib.keypoints import Keypoints, load
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.video import probe

NAME = "films.csv"
SHARE, MOST = 10, 250  # one frame in so many is looked at before sharpening, and never more than this
HANDS = ("right", "left")
LEFT = "to do"  # the state of a film that has no other yet
COLUMNS = (
    *("film", "result", "state", "frames", "fps", "seconds", "right_hand", "left_hand"),
    *("compared_frames", "right_hand_before", "right_hand_after", "left_hand_before", "left_hand_after", "notes"),
)  # hands: the share of frames in which one was found; before and after: of the same frames from the film's middle

Row = dict[str, object]


def row_of(job: Job, summary: Summary, height: int | None) -> Row:
    """The row of a film that has just been done; ``height`` as it was done with."""
    row = _measured(job, summary.frames, summary.fps, summary.keypoints)
    row["seconds"] = round(summary.seconds, 1)
    if summary.keypoints:
        with suppress(BadInput):  # the film is done, whatever is wrong with looking at it once more
            row |= _compared(summary, height)
    return row


def row_of_failed(job: Job, why: str, state: str = "failed") -> Row:
    """The row of a film that could not be done, or has not been yet, and why."""
    return {"film": job.source, "result": job.out, "state": state, "notes": why}


def row_of_earlier(job: Job, known: dict[str, Row]) -> Row:
    """The row of a film that an earlier run did; from its results where it is not among the ``known``."""
    if row := known.get(_key(job)):
        return row
    try:
        info = probe(job.out)
        return _measured(job, info.frames, info.fps, job.keypoints and load(job.keypoints))
    except BadInput as error:
        return row_of_failed(job, str(error))


def is_left(known: dict[str, Row], job: Job) -> bool:
    """Whether a table has a film as not done."""
    return known.get(_key(job), {}).get("state") == LEFT


def read(path: Path) -> dict[str, Row]:
    """The rows of an earlier run by their results, but for those that failed; what is no such table has none."""
    try:
        with open(path, newline="", encoding="utf-8", errors="backslashreplace") as file:
            return {row["result"]: row for row in csv.DictReader(file) if row.get("state") in ("done", LEFT)}
    except (OSError, KeyError, csv.Error):
        return {}


def _key(job: Job) -> str:
    return str(job.out).encode(errors="backslashreplace").decode()  # as `write` has it


def write(rows: Iterable[Row], path: Path) -> None:
    """Write the table, in the order of the films' names."""
    with written_whole(path) as partial:
        with open(partial, "w", newline="", encoding="utf-8", errors="backslashreplace") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(sorted(rows, key=lambda row: str(row["film"])))


def _measured(job: Job, frames: int | None, fps: float, found: Keypoints | None) -> Row:
    row = {"film": job.source, "result": job.out, "state": "done", "frames": frames, "fps": round(fps, 3)}
    return row | ({f"{side}_hand": _share(found, side) for side in HANDS} if found else {})


def _compared(summary: Summary, height: int | None) -> Row:
    """Hands found by Holistic in frames from the middle of the film as it came, and in the same frames sharpened."""
    count = min(MOST, -(-summary.frames // SHARE))
    first = (summary.frames - count) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is to be known of the film was said when it was sharpened
        film = open_source(summary.source, summary.box, height, summary.fps)
        with closing(film.frames()) as frames:
            before = extract(islice(frames, first, first + count), fps=summary.fps, progress=False)
    row: Row = {"compared_frames": count}
    for side in HANDS:
        row[f"{side}_hand_before"] = _share(before, side)
        row[f"{side}_hand_after"] = _share(summary.keypoints, side, slice(first, first + count))
    return row


def _share(found: Keypoints, side: str, frames: slice = slice(None)) -> float:
    return round(float(found.found(f"{side}_hand")[frames].mean()), 4)
