"""What no reader can know of files of others, and says: sizes, fillers, y from below, clips without their beginning."""

import numpy as np
import pytest
from read_estimators import places, read

SIZE = (640, 480)


@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "pose"])
def test_a_size_that_cannot_be_the_pictures_is_said(kind, tmp_path):
    xy, size = 6 * places(kind), {} if kind == "pose" else {"size": SIZE}
    with pytest.warns(UserWarning, match="its picture has 640 x 480 pixels, but (9.|100)% of its keypoints lie beyond"):
        assert read(kind, tmp_path, [xy], **size).size == SIZE


@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "pose"])
def test_the_size_of_a_film_that_was_enlarged_since_is_said(kind, tmp_path):
    xy, size = 2 * places(kind), {} if kind == "pose" else {"size": SIZE}
    with pytest.warns(UserWarning, match="but [3-8].% of its keypoints lie beyond: where that is another picture's"):
        read(kind, tmp_path, [xy], **size)


@pytest.mark.parametrize("filler", [0, -1])
@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "openpose", "pose"])
def test_many_points_at_one_place_that_is_none_are_said(kind, filler, tmp_path):
    xy = places(kind)
    xy[2, -21:] = filler
    with pytest.warns(UserWarning, match=rf"has 21 points of a frame at exactly {filler}, {filler}, and they are"):
        assert np.isnan(read(kind, tmp_path, [xy]).xyz[2, -21:, 0]).sum() == 0


@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "openpose", "pose", "npy", "asl"])
def test_y_that_is_counted_from_below_is_said(kind, tmp_path):
    xy = np.float64([0, 480]) + [1, -1] * places(kind)
    with pytest.warns(UserWarning, match="a signer whose nose is below the shoulders; if y is counted"):
        read(kind, tmp_path, [xy / SIZE if kind in ("npy", "asl") else xy])


@pytest.mark.parametrize("kind", ["mmpose", "openpose", "npy"])
def test_a_clip_whose_first_frames_are_not_there_says_so(kind, tmp_path, recwarn):
    xy = places(kind) / (SIZE if kind == "npy" else 1)
    for first in (0, 1, 7):
        (tmp_path / str(first)).mkdir()
        read(kind, tmp_path / str(first), [xy], list(range(first, first + 6)))
    assert [str(one.message).partition(" begins ")[2] for one in recwarn] == [
        "with frame 7, which becomes the clip's first."
    ]
