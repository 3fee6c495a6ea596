"""Anybody's folder of words: read in either form, and what is no recording of a word is named and left out."""

import numpy as np
import pytest

from data_scripts.shared.word_folders import read_folder, words_folder
from lib.tools.errors import BadInput

FRAMES = 4


def values(seed: int, size: int = 1662, hands: bool = True) -> np.ndarray:
    """(FRAMES, size) shares of a picture, as Holistic gives them."""
    rows = np.random.default_rng(seed).uniform(0.2, 0.8, (FRAMES, size))
    if not hands:
        rows[:, -126:] = 0
    return rows


def record(place, rows) -> None:
    place.mkdir(parents=True)
    for number, row in enumerate(rows):
        np.save(place / f"{number}.npy", row)


@pytest.fixture
def project(tmp_path):
    """Two good words of three recordings, one with 258 numbers a frame, in somebody's repository."""
    root = tmp_path / "project" / "gru" / "MP_Data"
    for number in (0, 2, 10):
        record(root / "yes" / str(number), values(number))
        record(root / "my name is" / str(number), values(number + 50, 258))
    return root


def test_both_forms_are_read_in_the_order_of_filming(project, tmp_path):
    found = read_folder(tmp_path / "project")
    assert found.names == ("my name is", "yes") and found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.numbers.tolist() == [0, 1, 2] * 2 and not found.left_out
    for word, label in (("my name is", 0), ("yes", 1)):
        (tmp_path / "ours" / word).mkdir(parents=True)
        for number, source in enumerate((0, 2, 10)):
            rows = values(source + 50, 258) if label == 0 else values(source)
            np.save(tmp_path / "ours" / word / f"{number:02d}.npy", rows)
    ours = read_folder(tmp_path / "ours")
    assert all(np.array_equal(a.xyz, b.xyz, equal_nan=True) for a, b in zip(found.clips, ours.clips, strict=True))


def test_what_is_no_recording_of_a_word_is_named(project):
    record(project / "yes" / "11", np.zeros((FRAMES, 1662)))
    record(project / "yes" / "12", values(1))
    np.save(project / "yes" / "12" / "3.npy", np.ones(258))
    record(project / "yes" / "13", values(2))
    (project / "yes" / "13" / "1.npy").write_bytes(b"half")
    record(project / "yes" / "14", values(3))
    (project / "yes" / "14" / "1.npy").unlink()
    record(project / "yes" / "15", values(3, 126))
    record(project / "alone" / "0", values(4))
    for number in range(3):
        record(project / "predicting....." / str(number), values(number, hands=False))
        record(project / "idle" / str(number), values(number))
    (project / "empty").mkdir()
    (project / ".ipynb_checkpoints").mkdir()
    found = read_folder(project)
    assert found.names == ("my name is", "yes") and len(found) == 6
    told = "\n".join(found.left_out)
    places = ["yes/11 is zero", "yes/12/3.npy has another", "yes/13/1.npy", "yes/14", "yes/15"]
    classes = [
        "alone: 1 recording",
        "predicting.....: no word, a hand is found in 0 of 12",
        "idle: no word by its name",
    ]
    for words in (*places, *classes, "empty: 0"):
        assert words in told, told
    assert len(found.left_out) == 9 and str(project) not in told


def test_a_signer_near_the_camera_is_no_fault(project):
    """Hips and legs far below the picture: fifteen public recordings are so."""
    rows = values(0).reshape(FRAMES, -1)
    body = rows[:, :132].reshape(FRAMES, 33, 4)
    body[:, 13:, 1] = np.random.default_rng(0).uniform(1.6, 2.2, (FRAMES, 20))
    rows[:, -126:] = 0
    record(project / "yes" / "11", rows)
    assert not read_folder(project).left_out


@pytest.mark.parametrize("wrong", ["nothing", "no folder", "one word", "two projects"])
def test_a_folder_without_words_is_one_sentence(project, tmp_path, wrong):
    if wrong == "two projects":
        (tmp_path / "project" / "lstm" / "MP_Data").mkdir(parents=True)
    folder = {"nothing": tmp_path / "new", "no folder": tmp_path / "none", "one word": project / "yes"}.get(wrong)
    (tmp_path / "new").mkdir()
    with pytest.raises(BadInput, match="MP_Data"):
        read_folder(folder or tmp_path / "project")


def test_the_folder_may_be_mp_data_or_above(project, tmp_path):
    assert words_folder(tmp_path / "project") == words_folder(project) == project
