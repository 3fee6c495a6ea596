"""Real transfer and rare signs: the protocol on a tiny language, whose rows are kept, continued and read."""

import numpy as np
import pytest
import torch

from book.studies import rare_signs, real_transfer
from book.studies.rare_signs import compare, shares
from book.studies.real_transfer import draw, few_shot, main, moments, posture, run, sign_set
from data_scripts.shared.word_archive import read_words
from lib.ptn import PTN
from lib.ptn.training import Recipe, SignSet
from lib.tools.errors import BadInput

TINY = Recipe(batch=8, epochs=2, plateau=None)


def language(words: int, recordings: int, frames: int, values: int, folder):
    """A folder of words: hands at another height for each word, so that there is something to learn."""
    rng = np.random.default_rng(words)
    for word in range(words):
        (folder / f"word{word}").mkdir(parents=True)
        for number in range(recordings):
            clip = rng.uniform(0.4, 0.6, (frames, values)).astype(np.float32)
            clip[:, -126:] *= 0.5 + word / 4
            np.save(folder / f"word{word}" / f"{number:02d}.npy", clip)
    return folder


def untrained(source, held, seed):
    torch.manual_seed(seed)
    return PTN(134, 3)


@pytest.fixture
def small(tmp_path, monkeypatch):
    torch.set_num_threads(1)
    monkeypatch.setattr(real_transfer, "SHOTS", (1, 2))
    monkeypatch.setattr(real_transfer, "TEST", 2)
    monkeypatch.setattr(real_transfer, "SOURCE_TEST", 1)
    monkeypatch.setattr(real_transfer, "pretrain", untrained)
    monkeypatch.setattr(real_transfer, "STEPS", 2)
    source = language(3, 3, 4, 258, tmp_path / "asl_words")
    return source, language(2, 5, 5, 1662, tmp_path / "dgs_words"), tmp_path / "cache"


def test_rows_are_whole_kept_and_continued(small):
    rows = run(*small[:2], seeds=1, cache=small[2])
    ways = {"frozen", "sequence", "all", "scratch", "logistic", "posture", "source"}
    assert {(row["shots"], row["way"]) for row in rows} == {(shots, way) for shots in (1, 2) for way in ways}
    assert {len(row["right"]) for row in rows} == {3, 4} and {digit for row in rows for digit in row["right"]} <= set(
        "01"
    )
    kept = {path: path.stat().st_mtime_ns for path in small[2].iterdir()}
    assert run(*small[:2], seeds=1, cache=small[2]) == rows
    assert {path: path.stat().st_mtime_ns for path in small[2].iterdir()} == kept, "nothing is trained twice"
    next(path for path in kept if path.name.startswith("shots-2")).unlink()
    assert run(*small[:2], seeds=1, cache=small[2]) == rows, "what was cut off comes out the same"


def test_command_line(small, tmp_path, capsys):
    options = ["--asl", str(small[0]), "--dgs", str(small[1]), "--seeds", "1", "--cache", str(small[2])]
    options += ["--ship", str(tmp_path / "transfer.json")]
    assert main(options) == 0 and "14 rows" in capsys.readouterr().out
    assert len(real_transfer.read(tmp_path / "transfer.json")) == 14
    assert main([*options, "--asl", str(tmp_path / "asl_word")]) == 1
    assert "data_scripts" in capsys.readouterr().err


def test_examples_are_drawn_from_the_pool_alone_and_nested():
    labels = np.repeat([0, 1, 2], 10)
    pool = np.tile(np.arange(10) < 6, 3)
    few, many = draw(labels, pool, 2, seed=1), draw(labels, pool, 5, seed=1)
    assert np.bincount(labels[few]).tolist() == [2, 2, 2] and set(few) <= set(many)
    assert pool[many].all() and set(few) != set(draw(labels, pool, 2, seed=2))


def test_the_test_part_is_never_trained_on(monkeypatch):
    seen = []
    monkeypatch.setattr(
        real_transfer, "transfer", lambda net, n, learn, judge, recipe: seen.extend((learn, judge)) or {}
    )
    monkeypatch.setattr(real_transfer, "train", lambda net, learn, judge, recipe: seen.extend((learn, judge)))
    clips = [np.full((3, 134), i, np.float32) for i in range(6)]
    signs, test = SignSet(clips, np.array([0, 0, 0, 1, 1, 1])), np.array([0, 0, 1, 0, 0, 1], bool)
    few_shot(PTN(134, 2), signs, np.array([0, 3]), test, 0, TINY)
    assert len(seen) == 4 and all({clip[0, 0] for clip in part.clips} == {0, 3} for part in seen)


def test_vectors_of_the_yardstick_and_the_control(small):
    signs = sign_set(read_words(small[1]))
    assert moments(signs).shape == (10, 1340) and posture(signs).shape == (10, 30)


def test_shares_by_hand():
    """Sign 0 (3 of 4 right) is nine times as frequent as sign 1 (none of 2 right); sign 2 is not in the test."""
    right, labels = np.array([1, 1, 1, 0, 0, 0], bool), np.array([0, 0, 0, 0, 1, 1])
    assert shares(right, labels, np.array([90, 10, 5])) == pytest.approx({"micro": 0.675, "macro": 0.375, "rare": 0})


def test_three_losses_are_compared(small):
    torch.set_num_threads(1)
    signs = SignSet([np.full((3, 134), i % 2, np.float32) for i in range(8)], np.arange(8) % 2)
    rows = compare(signs, signs, 0, TINY)
    assert [row["loss"] for row in rows] == ["plain", "weighted", "logit-adjusted"]


def test_rare_sign_rows_are_continued(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(rare_signs, "DATA_SETS", {"asl": lambda seed: asked.append(seed) or (seed, seed)})
    row = {"loss": "plain", "micro": 1.0, "macro": 0.5, "rare": 0.0}
    monkeypatch.setattr(rare_signs, "compare", lambda learn, test, seed: [row])
    rare_signs.run(["asl"], 1, tmp_path)
    assert len(rare_signs.run(["asl"], 3, tmp_path)) == 3 and asked == [0, 1, 2]
    options = ["asl", "--cache", str(tmp_path), "--seeds", "3", "--ship", str(tmp_path / "imbalance.json")]
    assert rare_signs.main(options) == 0 and asked == [0, 1, 2]
    assert rare_signs.read(tmp_path / "imbalance.json")[2] == {"data": "asl", "seed": 2} | row


@pytest.mark.parametrize("content", [None, "{", '{"rows": [{"seed": 1}]}', "[]"])
def test_damaged_rows_name_the_command(tmp_path, content):
    path = tmp_path / "rows.json"
    if content is not None:
        path.write_text(content)
    for module in (real_transfer, rare_signs):
        with pytest.raises(BadInput, match="python -m book"):
            module.read(path)


def test_shipped_rows_are_of_five_seeds():
    for module, keys in ((real_transfer, ("shots", "way")), (rare_signs, ("data", "loss"))):
        if not module.SHIPPED.is_file():
            pytest.skip(f"{module.SHIPPED.name} is not made yet")
        groups: dict[tuple, set] = {}
        for row in module.read():
            groups.setdefault(tuple(row[key] for key in keys), set()).add(row["seed"])
        assert all(seeds == set(range(5)) for seeds in groups.values())
