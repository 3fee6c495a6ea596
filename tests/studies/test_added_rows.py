"""Rows that are measured later, beside those that ship already, and FID."""

import numpy as np
import pytest
from short_clips import short_clips

from book.studies.fid import fids
from book.studies.r1_rows import joined, main
from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import watch
from lib.evaluation.methods import find_methods
from lib.metrics import frechet_distance
from lib.signer.clips import clips
from lib.tools import paths


def row(path, name, method, value=0):
    return {"path": path, "set": name, "method": method, "clip": "a", "uhp_both": value}


def test_rows_are_joined_to_those_that_ship():
    old = [row("frames", "d1_test", "bilinear"), row("frames", "d1_test", "b-unet"), row("film", "d1_test", "bilinear")]
    new = [row("frames", "d1_test", "b-ae"), row("frames", "d1_test_software", "b-unet")]
    new += [row("frames", "d1_test", "b-unet", value=1), row("frames", "mine", "b-ae + second look")]
    found = joined(old, new)
    assert [(r["path"], r["set"], r["method"]) for r in found] == [
        ("frames", "d1_test_software", "b-unet"),
        ("frames", "d1_test", "bilinear"),
        ("frames", "d1_test", "b-ae"),
        ("frames", "d1_test", "b-unet"),
        ("frames", "mine", "b-ae + second look"),
        ("film", "d1_test", "bilinear"),
    ]
    assert found[3]["uhp_both"] == 1, "measured anew"


@pytest.fixture
def short(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    return short_clips(tmp_path / "clips", length=3)


def test_shipping_more_rows_keeps_the_others(short, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HANDS_INCEPTION", str(tmp_path / "absent"))
    shipped = tmp_path / "rows.json"
    arguments = ["--set", "short", "--data", str(short), "--paths", "frames", "--ship", str(shipped)]
    assert main([*arguments, "--models", "input"]) == 0
    assert main([*arguments, "--models", "bilinear", "--add"]) == 0
    assert [row["method"] for row in shipped_rows.read(shipped)] == ["input"] * 2 + ["bilinear"] * 2
    assert main([*arguments, "--models", "bilinear"]) == 0
    assert {row["method"] for row in shipped_rows.read(shipped)} == {"bilinear"}
    assert "FID is not measured here" in capsys.readouterr().out


def test_fid_is_over_all_frames_of_a_set(short, tmp_path, monkeypatch):
    def colours(frames, _):
        return np.stack([frame.mean(axis=(0, 1)) for frame in frames])

    both = clips("short", short)
    monkeypatch.setenv("HANDS_INCEPTION", str(tmp_path / "absent"))
    assert fids(find_methods(["bilinear"]), both, None) == {}
    monkeypatch.setattr("book.studies.fid.inception_features", colours)
    target = np.concatenate([colours(clip.target(), None) for clip in both])
    bilinear = np.concatenate([colours(watch(find_methods(["bilinear"])[0], clip)[0], None) for clip in both])
    found = fids(find_methods(["input", "target", "bilinear"]), both, tmp_path / "weights")
    assert found == {("short", "bilinear"): pytest.approx(frechet_distance(bilinear, target))}
