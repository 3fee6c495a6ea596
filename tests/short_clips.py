"""A set "short" for tests that look at whole clips: some frames each of two clips that ship."""

import json
from pathlib import Path

import numpy as np

from lib.signer.clips import clips
from lib.video import write_video

FIRST = 20


def short_clips(folder: Path, length: int = 8) -> Path:
    """``folder``, with the set "short" in it."""
    for clip in clips("d1_train")[:2]:
        short = folder / "short" / clip.name
        short.mkdir(parents=True)
        for path, frames in ((clip.target_path, clip.target()), (clip.input_path, clip.input())):
            write_video(short / path.name, frames[FIRST : FIRST + length], clip.info["fps"], crf=12)
        with np.load(clip.folder / "truth.npz") as truth:
            np.savez(short / "truth.npz", **{key: truth[key][FIRST : FIRST + length] for key in truth})
        (short / "clip.json").write_text(json.dumps(clip.info | {"set": "short", "frames": length}))
    return folder
