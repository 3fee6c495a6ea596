"""R1's data sets out of the broadcasts themselves (III-C, III-D): minutes of them, in the form of `lib.signer.clips`.

    D1   1280 x 720 at 25 -> 517 x 571 around the signer -> 304 x 336: target -> halved, blurred by software: input
    TD1  the same episode twice: from 1280 x 720 the input, from 1920 x 1080 the target
    TD2  1280 x 720 alone: the input; there is no target

Inputs are stored without loss, since R1 names no compression: the broadcast has its own, and ours would be a second.
Targets are H.264 at CRF 8. Nobody knows the true joints; target.pose has what Holistic finds in the target, for
masks and crops in training. Only MediaPipe's own count, UHP, and likeness to the target can be measured on these.
"""

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import attrgetter
from pathlib import Path

import cv2
import numpy as np

from data_scripts.own_films import begin, finish, make_all
from data_scripts.shared.cuts import frames_between
from data_scripts.shared.manifest import is_of_recipe
from lib.degrade import Box, centred, crop, downsample, signer_box, software_blur
from lib.holistic import extract
from lib.holistic.corpus import Outcome
from lib.signer.clips import FOUND
from lib.tools.errors import BadInput
from lib.tools.files import write_json
from lib.video import read_video, write_video
from lib.video.film import write_lossless

FRAMES = 50  # two seconds


def best_lag(one: Iterable[np.ndarray], other: Iterable[np.ndarray]) -> tuple[int, float]:
    """By how many frames (5 at most) the other film is late, by the changes from frame to frame of both.

    Frames are uint8 (H, W, 3), each film of a size of its own; of each the first `FRAMES` are looked at. Returns that
    number, below 0 where it is early, and the correlation of the changes there, at most 1; 0 where nothing moves.
    """
    changes = [np.diff([_small(frame) for frame in islice(film, FRAMES)], axis=0) for film in (one, other)]
    scores = {0: 0.0}
    for lag in range(-5, 6):
        a, b = changes[0][max(0, -lag) :], changes[1][max(0, lag) :]
        length = min(len(a), len(b))
        if length > 1 and a[:length].any() and b[:length].any():
            scores[lag] = float(np.corrcoef(a[:length].ravel(), b[:length].ravel())[0, 1])
    lag = max(scores, key=lambda lag: (scores[lag], -abs(lag)))
    return lag, scores[lag]


def _small(frame: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (80, 45), interpolation=cv2.INTER_AREA).astype(np.float32)


FILM, SHARP_FILM, FPS = (1280, 720), (1920, 1080), 25
CROP, TARGET, INPUT = (517, 571), (304, 336), (152, 168)  # R1, III-C
LEAST = (204, 224)  # of a crop from 720p: in 1080p it has TARGET's pixels, so that nothing is ever enlarged
CRF = 8
LOOKS = 30  # frames of a clip in which the signer is looked for
VERSION = 1  # raise it with any change here or below that may change a clip


@dataclass(frozen=True)
class Cut:
    """``seconds`` of a film from second ``start`` on, for a set; ``sharp`` is the same episode in 1080p, for TD1."""

    set: str
    name: str
    film: Path
    start: float
    seconds: float
    sharp: Path | None = None

    def frames(self, film: Path | None = None) -> Iterator[np.ndarray]:
        """Its frames, `FPS` a second. Raises BadInput at the end of a film that has fewer."""
        film, count = film or self.film, 0
        for frame in frames_between(film, self.start, self.start + self.seconds, FPS):
            yield frame
            count += 1
        if count < round(self.seconds * FPS):
            raise BadInput(
                f"{film} ends within the clip from second {self.start:g} on: copy it again if it should not."
            )

    @property
    def recipe(self) -> dict:
        """All that decides how the clip looks; films by their names, for their folders say nothing."""
        films = [film.name for film in (self.film, self.sharp) if film]
        return {"films": films, "start": self.start, "seconds": self.seconds, "version": VERSION}


def make_clip(cut: Cut, out: Path) -> Path:
    """Cut one clip into ``out / set / name``; clip.json comes last and says that it is whole.

    A clip that is whole already, and of the same recipe, is left as it is. Raises BadInput for a bad film, a stretch
    in which nobody is in view, and for two films of a pair that do not show the same moments.
    """
    folder = Path(out) / cut.set / cut.name
    record = folder / "clip.json"
    if is_of_recipe(record, cut.recipe):
        return folder
    record.unlink(missing_ok=True)
    box = {"td1": _pair, "td2": _input_alone}.get(cut.set, _spoiled)(cut, folder)
    if cut.set != "td2":
        extract(read_video(folder / "target.mp4"), fps=FPS, progress=False, name=str(folder)).save(folder / FOUND)
    made = {
        "recipe": cut.recipe,
        "set": cut.set,
        "signer": None,  # the broadcasts do not say who it is
        "target": None if cut.set == "td2" else "target.mp4",
        "input": "input.mkv",
        "fps": FPS,
        "size": list(TARGET),
        "box": list(box),
        "frames": round(cut.seconds * FPS),
        "description": "A recording of a person; what is signed is not described.",
    }
    write_json(record, made)
    return folder


def _spoiled(cut: Cut, folder: Path) -> Box:
    box = centred(_signer(cut), CROP, FILM)

    def targets() -> Iterator[np.ndarray]:
        return downsample(crop(cut.frames(), box), size=TARGET)

    write_video(folder / "target.mp4", targets(), FPS, CRF)
    write_lossless(folder / "input.mkv", software_blur(targets()), FPS)
    return box


def _pair(cut: Cut, folder: Path) -> Box:
    _check_moments(cut)
    box = _input_alone(cut, folder)
    large = tuple(side * SHARP_FILM[0] // FILM[0] for side in box)
    write_video(folder / "target.mp4", downsample(crop(cut.frames(cut.sharp), large), size=TARGET), FPS, CRF)
    return box


def _input_alone(cut: Cut, folder: Path) -> Box:
    box = _roomy(cut)
    write_lossless(folder / "input.mkv", downsample(crop(cut.frames(), box), size=INPUT), FPS)
    return box


def _signer(cut: Cut, aspect: float = CROP[0] / CROP[1]) -> Box:
    """The box that `signer_box` finds in some frames of the clip. Raises BadInput where nobody is in view."""
    rate = min(LOOKS / cut.seconds, FPS)
    seen = frames_between(cut.film, cut.start, cut.start + cut.seconds, rate)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Nobody was found")  # it becomes an error, with the place in the film
        found = extract(seen, fps=rate, progress=False, name=str(cut.film))
    try:
        return signer_box(found, FILM, aspect)
    except BadInput:
        raise BadInput(
            f"{cut.film}: nobody is in view from second {cut.start:g} to {cut.start + cut.seconds:g}; "
            "leave it out, or look whether it is the film that you meant."
        ) from None


def _roomy(cut: Cut) -> Box:
    """The signer's box, grown to `LEAST`, in even numbers: three halves of them, in 1080p, are whole."""
    box = _signer(cut, INPUT[0] / INPUT[1])
    size = box[2] - box[0], box[3] - box[1]
    grown = max(1.0, *(least / side for least, side in zip(LEAST, size)))
    width, height = (min(round(grown * side / 2) * 2, whole) for side, whole in zip(size, FILM))
    return tuple(side // 2 * 2 for side in centred(box, (width, height), FILM))


def _check_moments(cut: Cut) -> None:
    """Raise BadInput unless what moves in one film of a pair moves in the other at the same time."""
    lag, likeness = best_lag(cut.frames(), cut.frames(cut.sharp))
    if lag or likeness < 0.5:
        apart = f"is {abs(lag)} frames {'behind' if lag > 0 else 'ahead of'}"
        found = apart if likeness >= 0.5 else "does not move together with"
        raise BadInput(
            f"{cut.sharp} {found} {cut.film} from second {cut.start:g} on: trim both so that they begin together."
        )


def cut_all(
    cuts: Sequence[Cut], refused: Sequence[Outcome], out: Path, processes: int, about: dict
) -> tuple[list[Path], list[Outcome]]:
    """Make every clip, then left_out.csv and the manifest: the folders of the whole clips, and what was left out.

    ``refused`` are films that were left out before; ``about`` is the manifest's word on every file. Raises BadInput
    where ``out`` holds clips that are not among ``cuts``, since a minute of the test might be among those for training.
    """
    planned, kinds = {(cut.set, cut.name) for cut in cuts}, {cut.set[:2] for cut in cuts}
    there = [path.parent for path in sorted(out.glob("*/*/clip.json")) if path.parent.parent.name[:2] in kinds]
    if strays := [folder for folder in there if (folder.parent.name, folder.name) not in planned]:
        raise BadInput(f"{strays[0]} is of another choice of minutes or films: give another --out, or delete it first.")
    for outcome in refused:
        print(f"Left out: {outcome.error}", file=sys.stderr)
    begin(out)
    outcomes = make_all(partial(make_clip, out=out), cuts, processes, attrgetter("film"), "clip")
    left_out = [*refused, *(outcome for outcome in outcomes if outcome.error)]
    made = sorted(outcome.path for outcome in outcomes if not outcome.error)
    files = [file for folder in made for file in sorted(folder.iterdir()) if not file.name.startswith(".")]
    finish(out, [{"file": file.relative_to(out).as_posix()} for file in files], left_out, about)
    return made, left_out
