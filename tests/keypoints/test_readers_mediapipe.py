"""Folders of .npy frames and asl-signs parquet files, whole and damaged; and the public sequences, where they lie."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.keypoints import ASL_SIGNS_543, HOLISTIC_67, HOLISTIC_75, from_npy_values, read_asl_signs, read_npy_frames
from lib.normalization import normalize
from lib.tools.errors import BadInput

MIRROR = Path(os.environ.get("HANDS_MIRROR", "nowhere")) / "github"


def npy_values(frames=4, face=True, seed=0) -> np.ndarray:
    """Rows as the two public data sets store them: left hand lost in frame 1, nobody in frame 2."""
    random = np.random.default_rng(seed)
    body = random.uniform(0.1, 0.9, (frames, 33, 4))
    hands = random.uniform(0.1, 0.9, (frames, 2, 63))
    hands[1, 0] = 0
    hands[:, :, 2] = 0  # z of a wrist is 0 itself, or nearly
    rows = np.concatenate(
        [body.reshape(frames, -1), *[np.ones((frames, 468 * 3))] * face, hands.reshape(frames, -1)], 1
    )
    rows[2] = 0
    return rows


def npy_folder(folder, rows, first=0):
    folder.mkdir()
    for number, row in enumerate(rows, first):
        np.save(folder / f"{number}.npy", row)
    return folder


@pytest.mark.parametrize("face", [False, True], ids=["258", "1662"])
def test_npy_frames(tmp_path, face):
    rows = npy_values(12, face)
    assert rows.shape[1] == (1662 if face else 258)
    clip = read_npy_frames(npy_folder(tmp_path / "0", rows), fps=20, size=(640, 480))
    assert clip.layout == HOLISTIC_75 and clip.xyz.shape == (12, 75, 3) and clip.fps == 20
    np.testing.assert_allclose(clip.xyz[0, 5], rows[0, 20:23] * [640, 480, 640], rtol=1e-5)
    np.testing.assert_allclose(clip.part("right_hand")[0, 20], rows[0, -3:] * [640, 480, 640], rtol=1e-5)
    np.testing.assert_allclose(clip.confidence[0, 5], rows[0, 23], rtol=1e-5)
    np.testing.assert_allclose(clip.xyz[11, 0, 0], rows[11, 0] * 640, rtol=1e-5)  # 11 comes after 2, not before
    assert clip.present("left_hand").tolist() == [True, False, False] + [True] * 9
    assert clip.present("pose").tolist() == [True, True, False] + [True] * 9
    assert clip.select(HOLISTIC_67).xyz.shape == (12, 67, 3)


def test_zeros_that_mean_missing_and_zeros_that_are_real():
    rows = npy_values(3, face=False)
    rows[0, -63:-60] = 0  # the right wrist in the very corner, the other points elsewhere
    clip = from_npy_values(rows)
    assert clip.part("right_hand")[0, 0].tolist() == [0, 0, 0] and clip.present("right_hand")[0]
    assert np.isnan(clip.part("left_hand")[1]).all()
    assert np.isfinite(normalize(clip)).all()


def test_a_sequence_without_anybody_and_of_one_frame():
    nobody = from_npy_values(np.zeros((5, 258)))
    assert np.isnan(nobody.xyz).all() and not nobody.confidence.any() and not normalize(nobody).any()
    assert normalize(from_npy_values(npy_values(3)[:1])).shape == (1, 75, 3)


def spoil(folder, what):
    path = folder / "1.npy"
    if what == "cut short":
        path.write_bytes(path.read_bytes()[:-8])
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "text":
        path.write_text("not numbers")
    elif what == "objects":
        np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    elif what == "length":
        np.save(path, np.zeros(126))
    elif what == "matrix":
        np.save(path, np.zeros((2, 258)))
    elif what == "left out":
        path.unlink()
    elif what == "not finite":
        np.save(path, np.full(258, np.nan))
    elif what == "another length":
        for number in range(4):
            np.save(folder / f"{number}.npy", np.zeros(126))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("cut short", "1.npy is not a whole .npy file"),
        ("empty", "1.npy is not a whole .npy file"),
        ("text", "1.npy is not a whole .npy file"),
        ("objects", "1.npy is not a whole .npy file"),
        ("length", "1.npy has another number of values than"),
        ("matrix", "1.npy does not hold one row"),
        ("left out", "lacks 1.npy"),
        ("not finite", "not finite"),
        ("another length", r"\(4, 126\), not \(frames, 258\)"),
    ],
)
def test_damaged_npy_frames(what, said, tmp_path):
    folder = npy_folder(tmp_path / "0", npy_values(4, face=False))
    spoil(folder, what)
    with pytest.raises(BadInput, match=said) as error:
        read_npy_frames(folder)
    assert "\n" not in str(error.value) and str(folder) in str(error.value)


def test_no_npy_frames(tmp_path):
    with pytest.raises(BadInput, match="holds no files like 0.npy"):
        read_npy_frames(tmp_path)


def asl_table(frames=3, first=20, seed=0) -> pd.DataFrame:
    """Rows as in asl-signs: frame, row_id, type, landmark_index, x, y, z; the left hand never found."""
    random = np.random.default_rng(seed)
    order = [(part, i) for part, where in ASL_SIGNS_543.parts.items() for i in range(where.stop - where.start)]
    rows = [(frame, f"{frame}-{part}-{i}", part, i) for frame in range(first, first + frames) for part, i in order]
    table = pd.DataFrame(rows, columns=["frame", "row_id", "type", "landmark_index"])
    table = table.astype({"frame": "int16", "landmark_index": "int16"})
    table[["x", "y", "z"]] = random.uniform(0, 1, (len(table), 3))
    table.loc[table["type"] == "left_hand", ["x", "y", "z"]] = np.nan
    return table


def test_asl_signs(tmp_path):
    path, table = tmp_path / "1.parquet", asl_table()
    table.sample(frac=1, random_state=0).to_parquet(path)  # whatever the order of the rows
    clip = read_asl_signs(path, size=(400, 800))
    assert clip.layout == ASL_SIGNS_543 and clip.xyz.shape == (3, 543, 3) and clip.size == (400, 800)
    wanted = table[["x", "y", "z"]].to_numpy().reshape(3, 543, 3) * [400, 800, 400]
    np.testing.assert_allclose(clip.xyz, wanted, rtol=1e-5)
    assert not clip.present("left_hand").any() and clip.present("right_hand").all()
    assert clip.select(HOLISTIC_67).xyz.shape == (3, 67, 3)
    assert np.isfinite(normalize(clip, layout=HOLISTIC_67)).all()


@pytest.mark.parametrize("what", ["cut short", "text", "column", "rows", "twice", "type", "index", "none", "infinite"])
def test_damaged_asl_signs(what, tmp_path):
    path, table = tmp_path / "1.parquet", asl_table()
    if what == "column":
        table = table.drop(columns="z")
    elif what == "rows":
        table = table.iloc[:-1]
    elif what == "twice":
        table.loc[0, "landmark_index"] = 1
    elif what == "type":
        table["type"] = table["type"].replace("pose", "body")
    elif what == "index":
        table.loc[0, "landmark_index"] = 468
    elif what == "none":
        table = table.iloc[:0]
    elif what == "infinite":
        table.loc[0, "x"] = np.inf
    table.to_parquet(path)
    if what in ("cut short", "text"):
        path.write_bytes(path.read_bytes()[:1000] if what == "cut short" else b"hello")
    with pytest.raises(BadInput) as error:
        read_asl_signs(path)
    assert "\n" not in str(error.value) and "1.parquet" in str(error.value)
    with pytest.raises(BadInput, match="does not exist"):
        read_asl_signs(tmp_path / "nowhere.parquet")


@pytest.mark.parametrize("column", ["frame", "type", "landmark_index", "x", "z"])
@pytest.mark.parametrize("value", ["text", True, b"\xff\xfe", pd.Timestamp("2020-01-01"), 1e300])
def test_columns_of_other_types(column, value, tmp_path):
    asl_table().assign(**{column: value}).to_parquet(tmp_path / "1.parquet")
    with pytest.raises(BadInput, match=r"1\.parquet "):
        read_asl_signs(tmp_path / "1.parquet")


def test_a_reader_that_is_killed_is_started_again(tmp_path):
    from lib.tools import parquet

    asl_table().to_parquet(tmp_path / "1.parquet")
    read_asl_signs(tmp_path / "1.parquet")
    process, _ = parquet._reader(os.getpid())
    process.kill()
    process.wait()
    assert len(read_asl_signs(tmp_path / "1.parquet")) == 3


@pytest.mark.parametrize("name", ["traduttore-traduttore-model", "Birkenpapier-GSL-Detector"])
def test_the_public_sequences(name, tmp_path):
    """One sequence of each data set, from the copies beside the checkout, where there are some."""
    archives = sorted(MIRROR.glob(f"{name}-*.zip"))
    if not archives:
        pytest.skip("the public archives are not here: set HANDS_MIRROR to their folder")
    with zipfile.ZipFile(archives[0]) as archive:
        members = [member for member in archive.namelist() if member.endswith(".npy")]
        sequence = [member for member in members if Path(member).parent == Path(members[0]).parent]
        for member in sequence:
            np.save(tmp_path / Path(member).name, np.load(io.BytesIO(archive.read(member))))
    clip = read_npy_frames(tmp_path)
    assert len(clip) == len(sequence) and clip.present("pose").any()
    wrists = clip.xyz[:, 16, :2] - clip.part("right_hand")[:, 0, :2]  # the hand hangs on the body's own right wrist
    assert clip.present("right_hand").sum() == 0 or np.nanmedian(np.linalg.norm(wrists, axis=-1)) < 40
    assert np.isfinite(normalize(clip, layout=HOLISTIC_67)).all()
