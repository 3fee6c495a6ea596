"""Draws the README's picture from the shipped clips: python book/assets/make_overview.py"""

from pathlib import Path

import numpy as np

from book.shared.draw import draw_keypoints, strip
from book.shared.stages import enlarged
from lib.holistic import extract
from lib.keypoints import Keypoints
from lib.signer.clips import Clip, clips

STAGES = {
    "sharp: hands found": Clip.target,
    "blurred: a hand lost": Clip.input,
    "enlarged: still lost": lambda clip: list(enlarged(clip, "bilinear")),
}


def main() -> None:
    """Of all frames in which only the sharp right hand is found, show the one where it is found best."""
    best = None
    for clip in clips("d1_test"):
        found = {name: extract(frames(clip), progress=False) for name, frames in STAGES.items()}
        off = (found[next(iter(STAGES))].part("right_hand") - clip.truth().part("right_hand"))[..., :2]
        error = np.where(lost_only_below(found), np.linalg.norm(off, axis=-1).mean(axis=1), np.inf)
        if best is None or error.min() < best[0]:
            best = error.min(), clip, found, int(error.argmin())
    draw(*best[1:])


def lost_only_below(found: dict[str, Keypoints]) -> np.ndarray:
    """Frames (T,) where the target has both hands and the other stages only the left one."""
    sharp, *others = found.values()
    shown = sharp.present("right_hand") & sharp.present("left_hand")
    for keypoints in others:
        shown &= ~keypoints.present("right_hand") & keypoints.present("left_hand")
    return shown


def draw(clip: Clip, found: dict[str, Keypoints], t: int) -> None:
    """Four pictures of frame ``t``, the last with the true joints."""
    pictures = []
    for stage, keypoints in found.items():
        frame = STAGES[stage](clip)[t]
        enlarge = 2 * clip.info["size"][0] // frame.shape[1]
        pictures.append(draw_keypoints(frame, keypoints.xyz[t], keypoints.layout, enlarge=enlarge))
    truth = clip.truth()
    pictures.append(draw_keypoints(clip.target()[t], truth.xyz[t], truth.layout, enlarge=2))
    figure = strip(pictures, [*STAGES, "truth: the signer is synthetic"], height=3.2)
    figure.savefig(Path(__file__).with_name("overview.png"), dpi=110)


if __name__ == "__main__":
    main()
