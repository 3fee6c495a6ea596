"""A clip on its way from sharp to bad, and its keypoints at any point of the way.

The chapters ask again and again what MediaPipe finds in the same clips after another treatment. A treatment is a
function of a `Clip` that gives frames: ``Clip.target``, ``Clip.input``, or one of those here.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from typing import TypeVar

import numpy as np

from lib.degrade import compress, downsample, flow_blur, upscale
from lib.holistic import extract, graph
from lib.keypoints import Keypoints
from lib.metrics import false_hands, undetected_hand_presence
from lib.signer.clips import Clip, in_target_pixels
from lib.tools.errors import BadInput
from lib.tools.paths import CACHE

Treatment = Callable[[Clip], Iterable[np.ndarray]]
Result = TypeVar("Result")

STEPS = ("blur", "shrink", "compress")  # in a camera's order; R1 (III-C) shrinks, then blurs; it names no compression
STAGES = ("target", "input", "bilinear")
# near R1's regime, which lost 33 % of the input's hands and 2.5 % of the target's
WANTED = {"target": (0.0, 0.05), "input": (0.25, 0.40)}
WORKERS = 2  # clips that are looked at at once


def after(clip: Clip, steps: Sequence[str]) -> Iterator[np.ndarray]:
    """The sharp frames after some of three steps, with the strengths that the clip's own input was made with.

    ``steps`` are among "blur", "shrink" (to half the width and height) and "compress"; they are taken in this order,
    whatever theirs. Blur is by optical flow, as for real video. Raises BadInput for another step.
    """
    if unknown := set(steps) - set(STEPS):
        raise BadInput(f"There is no step {unknown.pop()!r}; the steps are {', '.join(STEPS)}.")
    recipe = clip.info["recipe"]
    frames = iter(_blurred(clip, recipe["shutter"]) if "blur" in steps else clip.target())
    if "shrink" in steps:
        frames = downsample(frames, 2)
    if "compress" in steps:
        frames = compress(frames, recipe["crf"], recipe["codec"], clip.info["fps"])
    return frames


def enlarged(clip: Clip, method: str) -> Iterator[np.ndarray]:
    """The input at twice its width and height, by "nearest", "bilinear", "bicubic" or "lanczos" interpolation."""
    return upscale(clip.input(), 2, method)


def reduced(clip: Clip, factor: int) -> Iterator[np.ndarray]:
    """The sharp frames at 1/``factor`` of their width and height, by area averaging and nothing else."""
    return downsample(clip.target(), factor)


@lru_cache(maxsize=WORKERS)
def _blurred(clip: Clip, shutter: float) -> np.ndarray:
    """Kept for the clips in work, since flow takes as long as MediaPipe does and several treatments begin with it."""
    return np.stack(list(flow_blur(clip.target(), shutter)))


def look(
    clips: Sequence[Clip], treatments: Mapping[str, Treatment], span: slice = slice(None)
) -> dict[str, list[Keypoints]]:
    """MediaPipe Holistic on every clip after each treatment, by the treatments' names, in the order of ``clips``.

    A fresh graph for each, so that the order changes nothing. Keypoints are in pixels of the treated frames. ``span``
    (start and stop) keeps some of the frames, which are counted after the treatment.
    """

    def of_all(clip: Clip) -> dict[str, Keypoints]:
        frames = {name: islice(treatment(clip), span.start, span.stop) for name, treatment in treatments.items()}
        return {name: found_in(some, clip.info["fps"], clip.name) for name, some in frames.items()}

    found = side_by_side(of_all, clips)
    return {name: [of_clip[name] for of_clip in found] for name in treatments}


def side_by_side(work: Callable[[Clip], Result], clips: Sequence[Clip]) -> list[Result]:
    """``work`` on each clip, two at a time: MediaPipe works outside Python's lock."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, clips))


def found_in(frames: Iterable[np.ndarray], fps: float, name: str) -> Keypoints:
    """`lib.holistic.extract` of a short clip, whose frames are not looked at again once they were, in any chapter.

    What was found is kept by the frames' bytes and by the code that looks, so that it is what would be found again.
    """
    frames = np.stack(list(frames))
    seen = hashlib.sha256(f"{version('mediapipe')} {fps} {frames.shape} {inspect.getsource(graph)}".encode())
    seen.update(np.ascontiguousarray(frames))
    kept = CACHE / "holistic" / f"{seen.hexdigest()[:32]}.pose"
    if not kept.exists():
        extract(frames, fps=fps, progress=False, name=name, sure=False).save(kept)
    return Keypoints.load(kept)


def cut(keypoints: Keypoints, span: slice) -> Keypoints:
    """The same keypoints, of some frames only."""
    return replace(keypoints, xyz=keypoints.xyz[span], confidence=keypoints.confidence[span])


def telling_frame(
    found: Sequence[np.ndarray], lost: Sequence[np.ndarray], speeds: Sequence[np.ndarray]
) -> tuple[int, int]:
    """(clip, frame) in which a hand that is ``found`` in one treatment is ``lost`` in another, moving as such hands do.

    Each argument has for each clip an array over its frames: bool, bool, and the hand's speed. Of all frames that
    qualify, the one of median speed; where none does, the fastest frame of all.
    """
    places = [(clip, frame) for clip, speed in enumerate(speeds) for frame in range(len(speed))]
    apt = [(clip, frame) for clip, frame in places if found[clip][frame] and lost[clip][frame]]
    ranked = sorted(apt or places, key=lambda place: speeds[place[0]][place[1]])
    return ranked[len(ranked) // 2] if apt else ranked[-1]


def stage_frames(clip: Clip, stage: str) -> np.ndarray:
    """A clip's frames at one stage, uint8: "target", "input", or the input enlarged: "bilinear", "bicubic", ..."""
    if stage == "target":
        return clip.target()
    return clip.input() if stage == "input" else np.stack(list(enlarged(clip, stage)))


def measure(clip: Clip, stages: tuple[str, ...] = STAGES) -> list[dict]:
    """One row a stage: undetected hand presence (dominant, both) and, against the truth, false hands (right)."""
    truth, rows = clip.truth(), []
    for stage in stages:
        keypoints = in_target_pixels(found_in(stage_frames(clip, stage), clip.info["fps"], clip.name), clip)
        lost = {"uhp_dominant": clip.dominant, "uhp_both": "both"}
        row = {"set": clip.set, "clip": clip.name, "stage": stage}
        row |= {name: undetected_hand_presence(keypoints, hand) for name, hand in lost.items()}
        rows.append(row | {"false_right": false_hands(keypoints, truth, "right")})
    return rows
