"""Finding and reading rendered clips: the few that ship with the course, and those that ``make data`` adds."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from operator import index
from pathlib import Path

import numpy as np

from lib.degrade import software_blur
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.tools.openers import read_npz, reading
from lib.tools.paths import CLIPS
from lib.video import read_all
from lib.video.film import write_lossless

UNITS = 32  # truth is stored in whole 32nds of a pixel
FOUND = "target.pose"  # what Holistic finds in a recorded target
# The two kinds of damage. A camera's: an open shutter, fewer pixels, a codec; it is filmed with the clip, and ours.
# R1's, by software (III-C): the target halved, then blurred by optical flow, no codec; it is made of the target.
CAMERA, SOFTWARE = "camera", "software"
AGAIN = "make the clip again, or copy it again"


@dataclass(frozen=True)
class Clip:
    """One clip's folder: ``target`` (sharp), ``input`` (spoiled by one kind of ``damage``), truth and what is known."""

    folder: Path
    damage: str = CAMERA

    @property
    def name(self) -> str:
        """The clip's name, such as "d1_test-03"."""
        return self.folder.name

    @cached_property
    def info(self) -> dict:
        """What made the clip: signer, sentence, seed, shutter, codec, and a description in words."""
        path = self.folder / "clip.json"
        with reading(path, "does not describe a clip", AGAIN):
            told = json.loads(path.read_bytes())
            files = [told["input"]] + ([] if told["target"] is None else [told["target"]])
            if not isinstance(told.get("set", ""), str) or any(Path(name).name != name for name in files):
                raise ValueError("its set or its files have no plain names")
            width, height = map(index, told["size"])
            if not (0 < width < 10_000 and 0 < height < 10_000 and 0 < told["fps"] < 1000):
                raise ValueError("its size or its rate is none")
            if not 0 < index(told.get("frames", 1)) < 10**7:
                raise ValueError("its number of frames is none")
            if told.get("dominant", "right") not in ("right", "left"):
                raise ValueError("its dominant hand is neither left nor right")
            return told

    @property
    def set(self) -> str:
        """The set's name in tables: "d1_test" has a camera's damage, "d1_test_software" R1's."""
        return self.info.get("set", self.folder.parent.name) + (f"_{SOFTWARE}" if self.damage == SOFTWARE else "")

    @property
    def has_target(self) -> bool:
        """False for footage of which no sharp version exists, such as R1's TD2 (III-D)."""
        return self.info["target"] is not None

    @property
    def has_truth(self) -> bool:
        """False for recordings of people: where their joints really were, nobody knows."""
        return self._truth.is_file()

    @property
    def files(self) -> list[Path]:
        """What an evaluation of the clip depends on."""
        spoiled = [self.input_path] if self.damage == CAMERA else []  # R1's damage is made of the target
        target = [self.target_path] if self.has_target else []
        return [*spoiled, *target, *([self._truth] if self.has_truth else [])]

    @property
    def dominant(self) -> str:
        """The signer's dominant hand, "right" unless the clip knows better (R1: the right one in its data, IV-B)."""
        return self.info.get("dominant", "right")

    @property
    def _truth(self) -> Path:
        return self.folder / "truth.npz"

    @property
    def target_path(self) -> Path:
        """The sharp video, 304 x 336. Raises BadInput where there is none."""
        if not self.has_target:
            raise BadInput(f"{self.folder} has no target: no sharp version of it exists, so only hands can be counted.")
        return self.folder / self.info["target"]

    @property
    def input_path(self) -> Path:
        """The degraded video, 152 x 168. R1's damage is computed once and kept to the last bit in the cache."""
        if self.damage == CAMERA:
            return self.folder / self.info["input"]
        kept = paths.CACHE / "software" / f"{sha256(self.target_path)[:32]}.mkv"
        return kept if kept.is_file() else write_lossless(kept, software_blur(self.target()), self.info["fps"])

    def target(self) -> np.ndarray:
        """Sharp frames (T, 336, 304, 3) uint8."""
        return read_all(self.target_path)

    def input(self) -> np.ndarray:
        """Degraded frames (T, 168, 152, 3) uint8."""
        return read_all(self.input_path)

    def truth(self) -> Keypoints:
        """Where the joints really are, in pixels of the target; confidence 0 marks points outside the picture.

        Raises BadInput where nobody knows.
        """
        if not self.has_truth:
            raise BadInput(f"{self.folder} has no truth.npz: where the joints are is known of synthetic signers only.")
        xyz = self._joints("pixels") / UNITS
        size = tuple(self.info["size"])
        inside = ((xyz[..., :2] >= 0) & (xyz[..., :2] < size)).all(-1)
        return Keypoints(xyz, inside.astype(np.float32), HOLISTIC_75, self.info["fps"], size)

    def joints(self) -> Keypoints:
        """Where a network is to look closely, in pixels of the target: the truth, or what Holistic found in the target.

        R1's masks, too, are from pose information (III-E). Nothing is measured against what was found.
        """
        return self.truth() if self.has_truth else Keypoints.load(self.folder / FOUND)

    def metres(self) -> np.ndarray:
        """Where the joints are in the body's axes, (T, 75, 3) float32 metres: x left, y back, z up."""
        return self._joints("metres")

    def _joints(self, unit: str) -> np.ndarray:
        xyz = read_npz(self._truth, [unit], AGAIN)[unit]
        if xyz.dtype.kind not in "if" or xyz.shape[1:] != (len(HOLISTIC_75), 3):
            raise BadInput(f"{self._truth} holds {unit} of shape {xyz.shape}, not (frames, 75, 3); {AGAIN}.")
        return xyz.astype(np.float32)


def clips(name: str, folder: Path = CLIPS) -> list[Clip]:
    """The clips of a set ("d1_train", "d1_test", "td1", "td2") in order; with "_software" after the name, the same ones
    in R1's damage. Raises BadInput where there are none.
    """
    place, damage = Path(folder) / name.removesuffix(f"_{SOFTWARE}"), SOFTWARE if name.endswith(SOFTWARE) else CAMERA
    found = sorted(path.parent for path in place.glob("*/clip.json"))
    if not found:
        raise BadInput(f"{place} holds no clips; make them with: python data_scripts/synthetic_signers.py")
    return [Clip(path, damage) for path in found]


def in_target_pixels(keypoints: Keypoints, clip: Clip) -> Keypoints:
    """The same keypoints in the target's pixels, so that they can be compared with the truth."""
    size = clip.info["size"]
    return replace(keypoints, xyz=keypoints.xyz * (size[0] / keypoints.size[0]), size=size)
