"""Studies of one choice in training: rows of networks that do not ship, beside the facts of their training."""

import pytest
import torch
from short_clips import short_clips

from book.studies.rows import shipped_rows
from book.studies.upsamplers import TOLD, add, judge, main, named
from lib.tools import paths
from lib.upsampler import UNet, save


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """Three frames each of two clips, as a set "short"."""
    return short_clips(tmp_path_factory.mktemp("clips"), length=3)


def weights(folder, name: str, seed: int = 0):
    torch.manual_seed(seed)
    facts = dict.fromkeys(TOLD, 1) | {"name": name, "seed": seed, "command": name, "curve": [[0.2, 0.1]]}
    facts["clips"] = {"d1_software": 22}
    return save(UNet(2, 1), folder / f"{name}-{seed}.safetensors", facts)


def test_networks_are_judged_in_r1s_damage(short, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    files = [weights(tmp_path, "fifth"), weights(tmp_path, "fifth", seed=1)]
    rows, trainings = judge(files, ["short_software"], data=short)
    assert list(trainings) == ["fifth", "fifth, seed 1"] and trainings["fifth, seed 1"]["seed"] == 1
    assert {(row["set"], row["path"]) for row in rows} == {("short_software", "frames")}
    assert [row["method"] for row in rows] == ["fifth"] * 2 + ["fifth, seed 1"] * 2
    assert all(row["psnr"] > 0 for row in rows)


def test_the_command_adds_to_what_is_there(short, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    out = tmp_path / "studies.json"
    for file in (weights(tmp_path, "fifth"), weights(tmp_path, "fifth-l1")):
        assert main([str(file), "--sets", "short_software", "--data", str(short), "--out", str(out)]) == 0
    assert "4 rows of 2 trainings" in capsys.readouterr().out
    assert list(shipped_rows.about(out)["trainings"]) == ["fifth", "fifth-l1"]


def test_a_training_anew_replaces_its_rows(tmp_path):
    def row(method, value):
        return {"method": method, "path": "frames", "value": value}

    def facts(least):
        return {"curve": [[0.3, least], [0.2, 0.9]]}

    path = tmp_path / "r1_studies.json"
    add([row("a", 1), row("b", 1)], {"a": facts(0.1), "b": facts(0.2)}, path)
    assert add([row("a", 2)], {"a": facts(0.05)}, path) == [row("b", 1), row("a", 2)] == shipped_rows.read(path)
    assert shipped_rows.about(path)["validation"] == {"a": 0.05, "b": 0.2}


@pytest.mark.parametrize(
    ("seed", "asked", "films", "name"),
    [
        (0, "", {"d1_software": 22}, "b-ae"),
        (2, " --seed 2", {"d1_software": 22}, "b-ae, seed 2"),
        (0, " --crop 0 --crops 480 --bfloat16", {"td1": 12}, "b-ae, crop 0, crops 480"),
        (0, "", {"d1_software": 60}, "b-ae, films 60"),
    ],
)
def test_a_training_is_named_by_what_it_has_otherwise(seed, asked, films, name):
    command = f"python -m lib.train_upsampler b-ae{asked}"
    assert named({"name": "b-ae", "seed": seed, "clips": films, "command": command}) == name
