"""The loop: it learns, stops, resumes exactly after a kill, and two processes train as one."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lib.tools import processes
from lib.tools.errors import BadInput
from lib.tools.processes import take_own
from lib.training import Settings, fit
from lib.upsampler.data import HANDS, Frames, batches

TRUE = torch.tensor([[1.0, -2.0, 0.5]])


def make_model() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.1), nn.Linear(4, 1))


def make_data(epoch: int, rank: int = 0, processes: int = 1):
    rng = torch.Generator().manual_seed(100 + epoch)
    for _ in range(6):
        x = torch.randn(8, 3, generator=rng)[rank::processes]
        yield x, x @ TRUE.T


def loss(model: nn.Module, batch) -> torch.Tensor:
    return nn.functional.mse_loss(model(batch[0]), batch[1])


def validate(model: nn.Module) -> float:
    return float(loss(model, next(iter(make_data(999)))).detach())


def train(folder, after_epoch=lambda history: None, **changes):
    model = make_model()
    settings = Settings(**({"learning_rate": 1e-2, "epochs": 6} | changes))
    return model, fit(model, make_data, loss, validate, settings, folder, after_epoch)


def test_it_learns_and_ends_with_the_best_epoch(tmp_path):
    model, history = train(tmp_path, epochs=20)
    assert history[-1]["validation"] < history[0]["validation"] / 3
    assert validate(model) == pytest.approx(min(row["validation"] for row in history))
    assert json.loads((tmp_path / "history.json").read_text()) == history


def test_a_killed_training_resumes_to_the_same_result(tmp_path):
    def killed(history):
        if len(history) == 3:
            raise KeyboardInterrupt

    whole, curve = train(tmp_path / "whole", cosine=True)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "killed", killed, cosine=True)
    resumed, curve_again = train(tmp_path / "killed", cosine=True)
    for a, b in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    assert [row["train"] for row in curve] == [row["train"] for row in curve_again]


def test_a_process_that_dies_within_an_epoch_resumes_to_the_same_result(tmp_path):
    script = tmp_path / "dies.py"
    script.write_text(
        "import os, signal, sys; sys.path.insert(0, sys.argv[2])\n"
        "from test_training import *\n"
        "left = iter(range(15))\n"
        "def deadly(*a): return loss(*a) if next(left) < 14 else os.kill(os.getpid(), signal.SIGKILL)\n"
        "fit(make_model(), make_data, deadly, validate, Settings(learning_rate=1e-2, epochs=6), sys.argv[1])\n"
    )
    place = tmp_path / "killed"
    dead = subprocess.run([sys.executable, str(script), str(place), str(Path(__file__).parent)], check=False)
    assert dead.returncode == -signal.SIGKILL and len(json.loads((place / "history.json").read_text())) == 2
    whole, curve = train(tmp_path / "whole")
    resumed, curve_again = train(place)
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), resumed.state_dict().values()))
    assert [row["validation"] for row in curve] == [row["validation"] for row in curve_again]


def test_without_a_folder_it_trains_the_same_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept, _ = train(tmp_path / "kept")
    monkeypatch.setattr(torch, "save", lambda *_: pytest.fail("there is no folder to write to"))
    gone, history = train(None)
    assert len(history) == 6 and [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert all(torch.equal(a, b) for a, b in zip(kept.state_dict().values(), gone.state_dict().values(), strict=True))


def test_it_stops_when_nothing_is_gained(tmp_path):
    model = make_model()
    scores = iter([3.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    history = fit(model, make_data, loss, lambda m: next(scores), Settings(patience=3, epochs=6), tmp_path)
    assert [row["validation"] for row in history] == [3.0, 1.0, 2.0, 2.0, 2.0]


def test_cosine_falls_from_the_full_rate_towards_zero(tmp_path):
    rates = [row["learning_rate"] for row in train(tmp_path, cosine=True)[1]]
    assert rates[0] == 1e-2 and rates == sorted(rates, reverse=True) and rates[-1] < 1e-3


def test_bfloat16_trains_too(tmp_path):
    _, history = train(tmp_path, epochs=10, bfloat16=True)
    assert history[-1]["validation"] < history[0]["validation"]


def test_other_settings_and_damaged_checkpoints_are_refused(tmp_path):
    train(tmp_path, epochs=1)
    with pytest.raises(BadInput, match="other settings"):
        train(tmp_path, epochs=1, learning_rate=1e-3)
    (tmp_path / "last.pt").write_bytes(b"half")
    with pytest.raises(BadInput, match="damaged"):
        train(tmp_path, epochs=1)


def test_a_loss_that_is_no_number_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no number"):
        fit(make_model(), make_data, lambda m, b: loss(m, b) * float("nan"), validate, Settings(), tmp_path)
    with pytest.raises(BadInput, match="validation is no number"):
        fit(make_model(), make_data, loss, lambda network: float("nan"), Settings(), tmp_path)


def test_a_machine_that_cannot_compile_is_told_so(tmp_path):
    inductor = type("InductorError", (RuntimeError,), {"__module__": "torch._inductor.exc"})

    def fails(model, batch):
        raise error

    error = inductor("No working C++ compiler\nand pages of more")
    with pytest.raises(BadInput, match=r"\(No working C\+\+ compiler\); train without it"):
        fit(make_model(), make_data, fails, validate, Settings(), tmp_path)
    error = RuntimeError("something else")
    with pytest.raises(RuntimeError, match="something else"):
        fit(make_model(), make_data, fails, validate, Settings(), tmp_path)


def test_an_epoch_without_a_batch_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no batch"):
        fit(make_model(), lambda epoch, rank, processes: [], loss, validate, Settings(), tmp_path)


def test_each_process_has_a_gpu_of_its_own(monkeypatch):
    """Tensors of its batches go to "cuda", which has to be where its network is."""
    chosen = []
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(processes, "usable_device", torch.device)
    monkeypatch.setenv("LOCAL_RANK", "3")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    assert take_own("cuda") == torch.device("cuda", 3) and chosen == [3]
    assert take_own("cpu") == torch.device("cpu") and chosen == [3]
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(BadInput, match="There are 2 GPUs and more processes: start torchrun with --nproc-per-node 2"):
        take_own("cuda")


@pytest.mark.slow
def test_two_processes_train_as_one(tmp_path):
    """torchrun on two halves of each batch gives what one process makes of the whole batches."""
    script = tmp_path / "two.py"
    script.write_text(
        "import sys, torch; sys.path.insert(0, sys.argv[2])\n"
        "from test_training import *\n"
        "model = make_model()[0:1].append(nn.Linear(4, 1))\n"
        "torch.manual_seed(0); [nn.init.normal_(p, 0, 0.1) for p in model.parameters()]\n"
        "fit(model, make_data, loss, validate, Settings(learning_rate=1e-2, epochs=2), sys.argv[1])\n"
    )
    here = str(__file__).rsplit("/", 1)[0]
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
    for count in ("1", "2"):
        subprocess.run([*run, count, str(script), str(tmp_path / count), here], check=True, capture_output=True)
    one, two = (torch.load(tmp_path / count / "best.pt", weights_only=True) for count in ("1", "2"))
    for a, b in zip(one.values(), two.values(), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def marked_frames() -> Frames:
    """A bright dot at the right hand's middle in input and target, wherever it is."""
    rng = np.random.default_rng(0)
    inputs, targets = np.zeros((6, 40, 36, 3), np.uint8), np.zeros((6, 80, 72, 3), np.uint8)
    joints = np.full((6, 75, 2), -500.0)
    joints[:, 11], joints[:, 12] = (20, 30), (50, 30)
    for t in range(6):
        x, y = rng.integers(8, 28), rng.integers(8, 30)
        inputs[t, y, x], targets[t, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2] = 255, 255
        joints[t, HANDS[1]] = joints[t, 16] = (2 * x + 0.5, 2 * y + 0.5)
    return Frames(inputs, targets, joints)


def test_crops_of_input_target_and_joints_show_the_same_place():
    for batch in batches(marked_frames(), np.random.default_rng(1), count=40, size=8, crop=16, jitter=4):
        assert batch.input.shape == (8, 3, 16, 16) and batch.target.shape == (8, 3, 32, 32)
        for n in range(8):
            y, x = np.argwhere(batch.input[n].mean(0).numpy() > 0.3)[0]
            lit = np.argwhere(batch.target[n].mean(0).numpy() > 0.3)
            assert lit.mean(0) == pytest.approx([2 * y + 0.5, 2 * x + 0.5])
            assert batch.hand[n].mean(0).tolist() == pytest.approx([2 * x + 0.5, 2 * y + 0.5])
            assert batch.wrists[n, 1].tolist() == pytest.approx([2 * x + 0.5, 2 * y + 0.5])
            assert float(batch.radius[n]) == pytest.approx(15.0)


def test_the_same_generator_gives_the_same_batches_and_whole_frames_are_possible():
    first, again = (next(batches(marked_frames(), np.random.default_rng(2), count=4, crop=None)) for _ in range(2))
    assert torch.equal(first.input, again.input) and first.input.shape == (4, 3, 40, 36)


def test_frames_without_a_hand_in_view_are_refused():
    frames = marked_frames()
    frames.joints[:] = -500
    with pytest.raises(BadInput, match="No hand"):
        next(batches(frames, np.random.default_rng(0), count=4))
