"""Studies of one choice in training: rows of networks that do not ship, beside the facts of their training."""

import pytest
import torch
from short_clips import short_clips

from lib import paths
from lib.errors import BadInput
from lib.upsampler import UNet, save
from lib.upsampler_studies import TOLD, added, judge, main, named, read


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """Three frames each of two clips, as a set "short"."""
    return short_clips(tmp_path_factory.mktemp("clips"), length=3)


def weights(folder, name: str, seed: int = 0):
    torch.manual_seed(seed)
    facts = dict.fromkeys(TOLD, 1) | {"name": name, "seed": seed}
    return save(UNet(2, 1), folder / f"{name}-{seed}.safetensors", facts)


def test_networks_are_judged_in_r1s_damage(short, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    files = [weights(tmp_path, "fifth"), weights(tmp_path, "fifth", seed=1)]
    found = judge(files, "short_software", short)
    assert list(found["trainings"]) == ["fifth", "fifth, seed 1"] and found["trainings"]["fifth, seed 1"]["seed"] == 1
    assert {(row["set"], row["path"]) for row in found["rows"]} == {("short_software", "frames")}
    assert [row["method"] for row in found["rows"]] == ["fifth"] * 2 + ["fifth, seed 1"] * 2
    assert all(row["psnr"] > 0 for row in found["rows"])


def test_the_command_adds_to_what_is_there(short, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    out = tmp_path / "studies.json"
    for file in (weights(tmp_path, "fifth"), weights(tmp_path, "fifth-l1")):
        assert main([str(file), "--set", "short_software", "--data", str(short), "--out", str(out)]) == 0
    assert "2 trainings, 4 rows" in capsys.readouterr().out
    assert list(read(out)["trainings"]) == ["fifth", "fifth-l1"]


def test_a_training_anew_replaces_its_rows():
    old = {"trainings": {"a": 1, "b": 1}, "rows": [{"method": "a", "value": 1}, {"method": "b", "value": 1}]}
    new = {"trainings": {"a": 2}, "rows": [{"method": "a", "value": 2}]}
    assert added(old, new) == {
        "trainings": {"a": 2, "b": 1},
        "rows": [{"method": "b", "value": 1}, {"method": "a", "value": 2}],
    }
    assert named({"name": "b-ae", "seed": 0}) == "b-ae" and named({"name": "b-ae", "seed": 2}) == "b-ae, seed 2"


def test_a_file_without_studies_is_said(tmp_path):
    (tmp_path / "r1_studies.json").write_text("[]")
    with pytest.raises(BadInput, match="r1_studies.json is missing or holds no studies; make it: python -m"):
        read(tmp_path / "r1_studies.json")
