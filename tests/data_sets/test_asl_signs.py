"""Kaggle's asl-signs, from a small folder of the real shape."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from data_scripts.shared.manifest import command_line
from lib.keypoints import ASL_SIGNS_543
from lib.tools.errors import BadInput

sys.path.insert(0, str(ROOT / "data_scripts"))
import asl_signs
from asl_signs import load, read_list


def landmarks(frames: int, rng: np.random.Generator) -> pd.DataFrame:
    """A landmark file: 543 rows a frame, the left hand never found."""
    rows = [
        {"frame": 20 + at, "type": part, "landmark_index": i, "x": x, "y": y, "z": z}
        for at in range(frames)
        for part, where in ASL_SIGNS_543.parts.items()
        for i, (x, y, z) in enumerate(rng.uniform(0.2, 0.8, (where.stop - where.start, 3)))
    ]
    table = pd.DataFrame(rows)
    table.loc[table.type == "left_hand", ["x", "y", "z"]] = np.nan
    return table


@pytest.fixture
def download(tmp_path, monkeypatch):
    """What Kaggle's archive unpacks to: two signers, two signs, three recordings."""
    monkeypatch.setattr(asl_signs.os, "cpu_count", lambda: 1)
    rng, rows = np.random.default_rng(0), []
    for signer, sequence, sign, frames in ((16069, 1, "blow", 2), (16069, 2, "null", 3), (25571, 3, "blow", 4)):
        name = f"train_landmark_files/{signer}/{sequence}.parquet"
        (tmp_path / "kaggle" / name).parent.mkdir(parents=True, exist_ok=True)
        landmarks(frames, rng).to_parquet(tmp_path / "kaggle" / name)
        rows.append({"path": name, "participant_id": signer, "sequence_id": sequence, "sign": sign})
    pd.DataFrame(rows).to_csv(tmp_path / "kaggle" / "train.csv", index=False)
    return tmp_path / "kaggle"


def test_script_converts_what_was_downloaded(download, tmp_path, capsys):
    out = tmp_path / "out"
    assert command_line("", asl_signs.make, "", ["--out", str(out), "--source", str(download)]) == 0
    assert [entry["file"] for entry in json.loads((out / "manifest.json").read_text())] == [
        "signer-16069.npz",
        "signer-25571.npz",
    ]
    signs, names, signers = load(out)
    assert names == ["blow", "null"] and signers.tolist() == ["16069", "16069", "25571"]
    assert [len(clip) for clip in signs.clips] == [2, 3, 4] and signs.clips[0].shape[1] == 134
    assert np.isfinite(np.concatenate(signs.clips)).all()
    assert load(out, signs=1)[0].labels.tolist() == [0, 0]
    assert command_line("", asl_signs.make, "", ["--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.count("Licence: ") == 1 and said.index("Licence: ") < said.index("already made")


def test_without_a_download_it_says_how_to_get_one(tmp_path, capsys):
    assert command_line("", asl_signs.make, "", ["--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "accept its rules" in said and said.count("\n") == 1
    with pytest.raises(BadInput, match="accept its rules"):
        load(tmp_path / "out")


WRONG = ["no list", "file missing", "outside", "zip", "no column", "damaged", "signer outside", "no numbers", "binary"]


@pytest.mark.parametrize("wrong", WRONG)
def test_an_incomplete_download_is_one_sentence(download, tmp_path, capsys, wrong):
    table = pd.read_csv(download / "train.csv", keep_default_na=False)
    if wrong == "no list":
        (download / "train.csv").unlink()
    elif wrong == "file missing":
        (download / table.path[1]).unlink()
    elif wrong == "outside":
        table.assign(path="../x.parquet").to_csv(download / "train.csv", index=False)
    elif wrong == "no column":
        table.drop(columns="sign").to_csv(download / "train.csv", index=False)
    elif wrong == "signer outside":
        table.assign(participant_id="x/../../../stolen").to_csv(download / "train.csv", index=False)
    elif wrong == "no numbers":
        table.assign(sequence_id="one").to_csv(download / "train.csv", index=False)
    elif wrong == "binary":
        (download / "train.csv").write_bytes(bytes(range(256)))
    elif wrong == "damaged":
        (download / table.path[2]).write_text("frame,type\n")
    source = download / "train.csv" if wrong == "zip" else download
    out = tmp_path / "out"
    assert command_line("", asl_signs.make, "", ["--out", str(out), "--source", str(source)]) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.count(". ") == 0 and not (out / "manifest.json").exists()
    assert {path.name for path in tmp_path.iterdir()} <= {"kaggle", "out"}


@pytest.mark.parametrize("wrong", ["manifest", "deep", "cut short", "other arrays", "lengths"])
def test_what_was_spoilt_since_is_one_sentence(download, tmp_path, wrong):
    out = tmp_path / "out"
    assert command_line("", asl_signs.make, "", ["--out", str(out), "--source", str(download)]) == 0
    path = out / "signer-25571.npz"
    arrays = dict(np.load(path))
    if wrong in ("manifest", "deep"):
        (out / "manifest.json").write_text("{}x" if wrong == "manifest" else "[" * 10**5)
    elif wrong == "cut short":
        path.write_bytes(path.read_bytes()[:-50])
    elif wrong == "other arrays":
        np.savez(path, xyz=arrays["xyz"])
    else:
        np.savez(path, **arrays | {"lengths": np.array([-1])})
    with pytest.raises(BadInput, match=r"run data_scripts/asl_signs\.py again"):
        load(out)


def test_a_sign_called_null_is_a_sign(download):
    assert read_list(download).sign.tolist() == ["blow", "null", "blow"]
