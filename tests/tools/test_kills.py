"""Runs that are killed at any moment, by SIGKILL, and started again: they end with the bytes of a run that was not."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import ROOT

from lib.tools.checkpoints import read_tensors
from lib.upsampler import UNet, save
from lib.video import write_video

KILLED_TRAININGS = """
import os, random, signal, sys, time
from test_training import torch, train
torch.set_num_threads(1)
rng, kills, status = random.Random(1), 0, 9
while status:
    child = os.fork()  # so that torch is loaded once
    if not child:
        train(sys.argv[1], epochs=30)
        os._exit(0)
    if kills < 20:  # the next one may come to its end
        time.sleep(rng.uniform(0, 0.3))
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    kills += bool(status)
print(kills)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def script(code: str, *arguments) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


@pytest.mark.slow
def test_a_training_that_is_killed_again_and_again(tmp_path):
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = os.environ | {"PYTHONPATH": paths, "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1"}
    once = "from test_training import *; torch.set_num_threads(1); train(sys.argv[1], epochs=30)"
    subprocess.run(script(once, tmp_path / "whole"), env=environment, check=True)
    killed = script(KILLED_TRAININGS, tmp_path / "killed")
    said = subprocess.run(killed, env=environment, check=True, capture_output=True, text=True)
    assert int(said.stdout) >= 5
    whole, again = tmp_path / "whole", tmp_path / "killed"
    assert names(again) == names(whole) == ["best.pt", "history.json", "last.pt"]
    assert (again / "best.pt").read_bytes() == (whole / "best.pt").read_bytes()
    curves = [json.loads((folder / "history.json").read_text()) for folder in (whole, again)]
    states = [read_tensors(folder / "last.pt") for folder in (whole, again)]
    for one, other in (curves, [state.pop("history") for state in states]):
        assert [row | {"seconds": 0} for row in one] == [row | {"seconds": 0} for row in other]
    assert same(*states)


def same(one, other) -> bool:
    """Whether two checkpoints hold the same numbers, to the last bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


@pytest.mark.slow
def test_films_whose_enhancing_is_killed_again_and_again(tmp_path):
    """At once after each kill the same command follows: no process lives on to write the same files."""
    torch.manual_seed(0)
    weights = save(UNet(2, 1), tmp_path / "w.safetensors", {})
    for number in range(3):
        frames = np.random.default_rng(number).integers(0, 256, (120, 96, 128, 3), np.uint8)
        write_video(tmp_path / "in" / f"{number}.mp4", frames, 25, crf=30)
    films = [
        "-m",
        "lib.enhance",
        str(tmp_path / "in"),
        "--always",
        "--weights",
        str(weights),
        "--processes",
        "2",
        "--out",
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    how = dict(cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([sys.executable, *films, str(tmp_path / "whole")], check=True, **how)
    rng, out = random.Random(2), tmp_path / "killed"
    for _ in range(3):
        run = subprocess.Popen([sys.executable, *films, str(out)], **how)
        while run.poll() is None and not list(out.glob(".partial-*.mp4")):
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 2))
        run.send_signal(signal.SIGKILL)
        run.wait()
    subprocess.run([sys.executable, *films, str(out)], check=True, **how)
    assert names(out) == names(tmp_path / "whole")
    for path in sorted(out.glob("*.mp4")):
        assert path.read_bytes() == (tmp_path / "whole" / path.name).read_bytes()
