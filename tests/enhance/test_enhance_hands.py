"""Which hands `lib.enhance` keeps: those that were found, or refused ones, too."""

import numpy as np
from enhance_films import FPS, weight_file

from lib.enhance.cli import main
from lib.keypoints import load
from lib.signer.clips import clips
from lib.video import write_video


def test_all_hands_are_those_that_were_found_and_refused_ones_beside_them(tmp_path):
    frames = clips("d1_train")[0].input()[16:32]  # in some of which a hand is lost
    film, weights = write_video(tmp_path / "clip.mp4", frames, FPS), weight_file(tmp_path)
    found, every = tmp_path / "a.pose", tmp_path / "b.pose"
    for pose, options in ((found, ()), (every, ("--all-hands",))):
        arguments = (
            film,
            "--out",
            tmp_path / "o.mp4",
            "--keypoints",
            pose,
            "--weights",
            weights,
            "--looks",
            1,
            *options,
        )
        assert main([*map(str, arguments)]) == 0
    found, every = load(found), load(every)
    there = np.isfinite(found.xyz)
    np.testing.assert_array_equal(every.xyz[there], found.xyz[there])
    for part in ("right_hand", "left_hand"):
        np.testing.assert_array_equal(every.found(part), found.present(part))
    assert np.isfinite(every.xyz).sum() > there.sum()  # some were refused
