"""MediaPipe Hands on single pictures: the joints come back in the picture's own pixels, whatever was done to it."""

import numpy as np
import pytest

from book.studies import runner, small_photos
from book.studies.rows.letter_rows import MADE_BY, read_results
from data_scripts.shared import lis_hands
from data_scripts.shared.annotation import Way, find_hands, prepare
from lib.joins2sign.photos import Photos
from lib.tools.errors import BadInput

LEVELS = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)


@pytest.fixture(scope="module")
def close_up():
    """The synthetic hand in the letters b and l, 128 x 128, with its true joints."""
    from data_scripts.letter_hands import CloseUp
    from data_scripts.signer.figure import SIGNERS, Figure
    from lib.joins2sign.photos import LETTERS

    spelled = np.array([LETTERS.index(letter) for letter in "bl"])
    return CloseUp(Figure(SIGNERS[0])).pictures(spelled, ["front"] * 2, 128, np.random.default_rng(0))


def test_ways_have_names():
    assert str(Way()) == "as it is"
    assert str(Way(16, "bicubic", 2, 0.1)) == "16 pixels of room, bicubic x4, threshold 0.1"


@pytest.mark.parametrize(
    ("way", "shape"), [(Way(), (6, 8)), (Way(padding=3), (12, 14)), (Way(2, "bilinear", 2), (40, 48))]
)
def test_what_mediapipe_gets_to_see(way, shape):
    (seen,) = prepare([LEVELS], way)
    assert seen.shape == (*shape, 3)


def test_room_repeats_the_rim():
    (seen,) = prepare([LEVELS], Way(padding=2))
    assert (seen[2:-2, 2:-2] == LEVELS).all() and (seen[0, 2:-2] == LEVELS[0]).all()


@pytest.mark.parametrize("way", [Way(), Way(padding=16), Way(method="bilinear"), Way(padding=8, method="bilinear")])
def test_joints_are_where_they_are(close_up, way):
    """Within a tenth of the picture of the truth in the mean; the order of the pictures does not matter."""
    images, truth = close_up
    found = find_hands(list(images), way)
    assert found.shape == (2, 21, 3)
    assert np.linalg.norm(found[..., :2] - truth, axis=-1).mean() < 12.8
    np.testing.assert_allclose(find_hands(list(images[::-1]), way)[::-1], found, atol=1e-3)


def test_nothing_is_found_in_nothing(close_up):
    assert np.isnan(find_hands([np.zeros((64, 64, 3), np.uint8)])).all()
    assert find_hands([]).shape == (0, 21, 3)


def test_ways_take_turns(monkeypatch):
    """The second way only sees what the first has not found."""
    asked = []

    def pretended(frames, way):
        asked.append((way.padding, len(frames)))
        joints = np.full((len(frames), 21, 3), np.nan, np.float32)
        joints[[frame[0, 0, 0] >= way.padding for frame in frames]] = way.padding
        return joints

    monkeypatch.setattr(lis_hands, "find_hands", pretended)
    frames = [np.full((4, 4, 3), level, np.uint8) for level in (5, 30, 12)]
    joints, by = lis_hands.find_in_turn(frames, (Way(padding=20), Way(padding=10)))
    assert asked == [(20, 3), (10, 2)] and by.tolist() == [-1, 0, 1]
    assert np.isnan(joints[0]).all() and (joints[1] == 20).all() and (joints[2] == 10).all()


def test_unknown_method_and_missing_network(tmp_path):
    with pytest.raises(BadInput, match="magic"):
        find_hands([LEVELS], Way(method="magic"))
    with pytest.raises(BadInput, match=r"bg-unet\.safetensors"):
        find_hands([LEVELS], Way(method="bg-unet"), tmp_path)


def test_wiping_leaves_the_cloth_alone(close_up):
    image = close_up[0][0]
    plain = small_photos.wiped(image)
    assert np.ptp(plain.astype(int), axis=(0, 1)).max() < 12 < np.ptp(image.astype(int), axis=(0, 1)).max()
    assert np.isnan(find_hands([plain])).all()


def test_each_way_gets_a_row(close_up, tmp_path, monkeypatch):
    images, truth = close_up
    both = Photos(images, truth, np.arange(2), np.arange(2), np.array(["front"] * 2), np.zeros(2, bool))
    line = small_photos.row(Way(padding=16), both, truth, tmp_path)
    assert line["found"] == 1 and line["false"] == 0 and line["signers"] == 2 and line["apart"] < 30
    monkeypatch.setattr(small_photos, "read_photos", lambda folder: both)
    monkeypatch.setattr(small_photos, "WAYS", (Way(), Way(padding=16)))
    for _ in range(2):  # the second time, all is there
        assert small_photos.main(["--photos", "2", "--ship", str(tmp_path / "r3.json")]) == 0
    assert [row["way"] for row in read_results(tmp_path / "r3.json")["ways"]] == ["as it is", "16 pixels of room"]


def test_results_keep_their_parts(tmp_path):
    path = tmp_path / "r3.json"
    assert read_results(path, missing_ok=True)["rows"] == []
    runner.write(path, {}, rows=[{"kind": "cnn", "made_by": MADE_BY}])
    assert read_results(path)["rows"] == [{"kind": "cnn", "made_by": MADE_BY}]
    path.write_text("[")
    with pytest.raises(BadInput, match="no results"):
        read_results(path)
    with pytest.raises(BadInput, match="missing"):
        read_results(tmp_path / "none.json")


def test_missing_photos_are_one_sentence(tmp_path, capsys):
    assert small_photos.main(["--data", str(tmp_path / "none"), "--ship", str(tmp_path / "r3.json")]) == 1
    said = capsys.readouterr().err
    assert "lis_fingerspelling.py" in said and said.count("\n") == 1
