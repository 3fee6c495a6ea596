"""Does `lib.enhance` harm a film that is clear already? Hands of one look that are lost by it.

    python -m book.shared.clear_films                     D1 test's sharp films; rows for chapter 14
    python -m book.shared.clear_films FILE... --people    films of people; rows likewise, without the films' names

The middle frames of each film are looked at once as they are; and `lib.enhance` itself, with one look, makes keypoints
of them, and decides for itself whether it sharpens. D1's are also looked at enlarged by bicubic interpolation, and
sharpened. A hand that was found in the film as it is counts as lost where none is found within half a hand of it.
Films higher than `HIGH` pixels are reduced to that first.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.studies import runner
from lib.degrade import downsample, upscale
from lib.enhance.film import MODEL, enhance
from lib.evaluation.intervals import Interval, clip_bootstrap
from lib.holistic import extract
from lib.holistic.surety import HAND
from lib.keypoints import Keypoints, load
from lib.metrics import hand_distance
from lib.signer.clips import clips
from lib.tools.commands import arguments, command, positive
from lib.upsampler import load_pretrained
from lib.upsampler.sharpen import sharpen
from lib.video import probe, read_video
from lib.video.film import write_lossless

SHIPPED, PEOPLE = (runner.RESULTS / f"clear_{kind}.json" for kind in ("films", "people"))
COMMAND = "python -m book.shared.clear_films"
HIGH = 360
PLAIN, SHARPENED, ENHANCE = WAYS = ("plain", "sharpened", "enhance")


def row_of(name: str, frames: np.ndarray, folder: Path, ways: Sequence[str] = WAYS) -> dict:
    """Of a film's frames (T, H, W, 3): hands found as they are, those lost in each way, and whether it was sharpened.

    ``folder`` takes what the enhance command writes.
    """
    network = load_pretrained(MODEL)
    as_it_is = extract(frames, progress=False)
    row = {"clip": name, "hands": sum(int(as_it_is.present(side).sum()) for side in ("left_hand", "right_hand"))}
    film = write_lossless(folder / "film.mkv", frames, 25)
    summary = enhance(film, folder / "out.mkv", folder / "out.pose", model=network, looks=1, progress=False)
    row |= {"opened": summary.sharpened, ENHANCE: lost(as_it_is, load(folder / "out.pose"))}
    for way, larger in ((PLAIN, upscale(frames, 2, "bicubic")), (SHARPENED, sharpen(network, frames))):
        if way in ways:
            row[way] = lost(as_it_is, extract(larger, progress=False))
    return row


def middle(path: Path, count: int) -> np.ndarray:
    """The (count, H, W, 3) frames in the middle of a film, or all of a shorter one, at most `HIGH` pixels high."""
    start = max(0, (probe(path).frames or 0) - count) // 2
    frames = np.stack(list(islice(read_video(path), start, start + count)))
    height, width = frames.shape[1:3]
    return frames if height <= HIGH else np.stack(list(downsample(frames, size=(HIGH * width // height, HIGH))))


def lost(before: Keypoints, after: Keypoints) -> int:
    """Hands of a film that are not found again, within half a hand, in the same film of twice the size."""
    number = 0
    for part in HAND:
        was, now = before.xyz[:, part, :2], after.xyz[:, part, :2] / 2
        number += int((np.isfinite(was).all(axis=(1, 2)) & ~(hand_distance(now, was) <= 0.5)).sum())
    return number


def shares(rows: Sequence[dict]) -> dict[str, Interval]:
    """Hands lost in each way that was tried, in per cent of those that were found, over films in which some were."""
    some = [row for row in rows if row["hands"]]
    return {way: clip_bootstrap([100 * row[way] / row["hands"] for row in some]) for way in WAYS if way in rows[0]}


def makes(path: Path) -> str:
    """The command that makes a file of rows."""
    return f"{COMMAND} FILE... --people" if path == PEOPLE else COMMAND


def read(path: Path = SHIPPED) -> list[dict]:
    """The rows that ship. Raises BadInput where the file is missing or another one."""
    return runner.read(path, "rows of clear films", makes(path), keys=("clip", "hands", "opened", ENHANCE))[1]["rows"]


@command
def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__)
    parser.add_argument("films", nargs="*", type=Path, metavar="FILE", help="clear films of one signer each")
    parser.add_argument("--frames", type=positive, default=48, metavar="N", help="of each that are looked at")
    parser.add_argument("--people", action="store_true", help="keep the rows of these films with the course")
    options = parser.parse_args(argv)
    if options.people and not options.films:
        parser.error("--people wants films")
    chosen = options.films or [clip.target_path for clip in clips("d1_test")]
    rows = []
    for number, path in enumerate(tqdm(chosen, unit=" films"), 1):
        with TemporaryDirectory() as folder:
            name = f"film {number}" if options.films else path.parent.name
            ways = (ENHANCE,) if options.people else WAYS
            rows.append(row_of(name, middle(path, options.frames), Path(folder), ways))
        print(rows[-1], flush=True)
    if options.people or not options.films:
        out = PEOPLE if options.people else SHIPPED
        runner.write(out, {"command": makes(out), "frames": options.frames}, rows=rows)
    print(pd.Series({way: str(found) for way, found in shares(rows).items()}).to_string())


if __name__ == "__main__":
    raise SystemExit(main())
