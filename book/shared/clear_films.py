"""Does `lib.enhance` harm a film that is clear already? Hands of one look that are lost by it.

    python -m book.shared.clear_films [FILE...]      without films: D1 test's sharp films, rows for chapter 14

The middle frames of each film are looked at once as they are, enlarged by bicubic interpolation, and sharpened by the
network that ships; and a few frames of the whole film say whether `enhance` would sharpen it (`lib.enhance.source`).
A hand that was found in the film as it is counts as lost where none is found within half a hand of it.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.studies import runner
from book.studies.faces import middle
from lib.enhance.film import MODEL
from lib.enhance.source import larger, open_source, worth_it
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.holistic import extract
from lib.holistic.surety import HAND
from lib.keypoints import Keypoints
from lib.metrics import hand_distance
from lib.signer.clips import clips
from lib.tools.commands import arguments, command, positive
from lib.upsampler import load_pretrained
from lib.video import read_all
from lib.video.film import write_lossless

SHIPPED = runner.RESULTS / "clear_films.json"
COMMAND = "python -m book.shared.clear_films"
PLAIN, SHARPENED, ENHANCE = "plain", "sharpened", "enhance"


def row_of(name: str, path: Path, count: int) -> dict:
    """Of a film: hands found as it is, those of them lost in each way, and whether `enhance` sharpens it."""
    network, film = load_pretrained(MODEL), open_source(path)
    frames = middle(read_all(path), count)
    as_it_is = extract(frames, progress=False)
    row = {"clip": name, "hands": sum(int(as_it_is.present(side).sum()) for side in ("left_hand", "right_hand"))}
    for way, by in ((PLAIN, None), (SHARPENED, network)):
        row[way] = lost(as_it_is, extract(larger(by, frames), progress=False))
    return row | {"opened": bool(worth_it(film, network, "cpu"))}


def lost(before: Keypoints, after: Keypoints) -> int:
    """Hands of a film that are not found again, within half a hand, in the same film of twice the size."""
    number = 0
    for part in HAND:
        was, now = before.xyz[:, part, :2], after.xyz[:, part, :2] / 2
        number += int((np.isfinite(was).all(axis=(1, 2)) & ~(hand_distance(now, was) <= 0.5)).sum())
    return number


def shares(rows: Sequence[dict]) -> dict[str, Interval]:
    """Hands lost, in per cent of those that were found, over films: in each way, and in that which `enhance` takes."""
    ways = {ENHANCE: lambda row: row[SHARPENED if row["opened"] else PLAIN]}
    ways |= {way: lambda row, way=way: row[way] for way in (PLAIN, SHARPENED)}
    return {way: clip_bootstrap([100 * take(row) / row["hands"] for row in rows]) for way, take in ways.items()}


def read(path: Path = SHIPPED) -> list[dict]:
    """The rows that ship. Raises BadInput where the file is missing or another one."""
    keys = ("clip", "hands", PLAIN, SHARPENED, "opened")
    return runner.read(path, "rows of clear films", COMMAND, keys=keys)[1]["rows"]


@command
def main(argv: list[str] | None = None) -> None:
    """The command line."""
    parser = arguments(__doc__)
    parser.add_argument("films", nargs="*", type=Path, metavar="FILE", help="clear films of one signer each")
    parser.add_argument("--frames", type=positive, default=16, metavar="N", help="of each that are looked at")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the rows go; without films, with the course")
    options = parser.parse_args(argv)
    chosen = options.films or [clip.target_path for clip in clips("d1_test")]
    rows = []
    with TemporaryDirectory() as folder:
        for number, path in enumerate(tqdm(chosen, unit=" films"), 1):
            name = f"film {number}" if options.films else path.parent.name
            film = write_lossless(Path(folder) / f"{number}.mkv", read_all(path, 250), 25)
            rows.append(row_of(name, film, options.frames))
            print(rows[-1], flush=True)
    if out := options.out or (None if options.films else SHIPPED):
        runner.write(out, {"command": COMMAND, "frames": options.frames}, rows=rows)
    print(pd.Series({way: str(found) for way, found in shares(rows).items()}).to_string())


if __name__ == "__main__":
    raise SystemExit(main())
