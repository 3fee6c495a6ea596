"""Training on pictures whose letter is plain to see, splits, scores, turned pictures, the command line."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from easy_photos import easy

from book.chapters.ch12_answers import unrest
from book.studies import letters as train_joins2sign, runner
from book.studies.letters import Progress, at_own_pace, turned
from book.studies.rows.letter_rows import MADE_BY, pick, read_results
from lib.joins2sign import Joins2Sign, dynamic_loss, training
from lib.joins2sign.losses import dynamic_weights
from lib.joins2sign.photos import LETTERS, Photos, random_split
from lib.joins2sign.recipes import RECIPES, Pace, build
from lib.joins2sign.training import in_frame, predict, train
from lib.ptn.network import parameter_count
from lib.tools.errors import BadInput
from lib.tools.papers import look_up

TINY = Pace(64, 1 / 32, 2, batch=16, hidden=16, dropout=0.0)


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("kind", ["keypoints", "keypoints invariant", "cnn", "static", "dynamic", "dynamic cartesian"])
def test_every_kind_learns_and_answers(kind, tmp_path):
    photos = easy()
    split = random_split(photos)
    recipe = at_own_pace(kind, TINY)
    model, history = train(kind, photos, split.learn, split.judge, recipe, tmp_path)
    assert len(history) == recipe.epochs and np.isfinite(history[-1]["train"])
    answer = predict(model, photos, recipe)
    assert answer.letters.shape == (88,) and (answer.letters[1:] >= 0).all()
    assert (answer.joints is not None) == isinstance(model, Joins2Sign)
    assert (answer.letters[0] == -1) == kind.startswith("keypoints"), "no hand, no answer"


def test_keypoints_of_four_hands_are_told_apart(tmp_path):
    photos = easy()
    learn, judge, test = random_split(photos)
    recipe = Pace(64, 1 / 32, 40, (1e-2, 1e-2), batch=16, hidden=32, dropout=0.0)
    model, _ = train("keypoints", photos, learn, judge, recipe, tmp_path)
    assert (predict(model, photos[test], recipe).letters == photos.labels[test]).mean() > 0.9


def test_the_first_batch_of_every_epoch_weighs_one(tmp_path, monkeypatch):
    """R3's eq. 6: its losses are what the others of the epoch are divided by."""
    photos, weights = easy(), []

    def spy(joints, letters, first, power):
        weights.append(dynamic_weights(torch.stack([joints, letters]), first, power).tolist())
        return dynamic_loss(joints, letters, first, power)

    monkeypatch.setattr(training, "dynamic_loss", spy)
    split, progress = random_split(photos), Progress()
    train("dynamic", photos, *split[:2], replace(TINY, epochs=3), tmp_path, told=progress.add)
    steps = len(split.learn) // TINY.batch
    assert steps == 3 and len(weights) == 3 * steps
    for epoch in range(3):
        first, *others = weights[steps * epoch : steps * (epoch + 1)]
        assert first == [1, 1] and all(pair != [1, 1] for pair in others)
        np.testing.assert_allclose(progress.weights(epoch, 0.8), [first, *others], rtol=1e-4)
    assert [row["epoch"] for row in progress.by_epoch(0.8)] == [1, 2, 3]


def test_progress_by_hand():
    progress = Progress()
    for pair in ([4.0, 1.0], [2.0, 1.0], [1.0, 4.0]):
        progress.add(0, torch.tensor(pair))
    [row] = progress.by_epoch(power=0.5)
    assert row["losses"] == pytest.approx([7 / 3, 2], abs=1e-3)
    assert row["least"] == [0.5, 1] and row["largest"] == [1, 2]
    assert row["mean"] == pytest.approx([(1 + 0.5**0.5 + 0.5) / 3, 4 / 3], abs=1e-3)


def test_unrest_by_hand():
    assert unrest([8, 4, 2, 1]) == pytest.approx(0), "a steady fall has none"
    assert unrest([1, 2, 1]) == pytest.approx(100), "twice its neighbours"
    assert unrest([1, 2, 1, 2]) == pytest.approx(100) and unrest([1, 0.5, 1]) == pytest.approx(100)


def test_static_weights_and_power_count(tmp_path):
    photos = easy()
    split = random_split(photos)
    changes = {"static": {"weights": (5.0, 0.5)}, "dynamic": {"power": 2.0}}
    for kind, change in changes.items():
        recipes = TINY, replace(TINY, **change)
        models = [
            train(kind, photos, *split[:2], recipe, tmp_path / f"{kind}{i}")[0] for i, recipe in enumerate(recipes)
        ]
        pairs = zip(*(model.parameters() for model in models))
        assert not all(torch.equal(a, b) for a, b in pairs)


def test_the_final_training_learns_from_validation_photos_too_and_keeps_its_last_epoch(tmp_path, monkeypatch):
    """R3, 4.6; and the mean wrist is that of all it learns from."""
    photos = easy()
    learn, judge, _ = random_split(photos)
    seen = []
    batches = training._batches
    monkeypatch.setattr(training, "_batches", lambda p, rows, *rest: seen.append(set(rows)) or batches(p, rows, *rest))
    model, history = train(
        "static", photos, learn, judge, replace(TINY, batch=len(learn) + len(judge)), tmp_path, final=True
    )
    assert seen[0] == set(learn) | set(judge)
    wrists = in_frame(photos)[[*learn, *judge], 0]
    np.testing.assert_allclose(model.classifier.mean_wrist, np.nanmean(wrists, axis=0), rtol=1e-5)
    last = torch.load(tmp_path / "last.pt", weights_only=True)["model"]
    assert all(torch.equal(value, last[name]) for name, value in model.state_dict().items())
    assert len(history) == 2


def test_the_photos_own_cnn_learns_from_spoiled_photos_and_reads_plain_ones(tmp_path):
    photos = easy()
    recipe = at_own_pace("cnn", TINY)
    model, _ = train("cnn", photos, *random_split(photos)[:2], recipe, tmp_path)
    plain, spoiled = predict(model, photos, recipe), predict(model, photos, recipe, spoil=True)
    assert plain.letters.tolist() == predict(model, photos, recipe).letters.tolist()
    assert (
        plain.letters.tolist()
        != spoiled.letters.tolist()
        == predict(model, photos, recipe, spoil=True).letters.tolist()
    )
    whole = at_own_pace("cnn", RECIPES["paper"])
    assert (whole.size, whole.width, whole.batch, whole.epochs, whole.momentum) == (64, 1, 64, 250, None)
    assert at_own_pace("cnn of 60 epochs", TINY) == replace(recipe, epochs=60)


def test_the_papers_recipe_runs_with_few_channels(tmp_path):
    """R3's 256 pixels, SGD and step schedule, two steps of it."""
    photos = easy(44)
    recipe = replace(RECIPES["paper"], width=1 / 64, epochs=1, batch=16, hidden=8)
    split = random_split(photos)
    model, history = train("dynamic", photos, split.learn, split.judge, recipe, tmp_path)
    assert model.config.size == 256 and history[0]["learning_rate"] == 5e-3
    assert predict(model, photos[:3], recipe).joints.shape == (3, 21, 2)


def test_r3s_size_takes_two_steps_here(tmp_path, monkeypatch):
    """One command trains at R3's size: 256 pixels, all its channels, half the bits."""
    sizes, real = [], torch.optim.SGD.step
    monkeypatch.setattr(train_joins2sign, "read_photos", lambda folder, every: easy(12))
    monkeypatch.setattr(torch.optim.SGD, "step", lambda self, *a, **b: (sizes.append(_size(self)), real(self))[1])
    places = ["--out", str(tmp_path / "runs"), "--ship", str(tmp_path / "r3.json")]
    small = ["--splits", "random", "--seeds", "1", "--kinds", "dynamic", "--batch", "4", "--epochs", "1"]
    assert train_joins2sign.main(["--profile", "paper", *small, *places]) == 0
    (row,) = read_results(tmp_path / "r3.json")["rows"]
    assert row["recipe"]["bfloat16"] and row["recipe"]["size"] == look_up("R3 4.1, side of the picture").value
    whole = parameter_count(Joins2Sign())
    assert sizes == [whole] * 2 and row["minutes"] > 0
    shutil.rmtree(tmp_path / "runs")  # a gigabyte


def _size(optimizer: torch.optim.Optimizer) -> int:
    return sum(value.numel() for group in optimizer.param_groups for value in group["params"])


def test_the_papers_recipe_is_r3s():
    """4.5, but for the bits of a number."""
    paper = RECIPES["paper"]
    found = (paper.batch, paper.momentum, paper.epochs, paper.tenth_every, *paper.rates, paper.weights[0], paper.power)
    told = ("batch", "momentum", "epochs", "epochs to a decay", "learning rate, static", "learning rate, dynamic")
    assert found == tuple(look_up(f"R3 4.5, {name}").value for name in (*told, "alpha, static", "alpha, dynamic"))


def test_processes_share_each_batch(tmp_path, monkeypatch):
    """R3's batch stays R3's, however many devices share it; all have as many, since each waits for all."""
    given = {}
    monkeypatch.setattr(training, "fit", lambda model, data, *_: given.update(data=data) or [])
    photos, recipe = easy(), replace(TINY, batch=16)
    train("static", photos, np.arange(70), np.arange(70, 88), recipe, tmp_path)
    alone, *both = ([batch.labels for batch in given["data"](0, rank, n)] for rank, n in ((0, 1), (0, 2), (1, 2)))
    assert [len(labels) for labels in alone] == [16] * 4 and [len(labels) for one in both for labels in one] == [8] * 8
    for whole, *parts in zip(alone, *both, strict=True):
        assert sorted(whole.tolist()) == sorted(torch.cat(parts).tolist())
    train("static", photos, np.arange(63), np.arange(70, 88), recipe, tmp_path)
    assert [len(list(given["data"](0, rank, 2))) for rank in range(2)] == [3, 3]


def test_a_quarter_turn():
    photos = easy(4)
    once = turned(photos, 90)
    np.testing.assert_array_equal(once.images[1], np.rot90(photos.images[1], -1))
    x, y = photos.joints[1].T
    np.testing.assert_allclose(once.joints[1], np.stack([64 - y, x], 1), atol=1e-3)
    assert turned(photos, 0).images[2].tolist() == photos.images[2].tolist()


def test_command_line_writes_each_row_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train_joins2sign, "read_photos", lambda folder, every: easy())
    monkeypatch.setitem(RECIPES, "ci", TINY)
    words = ["--profile", "ci", "--out", str(tmp_path / "runs"), "--ship", str(tmp_path / "r3.json")]
    chosen = ["--kinds", "keypoints", "cnn", "dynamic", "--splits", "random", "signers", "--seeds", "0", "1"]
    for _ in range(2):
        assert train_joins2sign.main([*words, *chosen]) == 0
    rows = read_results(tmp_path / "r3.json")["rows"]
    assert [(row["seed"], row["split"], row["kind"]) for row in rows] == [
        (seed, split, kind)
        for seed in (0, 1)
        for split in ("random", "signers")
        for kind in ("keypoints", "cnn", "dynamic")
    ]
    assert rows[0]["turned"].keys() and rows[3]["folds"] == 5 and len(rows[3]["by_signer"]) == 10
    assert 0 <= pick(rows, kind="cnn")["accuracy_spoiled"] <= 1 and len(rows[0]["right"]) == rows[0]["n"]
    assert [len(one["epochs"]) for one in (rows[2], rows[5])] == [1, 5] and len(rows[2]["epochs"][0]) == TINY.epochs
    assert capsys.readouterr().out.count("%") == 12
    assert len(LETTERS) == len(json.loads(json.dumps(rows[0]["confusion"])))


def test_rows_of_networks_as_they_were_before_are_refused(tmp_path):
    row = {"kind": "static", "made_by": MADE_BY}
    runner.write(tmp_path / "r3.json", {}, rows=[row])
    assert read_results(tmp_path / "r3.json")["rows"] == [row]
    runner.write(tmp_path / "r3.json", {}, rows=[row, {"kind": "cnn"}])
    with pytest.raises(BadInput, match=r"r3\.json has rows of networks as they were before"):
        read_results(tmp_path / "r3.json")


def test_bad_input_is_one_sentence(tmp_path, monkeypatch, capsys):
    assert train_joins2sign.main(["--data", str(tmp_path / "none"), "--ship", str(tmp_path / "r3.json")]) == 1
    assert "lis_fingerspelling.py" in capsys.readouterr().err
    for kind in ("magic", "cnn invariant", "dynamic upside down", "keypoints with dropout", "dynamic of 60 epochs"):
        with pytest.raises(BadInput, match=f"no network '{kind}'"):
            build(kind, TINY)
    photos = easy()
    nobody = Photos(
        *(photos.images, photos.joints * np.nan, photos.labels, photos.signers, photos.angles, photos.unseen)
    )
    with pytest.raises(BadInput, match="no photos to learn"):
        train("keypoints", nobody, np.arange(50), np.arange(50, 60), TINY, tmp_path)
