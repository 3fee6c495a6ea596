"""Units and frames: what every reader decides alike about files of others."""

import estimators as files
import numpy as np
import pytest
from read_estimators import PIXELS, places, read

from lib.keypoints import (
    COCO_133,
    HOLISTIC_75,
    OPENPOSE_67,
    load,
    read_asl_signs,
    read_npy_frames,
    read_openpose,
)
from lib.tools.errors import BadInput

SIZE = (640, 480)


def normalised(xy: np.ndarray, layout) -> np.ndarray:
    """As pose.normalize() of pose-format does: about the middle of the shoulders, which are 1 apart."""
    left, right = (xy[:, one] for one in layout.shoulders)
    return (xy - ((left + right) / 2).mean(axis=0)) / np.linalg.norm(left - right, axis=-1).mean()


@pytest.mark.parametrize("kind", [*PIXELS, "pose"])
def test_pixels_are_taken_as_they_are(kind, tmp_path):
    for middle, wide in (((320, 200), 120), ((130, 25), 16), ((10, 200), 100), ((5000, 4000), 900)):  # some at the edge
        xy = places(kind, middle=middle, wide=wide)
        folder = tmp_path / str(middle[0])
        folder.mkdir()
        np.testing.assert_allclose(read(kind, folder, [xy]).xyz[..., :2], xy, atol=1e-2)


@pytest.mark.parametrize("kind", PIXELS)
def test_shares_need_a_size(kind, tmp_path):
    xy = places(kind)
    for name in "ab":
        (tmp_path / name).mkdir()
    with pytest.raises(BadInput, match="shares of the picture, not pixels; "):
        read(kind, tmp_path / "a", [xy / SIZE])
    clip = read(kind, tmp_path / "b", [xy / SIZE], size=SIZE)
    np.testing.assert_allclose(clip.xyz[..., :2], xy, atol=0.05)
    assert clip.size == SIZE


@pytest.mark.parametrize("kind", PIXELS)
def test_two_units_in_one_clip_are_refused(kind, tmp_path):
    """Whichever most frames have; of one of them half the points would lie in a corner."""
    for name, few in (("a", slice(0, 1)), ("b", slice(1, None))):
        xy = np.concatenate([places(kind)] * 3)
        xy[few] /= SIZE
        (tmp_path / name).mkdir()
        shares = len(xy[few])
        with pytest.raises(BadInput, match=f"in {shares} frames and in pixels in {len(xy) - shares}; give all in one"):
            read(kind, tmp_path / name, [xy], size=SIZE)


@pytest.mark.parametrize("kind", PIXELS)
def test_what_may_be_percent_is_said_unless_the_picture_is_known_as_tiny(kind, tmp_path, recwarn):
    shares = places(kind) / SIZE
    for name in "abcd":
        (tmp_path / name).mkdir()
    for name, size in (("a", None), ("b", SIZE)):
        with pytest.warns(UserWarning, match="if they are percent"):
            read(kind, tmp_path / name, [100 * shares], **({"size": size} if size else {}))
    tiny = read(kind, tmp_path / "c", [100 * shares], size=(100, 100))
    np.testing.assert_allclose(tiny.xyz[..., :2], 100 * shares, atol=0.05)
    small = shares * (152, 168)  # R1's size, which is what pixels of small films are like
    np.testing.assert_allclose(read(kind, tmp_path / "d", [small]).xyz[..., :2], small, atol=0.05)
    assert not [warning for warning in recwarn if "percent" in str(warning.message)]


def test_percent_in_a_pose_file_is_said_but_not_of_our_own(tmp_path, recwarn):
    percent = 100 * files.signer(COCO_133) / SIZE
    load(files.pose(tmp_path / "tiny.pose", files.components(COCO_133), percent[:, None], size=(100, 100, 0)))
    path = files.pose(tmp_path / "a.pose", files.components(COCO_133), percent[:, None], size=(*SIZE, 0))
    assert not [warning for warning in recwarn if "percent" in str(warning.message)]
    with pytest.warns(UserWarning, match="a.pose.* if they are percent"):
        clip = load(path)
    recwarn.clear()
    clip.save(tmp_path / "ours.pose")
    load(tmp_path / "ours.pose")
    assert not [warning for warning in recwarn if "percent" in str(warning.message)]


@pytest.mark.parametrize("kind", ["npy", "asl"])
def test_mediapipes_shares_become_pixels_and_pixels_are_refused(kind, tmp_path):
    xy = places(kind)
    for name in "abc":
        (tmp_path / name).mkdir()
    clip = read(kind, tmp_path / "a", [xy / SIZE], size=SIZE)
    np.testing.assert_allclose(clip.xyz[..., :2], xy, atol=0.05)
    np.testing.assert_allclose(clip.xyz[..., 2], 64, rtol=1e-5)
    with pytest.raises(BadInput, match="pixels, not shares"):
        read(kind, tmp_path / "b", [xy])
    deep = {"npy": files.npy, "asl": files.asl_signs}[kind](tmp_path / "c" / "seq", xy / SIZE, z=64.0)
    with pytest.raises(BadInput, match="pixels, not shares"):
        {"npy": read_npy_frames, "asl": read_asl_signs}[kind](deep)


@pytest.mark.parametrize("kind", [*PIXELS, "npy", "asl", "pose"])
def test_normalised_keypoints_are_refused(kind, tmp_path):
    layout, xy = files.LAYOUT.get(kind, COCO_133), places(kind)
    about = normalised(xy, layout)
    kinds = {
        "about the shoulders": about,
        "in hundreds": 100 * about,
        "from -1 to 1": 2 * xy / SIZE - 1,
        "flipped": xy * [-1, 1],
        "by the shoulders": xy / np.linalg.norm(np.diff(xy[:, layout.shoulders], axis=1), axis=-1)[:, None],
    }
    for number, values in enumerate(kinds.values()):
        (tmp_path / str(number)).mkdir()
        with pytest.raises(BadInput, match="normalised|pixels, not shares") as error:
            read(kind, tmp_path / str(number), [values], **({} if kind == "pose" else {"size": SIZE}))
        assert "\n" not in str(error.value) and str(tmp_path) in str(error.value)


@pytest.mark.parametrize("kind", [*PIXELS, "npy", "asl", "pose"])
@pytest.mark.parametrize("value", [1e300, 1e20, np.inf])
def test_numbers_beyond_any_picture_name_the_file(kind, value, tmp_path):
    if kind == "pose" and value == 1e300:
        pytest.skip("float32 holds none")
    xy = places(kind) / (SIZE if kind in ("npy", "asl") else 1)
    xy[2, 7, 0] = value
    with pytest.raises(BadInput, match="cannot be used: they reach|not finite") as error:
        read(kind, tmp_path, [xy])
    assert str(tmp_path) in str(error.value)


@pytest.mark.parametrize("kind", ["mmpose", "asl"])
@pytest.mark.parametrize(
    "numbers", [[3, 4, 7, 8, 9, 10], ["3", "4", "7", "8", "9", "10"], ["10", "3", "8", "4", "9", "7"]]
)
def test_a_frame_that_is_left_out_has_no_points(kind, numbers, tmp_path):
    xy = places(kind) / (1 if kind == "mmpose" else SIZE)
    with pytest.warns(UserWarning, match="lacks 2 of 8 frames, the first of them 5"):
        clip = read(kind, tmp_path, [xy], numbers, size=SIZE)
    assert len(clip) == 8 and clip.present("pose").tolist() == [True, True, False, False, True, True, True, True]
    order = np.argsort([int(number) for number in numbers])
    wanted = xy[order] * (1 if kind == "mmpose" else SIZE)
    np.testing.assert_allclose(clip.xyz[clip.present("pose"), :, :2], wanted, atol=0.05)


@pytest.mark.parametrize("kind", ["mmpose", "asl"])
@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([0, 1, 1, 2, 3, 4], "frame 1 twice|not 543 for each"),
        (["0", "1", "01", "2", "3", "4"], "frame 1 twice"),
        ([0, 1, 2, 3, 4, 10**9], "has 6 of the frames from 0 to 1000000000"),
        ([0, 1, 2, 3, 4, -1], "frame numbered"),
        ([0.5, 1.5, 2.5, 3.5, 4.5, 5.5], "frame numbered"),
        (["a", "b", "c", "d", "e", "f"], "frame numbered"),
    ],
)
def test_frames_that_cannot_be_counted(kind, numbers, said, tmp_path):
    with pytest.raises(BadInput, match=said):
        read(kind, tmp_path, [places(kind) / (1 if kind == "mmpose" else SIZE)], numbers)


@pytest.mark.parametrize(
    "numbers", [[None, 1, 2, 3, 4, 5], [True, 2, 3, 4, 5, 6], [{}, 1, 2, 3, 4, 5], [0, "1", [2], 3, 4, 5]]
)
def test_mmposes_odd_numbers(numbers, tmp_path):
    with pytest.raises(BadInput, match="a.json has a frame numbered"):
        read("mmpose", tmp_path, [places("mmpose")], numbers)


def test_mmpose_without_numbers_is_in_the_files_order(tmp_path):
    xy = places("mmpose")
    np.testing.assert_allclose(read("mmpose", tmp_path, [xy], [None] * 6).xyz[..., :2], xy, rtol=1e-5)


@pytest.mark.parametrize("name", ["images{:04d}", "{:05d}", "{}", "a1b2_{:012d}", "2019-07-{}", "été {:03d}"])
def test_openposes_names_of_any_picture(name, tmp_path):
    xy = places("openpose", frames=12)
    folder = files.openpose(tmp_path / "op", [xy], name=name)
    (folder / f"._{name.format(3)}_keypoints.json").write_bytes(b"\0\5\x16\7")  # another system's
    (folder / "notes.json").write_text("{}")
    np.testing.assert_allclose(read_openpose(folder).xyz[..., :2], xy, atol=1e-3)


@pytest.mark.parametrize("name", ["{:04d}", "frame_{}", "f{}"])
def test_npy_names_of_any_frame(name, tmp_path):
    xy = places("npy", frames=12)
    folder = files.npy(tmp_path / "seq", xy / SIZE, numbers=[name.format(t) for t in range(12)])
    (folder / "._0.npy").write_bytes(b"\0\5\x16\7")
    np.testing.assert_allclose(read_npy_frames(folder, size=SIZE).xyz[..., :2], xy, atol=1e-3)


def test_files_that_are_double_or_missing(tmp_path):
    folder = files.openpose(tmp_path / "op", [places("openpose")], numbers=[1, 2, 3, 4, 5, 6], name="{}")
    (folder / "3_keypoints.json").rename(folder / "03_keypoints.json")
    assert len(read_openpose(folder)) == 6
    (folder / "3_keypoints.json").write_bytes((folder / "03_keypoints.json").read_bytes())
    with pytest.raises(BadInput, match="op has frame 3 twice"):
        read_openpose(folder)
    for file in folder.glob("*3_keypoints.json"):
        file.unlink()
    with pytest.raises(BadInput, match="op lacks the file of frame 3"):
        read_openpose(folder)
    for file in folder.glob("*"):
        file.rename(folder / f"{file.name}.bak")
    with pytest.raises(BadInput, match="holds no files like NAME_0+_keypoints.json, but 1_keypoints.json.bak; give"):
        read_openpose(folder)
    files.npy(tmp_path / "seq", places("npy") / SIZE)
    (tmp_path / "seq" / "05.npy").write_bytes((tmp_path / "seq" / "5.npy").read_bytes())
    with pytest.raises(BadInput, match="seq has frame 5 twice"):
        read_npy_frames(tmp_path / "seq")


@pytest.mark.parametrize("kind", [*PIXELS])
def test_confidence_0_is_not_found(kind, tmp_path):
    clip = read(kind, tmp_path, [places(kind)], sure=0)
    assert np.isnan(clip.xyz).all() and len(clip) == 6


@pytest.mark.parametrize("layout", [COCO_133, HOLISTIC_75, OPENPOSE_67])
def test_a_hand_that_pose_format_hides_is_not_present(layout, tmp_path):
    xy, sure = files.signer(layout)[:, None], np.full((6, 1, len(layout)), 0.7)
    sure[3:, :, layout.parts["left_hand"]] = 0
    sure[0, 0, 4] = 0
    clip = load(files.pose(tmp_path / "a.pose", files.components(layout), xy, sure))
    assert clip.present("left_hand").tolist() == [True] * 3 + [False] * 3 and clip.present("right_hand").all()
    assert np.isnan(clip.xyz[0, 4]).all() and not np.isnan(clip.xyz[0, 5, :2]).any()
