"""The fingerspelling photos: what their names say, the script on a small archive of the same shape, the real one where
there is one. The small archive's hands are synthetic."""

import csv
import importlib.util
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data_scripts.lis_fingerspelling import parse_name
from data_scripts.shared import lis_hands
from data_scripts.shared.lis_photos import read_hands, read_photos, read_table
from data_scripts.shared.manifest import command_line
from lib.joins2sign.photos import LETTERS, Photos
from lib.tools import paths
from lib.tools.errors import BadInput

SCRIPT = Path(__file__).parents[2] / "data_scripts" / "lis_fingerspelling.py"
TOP = "italian_fingerspelling_recognition-abc/dataset"


@pytest.fixture
def script(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("lis_fingerspelling", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(lis_hands, "find_in_turn", pretended_hands)
    return module


def pretended_hands(frames):
    """A hand in every photo whose first pixel is bright: what MediaPipe finds is tested elsewhere."""
    bright = np.array([frame[0, 0, 0] > 128 for frame in frames])
    joints = np.full((len(frames), 21, 3), np.nan, np.float32)
    joints[bright] = np.arange(63).reshape(21, 3)
    return joints, np.where(bright, 0, -1)


def jpeg(level: int, side: int = 64) -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), level, np.uint8)).save(content, "JPEG")
    return content.getvalue()


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{TOP}/{name}", content)
    return path


GOOD = {
    "dataset1/train/a/a_NOOR_1_front.JPG": jpeg(200),
    "dataset1/train/a/a_MIKE_12_left.JPG": jpeg(10),
    "dataset1/testing/y/y_NOOR_3_top.JPG": jpeg(200),
    "dataset1-signer-independent-test/b/b_GIULIA_7_bottom.JPG": jpeg(220),
}


@pytest.mark.parametrize("name", ["a_NOOR_12_front.JPG", "A_noor_12_Front.jpeg"])
def test_a_name_says_who_and_what(name):
    assert parse_name(name) == {"letter": "a", "signer": "NOOR", "number": 12, "angle": "front"}


@pytest.mark.parametrize(
    "name", ["a_NOOR_front.JPG", "a-NOOR-1-front.JPG", "a_NOOR_1_front.png", "j_NOOR_1_front.JPG", "a_NOOR_1_above.JPG"]
)
def test_an_odd_name_is_said(name):
    with pytest.raises(BadInput, match=name.split(".")[0]):
        parse_name(name)


def test_the_alphabet_has_the_still_letters():
    assert len(LETTERS) == 22 and not set("gjsz") & set(LETTERS)


def test_script_writes_photos_tables_and_joints(script, tmp_path, capsys):
    out, source = tmp_path / "out", write_zip(tmp_path / "photos.zip", GOOD)
    assert command_line("", script.make, "unused", ["--out", str(out), "--source", str(source)]) == 0
    said = capsys.readouterr().out
    assert said.index("Licence: none stated") < said.index("4 photos of 3 signers; a hand was found in 3")
    photos = read_photos(out)
    assert len(photos) == 4 and photos.images.shape == (4, 64, 64, 3)
    row = list(read_table(out).file).index("dataset1-signer-independent-test/b/b_GIULIA_7_bottom.JPG")
    assert photos.unseen.tolist() == [number == row for number in range(4)]
    assert (LETTERS[photos.labels[row]], photos.angles[row]) == ("b", "bottom") and photos.found.sum() == 3
    manifest = json.loads((out / "manifest.json").read_text())
    assert all({"file", "source", "licence", "sha256"} <= set(entry) for entry in manifest)
    assert "none stated" in manifest[0]["licence"] and str(tmp_path) not in (out / "manifest.json").read_text()
    source.unlink()
    assert command_line("", script.make, "unused", ["--out", str(out), "--source", str(source)]) == 0
    assert "already there" in capsys.readouterr().out


def test_what_cannot_be_used_is_named_and_the_rest_is_done(script, tmp_path, capsys):
    """An unreadable photo, one of another size, odd names, a letter in another's folder, missing folders."""
    bad = {
        "dataset1/train/a/a_NOOR_2_front.JPG": jpeg(200)[:300],
        "dataset1/train/a/a_NOOR_3_front.JPG": b"no picture at all",
        "dataset1/train/a/a_NOOR_4_front.JPG": jpeg(200, side=32),
        "dataset1/train/a/copy of a.JPG": jpeg(200),
        "dataset1/train/a/b_NOOR_5_front.JPG": jpeg(200),
        "dataset1/train/a/../../../evil_NOOR_6_front.JPG": jpeg(200),
        "dataset1/train/j/j_NOOR_7_front.JPG": jpeg(200),
    }
    out, source = tmp_path / "out", write_zip(tmp_path / "photos.zip", GOOD | bad)
    assert command_line("", script.make, "unused", ["--out", str(out), "--source", str(source)]) == 0
    said = capsys.readouterr().out
    with open(out / "left_out.csv", newline="") as file:
        why = {row["file"]: row["why"] for row in csv.DictReader(file)}
    assert len(read_photos(out)) == 4
    for name in list(bad)[:5]:
        assert name in why and name in said
    assert "32 x 32" in why["dataset1/train/a/a_NOOR_4_front.JPG"] and "unreadable" in why[list(bad)[1]]
    assert "no folder of a letter" in why["dataset1/train/j/j_NOOR_7_front.JPG"] and "j_NOOR_7" in said
    assert said.count("missing or empty") == 1 and "more: the folder is missing" in said, "a line for each reason"
    assert "missing" in why["dataset1/train/c"] and "not as published" in why["dataset1/train/a"]
    assert not list(tmp_path.rglob("evil*")), "no name of the archive leads out of the folder"


def test_a_damaged_photo_inside_the_archive_is_left_out(script, tmp_path):
    source = write_zip(tmp_path / "photos.zip", GOOD)
    content = bytearray(source.read_bytes())
    place = content.find(GOOD["dataset1/train/a/a_MIKE_12_left.JPG"])
    content[place + 200] ^= 0xFF  # the zip's checksum no longer fits
    source.write_bytes(bytes(content))
    script.make(tmp_path / "out", str(source))
    assert len(read_photos(tmp_path / "out")) == 3
    assert "a_MIKE_12_left.JPG,damaged" in (tmp_path / "out" / "left_out.csv").read_text()


@pytest.mark.parametrize("wrong", ["truncated", "text", "other", "missing", "useless"])
def test_wrong_archive_is_one_sentence_and_nothing_written(script, tmp_path, capsys, wrong):
    source, out = tmp_path / f"{wrong}.zip", tmp_path / "out"
    files = {"other": {"else/a.txt": b"a"}, "useless": {"dataset1/train/a/holiday.JPG": jpeg(9)}}.get(wrong, GOOD)
    write_zip(source, files)
    if wrong == "truncated":
        source.write_bytes(source.read_bytes()[:900])
    elif wrong == "text":
        source.write_text("<html>no such page</html>")
    elif wrong == "missing":
        source.unlink()
    assert command_line("", script.make, "unused", ["--out", str(out), "--source", str(source)]) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert source.name in said and "Traceback" not in said and not out.exists()


def test_no_hand_anywhere_is_said(script, tmp_path, capsys):
    source = write_zip(tmp_path / "dark.zip", {"dataset1/train/a/a_NOOR_1_front.JPG": jpeg(3)})
    assert command_line("", script.make, "unused", ["--out", str(tmp_path / "out"), "--source", str(source)]) == 1
    assert "no hand in any" in capsys.readouterr().err
    assert not (tmp_path / "out" / "hands.npz").exists()


def test_annotation_goes_on_where_it_stopped(script, tmp_path, monkeypatch):
    source, out = write_zip(tmp_path / "photos.zip", GOOD), tmp_path / "out"
    monkeypatch.setattr(lis_hands, "PIECE", 3)
    seen = []

    def stops_after_one_piece(frames):
        if seen:
            raise KeyboardInterrupt
        seen.append(len(frames))
        return pretended_hands(frames)

    monkeypatch.setattr(lis_hands, "find_in_turn", stops_after_one_piece)
    with pytest.raises(KeyboardInterrupt):
        script.make(out, str(source))
    monkeypatch.setattr(
        lis_hands, "find_in_turn", lambda frames: (seen.append(len(frames)), pretended_hands(frames))[1]
    )
    script.make(out, str(source))
    assert seen == [3, 1] and len(read_hands(out, list(read_table(out).file))[0]) == 4
    assert not list(out.glob(".hands*")), "the pieces are gone"


def test_photos_that_went_bad_since_are_named_and_the_rest_is_read(script, tmp_path):
    script.make(tmp_path / "out", str(write_zip(tmp_path / "photos.zip", GOOD)))
    files, whole = list(read_table(tmp_path / "out").file), read_photos(tmp_path / "out")
    (tmp_path / "out" / files[0]).write_bytes(b"no picture")
    (tmp_path / "out" / files[2]).write_bytes(jpeg(200, side=32))
    with pytest.warns(UserWarning, match=f"2 photos .*{Path(files[0]).name}.*lis_fingerspelling"):
        some = read_photos(tmp_path / "out")
    np.testing.assert_array_equal(some.joints, whole.joints[[1, 3]])
    assert some.images.shape == (2, 64, 64, 3) and some.labels.tolist() == whole.labels[[1, 3]].tolist()
    for file in files:
        (tmp_path / "out" / file).unlink(missing_ok=True)
    with pytest.raises(BadInput, match="None of the 4 photos"):
        read_photos(tmp_path / "out")


def test_joints_of_other_photos_are_refused(script, tmp_path):
    script.make(tmp_path / "out", str(write_zip(tmp_path / "photos.zip", GOOD)))
    with pytest.raises(BadInput, match="other photos"):
        read_hands(tmp_path / "out", ["a.jpg"])
    with pytest.raises(BadInput, match="lis_fingerspelling"):
        read_photos(tmp_path / "nothing")
    for name, content in (("hands.npz", b"PK\x03\x04 cut"), ("hands.npz", b"text"), ("photos.csv", b"a\n1\n")):
        (tmp_path / "out" / name).write_bytes(content)
        with pytest.raises(BadInput, match=name):
            read_photos(tmp_path / "out")


def test_rows_of_photos_stay_together():
    photos = Photos(*(np.arange(4) + 10 * k for k in range(6)))
    some = photos[np.array([2, 0])]
    assert some.images.tolist() == [2, 0] and some.unseen.tolist() == [52, 50] and len(some) == 2


def test_real_photos_are_all_there(script, tmp_path, monkeypatch):
    mirror = os.environ.get("HANDS_MIRROR")
    if not mirror:
        pytest.skip("HANDS_MIRROR does not name a folder with github/maghid-*.zip")
    [source] = Path(mirror, "github").glob("maghid-*.zip")
    rows, left_out = script.unpack(source, tmp_path / "out")
    assert len(rows) == 11_008 and left_out == []
    assert sum(row["subset"] == script.UNSEEN for row in rows) == 808
    assert len({row["signer"] for row in rows}) == 11 and {row["letter"] for row in rows} == set(LETTERS)
