"""Onto asl-signs: which signers are kept, what is trained, and the command on a made-up folder of the same form."""

import json

import numpy as np
import pytest
import torch

from book.shared.trained import read_ptn
from book.studies import asl_transfer
from book.studies.asl_transfer import WAYS, gains, kept_signers, onto
from lib.ptn import PTN
from lib.ptn.training import Recipe, SignSet
from lib.tools.errors import BadInput
from lib.tools.files import MANIFEST
from lib.tools.papers import look_up

TINY = Recipe(batch=8, epochs=1)


def source(classes: int = 3) -> PTN:
    torch.manual_seed(0)
    return PTN(134, classes)


def test_as_many_signers_are_kept_as_in_r2():
    signers = np.array([f"{name:02d}" for name in np.repeat(np.arange(9), 3)])
    held = kept_signers(signers)
    assert len(np.unique(signers[held])) == look_up("R2 5.2, ASL validation signers").value
    assert not set(signers[held]) & set(signers[~held]) and "08" in signers[held]
    with pytest.raises(BadInput, match="2 signers here, too few to keep 4"):
        kept_signers(np.array(["a", "b"]))


def test_all_ways_are_judged_on_the_kept_clips_and_learn_from_the_others_alone(monkeypatch):
    torch.set_num_threads(1)
    clips, seen = [np.full((3, 134), i, np.float32) for i in range(12)], []
    real = asl_transfer.train
    monkeypatch.setattr(asl_transfer, "train", lambda *a: (seen.extend(c[0, 0] for c in a[1].clips), real(*a)))
    held = np.arange(12) >= 8
    found = onto(source(), SignSet(clips, np.arange(12) % 2), held, TINY)
    assert set(found) == {*WAYS, "scratch"} and {len(right) for right in found.values()} == {4}
    assert set(seen) == set(range(8))


def test_gains_are_over_the_same_clips():
    scratch, better = np.array([True, False, False, True]), np.array([True, True, False, True])
    won = gains({"scratch": scratch, **dict.fromkeys(WAYS, better)})
    assert {way: (one.mean, one.n) for way, one in won.items()} == dict.fromkeys(WAYS, (25, 4))


def test_the_command_on_a_made_up_folder(tmp_path, monkeypatch, capsys):
    torch.set_num_threads(1)
    monkeypatch.setattr(asl_transfer, "RECIPE", TINY)
    rng, files = np.random.default_rng(0), []
    for signer in range(5):
        signs = np.array(["bird", "cat"] * 2)
        xyz = rng.uniform(0, 1000, (len(signs) * 4, 75, 3)).astype(np.float32)
        arrays = {"xyz": xyz, "lengths": np.full(len(signs), 4), "signs": signs, "sequences": np.arange(len(signs))}
        np.savez(tmp_path / f"signer-{signer}.npz", **arrays)
        files.append({"file": f"signer-{signer}.npz"})
    (tmp_path / MANIFEST).write_text(json.dumps(files))
    torch.save(source().state_dict(), tmp_path / "ptn.pt")
    options = ["--source", str(tmp_path / "ptn.pt"), "--data", str(tmp_path)]
    assert asl_transfer.main(options) == 0
    said = capsys.readouterr().out
    assert "of 16 clips, 2 signs" in said and all(f"{way} minus scratch" in said for way in WAYS)
    assert asl_transfer.main([*options, "--data", str(tmp_path / "none")]) == 1
    assert "kaggle.com" in capsys.readouterr().err
    assert asl_transfer.main([*options, "--device", "none"]) == 1
    assert "The device 'none' is not there" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_what_is_no_network_is_refused(tmp_path, content):
    path = tmp_path / "ptn.pt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match="ptn.pt"):
        read_ptn(path)
    torch.save({"weight": torch.zeros(2)}, path)
    with pytest.raises(BadInput, match="holds no PTN"):
        read_ptn(path)
    torch.save(source().state_dict(), path)
    assert read_ptn(path).classifier.out_features == 3
