"""What a reader of others' files doubts and says: sizes, fillers, percent, axes, numbers too large for their type."""

import estimators as files
import numpy as np
import pytest
from read_estimators import places, read

from lib.keypoints import COCO_133, load
from lib.tools.errors import BadInput

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


@pytest.mark.parametrize("filler", [0, -1, -999, 9999])
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


@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "openpose", "pose", "npy", "asl"])
def test_a_signer_on_the_side_as_of_x_and_y_exchanged_is_said(kind, tmp_path, recwarn):
    xy = places(kind)
    read(kind, tmp_path, [xy / SIZE if kind in ("npy", "asl") else xy])
    assert not [one for one in recwarn if "on the side" in str(one.message)]
    (other := tmp_path / "exchanged").mkdir()
    exchanged = xy[..., ::-1]
    with pytest.warns(UserWarning, match="holds a signer who lies on the side; exchange x and y"):
        read(kind, other, [exchanged / SIZE if kind in ("npy", "asl") else exchanged])


@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "openpose", "pose"])
def test_numbers_that_did_not_fit_into_16_bits_are_refused(kind, tmp_path):
    xy = places(kind)
    xy[2, 30] = 65536 - 3, 100
    with pytest.raises(BadInput, match="cannot be used: they reach 65533"):
        read(kind, tmp_path, [xy])


@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "openpose"])
def test_confidence_in_percent_becomes_shares_scores_stay_and_others_are_refused(kind, tmp_path):
    xy = places(kind)
    for name in "abc":
        (tmp_path / name).mkdir()
    with pytest.warns(UserWarning, match="has confidences up to 80, which are taken for percent"):
        np.testing.assert_allclose(read(kind, tmp_path / "a", [xy], sure=80).confidence, 0.8)
    np.testing.assert_allclose(read(kind, tmp_path / "b", [xy], sure=7.5).confidence, 7.5)
    with pytest.raises(BadInput, match="confidences up to 204, neither shares nor percent"):
        read(kind, tmp_path / "c", [xy], sure=204)


def test_confidence_in_percent_of_a_pose_file_becomes_shares(tmp_path):
    xy = places("pose")[:, None]
    path = files.pose(tmp_path / "a.pose", files.components(COCO_133), xy, np.full(xy.shape[:3], 80.0))
    with pytest.warns(UserWarning, match="a.pose has confidences up to 80, which are taken for percent"):
        np.testing.assert_allclose(load(path).confidence, 0.8)


@pytest.mark.parametrize("kind", ["rtmlib", "mmpose", "openpose"])
def test_a_point_whose_confidence_is_no_number_is_not_found(kind, tmp_path):
    clip = read(kind, tmp_path, [places(kind)], sure=float("nan"))
    assert np.isnan(clip.xyz).all() and not clip.confidence.any()


@pytest.mark.parametrize(
    "size", [(0, 0), (-640, 480), "640x480", 640, (640, 480, 3), (float("nan"), 480), (10**9, 480)]
)
@pytest.mark.parametrize("kind", ["rtmlib", "openpose", "npy", "asl"])
def test_a_size_that_is_none_is_refused(kind, size, tmp_path):
    xy = places(kind)
    with pytest.raises(BadInput, match="need a size of .width, height. in pixels, not "):
        read(kind, tmp_path, [xy / SIZE if kind in ("npy", "asl") else xy], size=size)


@pytest.mark.parametrize("person", ["0", 1, -1, 0.5])
@pytest.mark.parametrize("kind", ["rtmlib", "pose"])
def test_a_person_who_is_not_there_is_refused(kind, person, tmp_path):
    with pytest.raises(BadInput, match=f"there is no person {person!r}"):
        read(kind, tmp_path, [places(kind)], person=person)


@pytest.mark.parametrize("kind", ["npy", "asl"])
def test_shares_far_outside_are_refused_and_of_another_picture_said(kind, tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
    shares = places(kind) / SIZE
    with pytest.warns(UserWarning, match="keypoints lie beyond"):
        read(kind, tmp_path / "a", [2.2 * shares])
    shares[2, 40] = 102.4, 0.5
    with pytest.raises(BadInput, match="cannot be used: they reach"):
        read(kind, tmp_path / "b", [shares])
