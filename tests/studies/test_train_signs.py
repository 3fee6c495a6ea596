"""R2's networks at R2's size: two steps of each on the CPU, from a small corpus in the form of the reader's."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from book.shared.trained import read_ptn
from book.studies import paper_signs
from book.studies.paper_signs import SIDE
from data_scripts.corpus_films import write_corpus
from lib.tools.papers import look_up
from lib.tools.paths import ROOT


@pytest.fixture
def corpus(tmp_path) -> Path:
    """Six clips of two signs, two frames each, and what VTN sees of them."""
    torch.set_num_threads(1)
    rng, folder = np.random.default_rng(0), tmp_path / "vgt"
    clips = [rng.uniform(100, 500, (2, 67, 3)).astype(np.float32) for _ in range(6)]
    numbers = {"labels": [0, 1] * 3, "signers": [0, 0, 0, 0, 1, 2], "subsets": [0, 0, 0, 0, 1, 2]}
    write_corpus(folder / "signs_vgt.npz", clips, numbers, {"fps": 25, "size": [960, 540]})
    np.save(folder / "pictures_vgt.npy", rng.integers(0, 256, (12, 3, SIDE, SIDE), np.uint8))
    return folder


def words(corpus: Path, network: str) -> list[str]:
    small = ["--batch", "2", "--epochs", "1"]
    return [network, "--profile", "paper", "--data", str(corpus), "--out", str(corpus / "runs"), *small]


@pytest.mark.parametrize("network", ["ptn", "vtn"])
def test_r2s_size_takes_two_steps_here(network, corpus, capsys, monkeypatch):
    steps, real = [], torch.optim.Adam.step
    monkeypatch.setattr(torch.optim.Adam, "step", lambda self, *a, **b: (steps.append(1), real(self, *a, **b))[1])
    assert paper_signs.main(words(corpus, network)) == 0
    result = json.loads((corpus / "runs" / f"{network}-vgt-0" / "result.json").read_text())
    assert len(steps) == 2 and result["epochs"] == 1 and result["recipe"]["bfloat16"]
    assert f"{network}, vgt: " in capsys.readouterr().out
    best = torch.load(corpus / "runs" / f"{network}-vgt-0" / "best.pt", weights_only=True)
    assert best["classifier.weight"].shape == (2, look_up(f"R2 3.4, {network.upper()}'s frame embedding").value)
    layers = {name.split(".")[3] for name in best if name.startswith("sequence.encoder.layers.")}
    assert len(layers) == look_up("R2 3.4, transformer layers").value
    shutil.rmtree(corpus / "runs")  # VTN's are half a gigabyte


def test_a_trained_ptn_is_a_source_of_transfer(corpus):
    assert paper_signs.main(words(corpus, "ptn")) == 0
    assert (
        read_ptn(corpus / "runs" / "ptn-vgt-0" / "best.pt").in_features
        == 2 * look_up("R2 3.1, points of MediaPipe").value
    )


def test_missing_data_are_said_in_one_sentence(corpus, tmp_path, capsys):
    assert paper_signs.main(words(tmp_path / "none", "ptn")) == 1
    assert "corpus_vgt.py --language vgt" in capsys.readouterr().err
    (corpus / "pictures_vgt.npy").unlink()
    assert paper_signs.main(words(corpus, "vtn")) == 1
    assert "--pictures 224" in capsys.readouterr().err and not (corpus / "runs").exists()


@pytest.mark.slow
def test_two_processes_share_each_batch(corpus):
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    task = [*launch, "-m", "book.studies.paper_signs", *words(corpus, "ptn")]
    ran = subprocess.run(task, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.count("ptn, vgt:") == 1
