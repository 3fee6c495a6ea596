"""The command line from films to weights: small networks on small synthetic films, one epoch each."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lib.signer.clips import clips
from lib.tools.errors import BadInput
from lib.tools.papers import look_up
from lib.tools.paths import ROOT
from lib.upsampler import R1_FIVE, UNet, data as training_data, load, read_weights, train
from lib.upsampler.data import HANDS, batches, read_frames
from lib.upsampler.recipes import STAGES
from lib.video import write_video

FRAMES, WIDTH, HEIGHT = 4, 96, 80  # of a target


def make_clip(folder, seed: int) -> None:
    """Four frames of noise in the form of `lib.signer.clips`: half-sized inputs, and joints spread over a hand."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (FRAMES, HEIGHT // 2, WIDTH // 2, 3), np.uint8)
    folder.mkdir(parents=True)
    write_video(folder / "target.mp4", small.repeat(2, axis=1).repeat(2, axis=2), 25)
    write_video(folder / "input.mp4", small, 25)
    joints = np.zeros((FRAMES, 75, 3))
    joints[..., :2] = (WIDTH / 2, HEIGHT / 2)
    for hand in HANDS:
        joints[:, hand, :2] += rng.uniform(-12, 12, (21, 2))
    joints[:, 11, 0] += 30  # the left shoulder
    np.savez(folder / "truth.npz", pixels=(32 * joints).round().astype(np.int32))
    info = {"target": "target.mp4", "input": "input.mp4", "fps": 25.0, "size": [WIDTH, HEIGHT], "frames": FRAMES}
    (folder / "clip.json").write_text(json.dumps(info))


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    data = tmp_path_factory.mktemp("training")
    for number in range(3):
        make_clip(data / "d1" / f"d1-{number:03d}", number)
    return data


@pytest.fixture(autouse=True)
def few_crops_to_judge_by(monkeypatch):
    def few(frames, rng, *, count, **rest):
        return batches(frames, rng, count=min(count, 16), **rest)

    monkeypatch.setattr(train, "batches", few)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def run(stage: str, data, out, *more: str) -> int:
    small = ["--width", "2", "--crop", "16", "--crops", "16", "--batch", "8", "--epochs", "1"]
    return train.main([stage, "--data", str(data), "--out", str(out), *small, *more])


def test_a_stage_is_trained_and_shipped(films, tmp_path, capsys):
    assert run("b-ae", films, tmp_path / "runs", "--ship", str(tmp_path / "ship")) == 0
    epoch, last = capsys.readouterr().out.splitlines()
    assert epoch.startswith("b-ae, epoch 1: training ") and "(best: epoch 1)" in epoch
    assert last.endswith(f"weights in {tmp_path / 'ship' / 'b-ae.safetensors'}.")
    shipped = load(tmp_path / "ship" / "b-ae.safetensors")
    assert shipped(torch.rand(1, 3, 10, 12)).shape == (1, 3, 20, 24)
    assert (shipped.config.width, shipped.config.skips, shipped.config.attention) == (2, False, False)
    best = torch.load(tmp_path / "runs" / "b-ae" / "best.pt", weights_only=True)
    for name, value in shipped.state_dict().items():
        assert torch.allclose(value, best[name], atol=1e-3), "the best epoch's weights, in half precision"


def test_the_shipped_file_tells_how_it_was_made(films, tmp_path):
    assert run("b-ae", films, tmp_path / "runs", "--seed", "3", "--ship", str(tmp_path)) == 0
    facts = read_weights(tmp_path / "b-ae.safetensors")[2]
    assert facts["name"] == "b-ae" and facts["seed"] == 3 and facts["start"] is None
    assert facts["epochs"] == 1 and facts["crops"] == 16 and facts["minutes"] >= 0
    assert facts["clips"] == {"d1_software": 3} and facts["loss"] == "SSIM + L1"
    history = json.loads((tmp_path / "runs" / "b-ae" / "history.json").read_text())
    assert facts["curve"] == [[pytest.approx(row[key], abs=1e-5) for key in ("train", "validation")] for row in history]
    assert {"date", "hardware", "torch", "parameters", "command", "loss"} <= facts.keys()


def test_all_ships_no_course_on_the_way_to_another(tmp_path):
    words = ["--data", str(tmp_path), "--out", str(tmp_path / "runs"), "--ship", str(tmp_path / "ship")]
    history = [{"epoch": 1, "train": 0.2, "validation": 0.1, "seconds": 60.0, "learning_rate": 1e-3}]
    for name in ("bg-first", "bg-second", "bg-unet"):
        train._keep(STAGES[name], train._options(["all", *words]), history, UNet(2))
    assert [path.name for path in (tmp_path / "ship").iterdir()] == ["bg-unet.safetensors"]


def test_a_stage_goes_on_from_the_one_it_starts_from(films, tmp_path, monkeypatch):
    """With a learning rate of zero, the weights of the start come out as they went in."""
    tuned = replace(STAGES["bwfa-unet"], learning_rate=0.0, sets=("d1",))
    monkeypatch.setitem(train.STAGES, "bwfa-unet", tuned)
    assert run("bwfa-unet", films, tmp_path / "runs", "--ship", str(tmp_path / "ship")) == 0
    start, end = (torch.load(tmp_path / "runs" / n / "best.pt", weights_only=True) for n in ("bwa-unet", "bwfa-unet"))
    assert start.keys() == end.keys() and all(torch.equal(start[name], end[name]) for name in start)
    assert [path.name for path in (tmp_path / "ship").iterdir()] == ["bwfa-unet.safetensors"]
    facts = read_weights(tmp_path / "ship" / "bwfa-unet.safetensors")[2]
    assert facts["start"] == "bwa-unet" and "hand weights" in facts["loss"]


def test_r1s_five_are_trained_as_r1_says():
    """One damage, head, rate and budget for all; only BWFA-UNet starts from another's weights (R1, IV-A, IV-C)."""
    five = [STAGES[name] for name in R1_FIVE]
    for same in ("residual", "head", "loss", "learning_rate", "cosine", "epochs", "patience"):
        assert len({getattr(stage, same) for stage in five}) == 1, same
    assert [stage.crops for stage in five] == [3000] * 4 + [1000]  # TD1 has a third of D1's frames (III-C, III-D)
    said = [look_up(f"R1 IV-A, {name}").value for name in ("learning rate", "patience")]
    assert [five[0].learning_rate, five[0].patience] == said and not five[0].cosine
    assert [stage.start for stage in five] == [None] * 4 + ["bwa-unet"]
    assert [stage.sets for stage in five] == [("d1_software",)] * 4 + [("td1",)]


@pytest.mark.parametrize("stage", [name for name in STAGES if name.startswith("fifth")])
def test_studies_change_one_thing_and_take_a_fifth(stage, films, tmp_path):
    study, whole = STAGES[stage], STAGES["b-unet"]
    assert 5 * study.epochs * study.crops == whole.epochs * whole.crops
    other = {key for key, value in asdict(study).items() if value != asdict(STAGES["fifth"])[key]} - {"name", "about"}
    assert len(other) == (stage != "fifth")
    assert run(stage, films, tmp_path) == 0


def test_r1s_damage_is_made_of_the_target(films):
    """The films' inputs are the targets halved; R1's are also blurred, and these are not what lies on the disk."""
    learn, _ = train.frames_of(("d1_software",), films)
    camera, _ = train.frames_of(("d1",), films)
    assert learn.inputs.shape == camera.inputs.shape and np.array_equal(learn.targets, camera.targets)
    assert not np.array_equal(learn.inputs, camera.inputs)


def test_the_detector_guides_ours(films, tmp_path):
    assert run("bg-unet", films, tmp_path / "runs", "--ship", str(tmp_path / "ship")) == 0
    assert load(tmp_path / "ship" / "bg-unet.safetensors").config.attention
    assert "detector" in read_weights(tmp_path / "ship" / "bg-unet.safetensors")[2]["loss"]
    curves = {n: json.loads((tmp_path / "runs" / n / "history.json").read_text()) for n in ("bv-unet", "bg-unet")}
    opinion = curves["bg-unet"][0]["validation"] - curves["bv-unet"][0]["validation"]
    assert opinion > 0.005, "the detector's share comes on top of SSIM + L1"


def test_a_finished_training_is_not_done_again(films, tmp_path):
    assert run("b-unet", films, tmp_path) == 0
    first = (tmp_path / "b-unet" / "last.pt").stat().st_mtime_ns
    assert run("b-unet", films, tmp_path) == 0
    assert (tmp_path / "b-unet" / "last.pt").stat().st_mtime_ns == first


def test_other_crops_than_a_training_began_with_are_refused(films, tmp_path, capsys):
    assert run("b-ae", films, tmp_path) == 0 and run("b-ae", films, tmp_path) == 0
    assert run("b-ae", films, tmp_path, "--crops", "24", "--ship", str(tmp_path / "ship")) == 1
    assert "holds a training with --crops 16, --crop 16, --batch 8" in capsys.readouterr().err
    assert not (tmp_path / "ship").exists()
    assert run("ba-unet-camera", films, tmp_path) == 0
    assert run("bwa-unet-camera", films, tmp_path, "--crops", "24") == 1
    assert (
        f"{tmp_path / 'ba-unet-camera'} holds a training" in capsys.readouterr().err
        and not (tmp_path / "bwa-unet-camera").exists()
    )


def test_the_same_seed_gives_the_same_network(films, tmp_path):
    for name, seed in (("one", "0"), ("again", "0"), ("other", "1")):
        torch.seed()  # whatever was drawn before must not matter
        assert run("b-ae", films, tmp_path / name, "--seed", seed) == 0
    one, again, other = (
        torch.cat([value.flatten() for value in torch.load(path, weights_only=True).values()])
        for path in (tmp_path / name / "b-ae" / "best.pt" for name in ("one", "again", "other"))
    )
    assert torch.equal(one, again) and not torch.equal(one, other)


@pytest.mark.parametrize("stage", ["b-ae", "bwfa-unet"])
def test_missing_films_are_said_in_one_sentence(stage, films, tmp_path, capsys):
    """There are none at all for the first; for the second, those of TD1 are missing."""
    data = films if stage == "bwfa-unet" else tmp_path / "nothing"
    assert run(stage, data, tmp_path / "runs", "--ship", str(tmp_path / "ship")) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "too few clips" in said and "training_films.py" in said and "Traceback" not in said
    assert not (tmp_path / "ship").exists()


def test_a_checkpoint_of_another_network_is_refused(films, tmp_path, capsys):
    assert run("b-ae", films, tmp_path) == 0
    assert run("b-ae", films, tmp_path, "--width", "4") == 1
    assert "cannot be resumed" in capsys.readouterr().err


def test_weights_that_ship_are_trained_longer(films, tmp_path):
    """From the best epoch of their curve on; with no epoch more they come out as they went in."""
    assert run("b-ae", films, tmp_path / "once", "--epochs", "2", "--ship", str(tmp_path)) == 0
    weights = tmp_path / "b-ae.safetensors"
    told = read_weights(weights)[2]
    kept = told["kept_epoch"]
    for name, epochs in (("same", kept), ("longer", 4)):
        go_on = ["--go-on", str(weights), "--epochs", str(epochs), "--ship", str(tmp_path / name)]
        assert run("b-ae", films, tmp_path / name / "runs", *go_on) == 0
    (before, *_), (same, *_) = (read_weights(path) for path in (weights, tmp_path / "same" / "b-ae.safetensors"))
    assert all(torch.equal(before[name], same[name]) for name in before)
    longer = read_weights(tmp_path / "longer" / "b-ae.safetensors")[2]
    assert longer["curve"][:kept] == told["curve"][:kept] and len(longer["curve"]) == 4
    assert "--go-on" in longer["command"] and longer["crops"] == 4 * 16


@pytest.mark.parametrize(("stage", "said"), [("ba-unet", "is of another network"), ("all", "is of one stage")])
def test_weights_of_another_stage_are_not_gone_on_from(stage, said, films, tmp_path, capsys):
    assert run("b-ae", films, tmp_path / "runs", "--ship", str(tmp_path)) == 0
    assert run(stage, films, tmp_path / "others", "--go-on", str(tmp_path / "b-ae.safetensors")) == 1
    assert said in capsys.readouterr().err and not (tmp_path / "others" / stage / "last.pt").exists()


@pytest.mark.slow
def test_two_processes_train_a_stage_and_its_start(films, tmp_path):
    """Under torchrun, a second training follows the first in the same processes."""
    import subprocess
    import sys

    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    small = ["--width", "2", "--crop", "16", "--crops", "16", "--batch", "8", "--epochs", "1"]
    task = ["-m", "lib.train_upsampler", "bwa-unet-camera", "--data", films, "--out", tmp_path / "runs", *small]
    ran = subprocess.run(
        [*launch, *task, "--ship", tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=150, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert load(tmp_path / "bwa-unet-camera.safetensors").config.attention


def test_frames_that_memory_cannot_hold_lie_on_the_disk(films, tmp_path, monkeypatch):
    monkeypatch.setattr(training_data.psutil, "virtual_memory", lambda: SimpleNamespace(available=1000))
    film = clips("d1_software", films)
    kept = read_frames(film, store=tmp_path)
    assert isinstance(kept.targets, np.memmap) and not list(tmp_path.iterdir())
    monkeypatch.undo()
    assert np.array_equal(kept.inputs, read_frames(film).inputs)
    monkeypatch.setattr(training_data.psutil, "virtual_memory", lambda: SimpleNamespace(available=1000))
    with pytest.raises(BadInput, match="more than half of the free memory"):
        read_frames(film)


def test_a_clip_with_other_frames_than_it_says_is_refused(tmp_path):
    make_clip(tmp_path / "d1" / "d1-000", 0)
    record = tmp_path / "d1" / "d1-000" / "clip.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"frames": 9}))
    with pytest.raises(BadInput, match="d1-000 has other frames than its clip.json says"):
        read_frames(clips("d1", tmp_path))
