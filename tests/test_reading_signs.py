"""What chapter 10 shows: attention that adds up, frames that count, mix-ups, shipped rows, checkers."""

import json

import numpy as np
import pytest
import torch

from lib import sign_tables
from lib.attention import cls_attention, needed
from lib.chapters.sign_neighbours import likeness, mixups
from lib.errors import BadInput
from lib.exercises.check_reading_signs import check_count, check_macro, check_mask
from lib.ptn import PTN
from lib.sign_corpus import SHIPPED
from lib.sign_results import SignResults, read
from lib.sign_training import SignSet
from lib.signer.phonology import draw_lexicon

packed = pytest.mark.skipif(
    not (SHIPPED / "signs_target.npz").exists(), reason="the corpora of signs are not packed yet"
)


@pytest.fixture
def model() -> PTN:
    torch.manual_seed(0)
    return PTN(12, 4, dim=16, heads=2).eval()


def test_attention_is_a_share_and_padding_gets_none(model):
    x, mask = torch.randn(2, 5, 12), torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]).bool()
    shares = cls_attention(model, x, mask)
    assert shares.shape == (2, 4, 5) and (shares >= 0).all() and (shares.sum(dim=2) < 1).all()
    assert (shares[1, :, 3:] == 0).all()


def test_attention_walks_the_way_that_the_model_goes(model):
    """The last state of the walk is what the model itself computes: checked by its first layer's weights."""
    x = torch.randn(1, 5, 12)
    state = model.sequence.tokens(model.embedding(x))
    for layer in model.sequence.encoder.layers:
        state = layer(state)
    assert torch.allclose(state[:, 0], model.features(x), atol=1e-6)


def test_a_hidden_frame_is_hidden(model):
    x = torch.randn(5, 12)
    fall = needed(model, x, label=2)
    without = model(torch.cat([x[:1], torch.full((1, 12), 7.0), x[2:]])[None], torch.tensor([[1, 0, 1, 1, 1]]).bool())
    full = model(x[None]).log_softmax(1)[0, 2]
    assert fall.shape == (5,) and float(fall[1]) == pytest.approx(float(full - without.log_softmax(1)[0, 2]), abs=1e-5)


def test_mixups_count_shared_parts():
    lexicon = draw_lexicon(12, 3)
    alike = likeness(lexicon)
    assert (alike.diagonal() == 6).all() and (alike == alike.T).all()
    found = mixups(np.array([1, 5, 3]), np.array([1, 2, 7]), lexicon)
    assert found.shared.tolist() == [alike[2, 5], alike[7, 3]]
    assert found.expected[0] == pytest.approx((alike[2].sum() - 6) / 11)


def rows(values: dict[str, list[float]]) -> SignResults:
    made = {
        name: [{"seed": seed, "micro": v, "macro": v / 2, "right": "01", "seconds": 60} for seed, v in enumerate(each)]
        for name, each in values.items()
    }
    return SignResults({}, made)


def test_gains_are_paired_by_seed():
    results = rows({"a": [0.5, 0.7, 0.9], "b": [0.4, 0.6, 0.8]})
    gain = results.gain("a", "b")
    assert (gain.mean, gain.low, gain.high, gain.n) == pytest.approx((10, 10, 10, 3))
    assert results.mean("a").mean == pytest.approx(70) and results.mean("a", "macro").mean == pytest.approx(35)
    assert results.clips("a") == 6
    with pytest.raises(BadInput, match="no row 'c'"):
        results.mean("c")


def test_results_that_are_not_there(tmp_path):
    with pytest.raises(BadInput, match="lib.sign_tables"):
        read(tmp_path / "r2.json")


@packed
def test_transfer_before_its_source_is_refused(tmp_path, capsys):
    command = ["--only", "transfer", "--seeds", "0", "--cache", str(tmp_path), "--out", str(tmp_path / "r2.json")]
    assert sign_tables.main(command) == 1
    assert "run ptn of seed 0 first" in capsys.readouterr().err and not (tmp_path / "r2.json").exists()


@packed
def test_finished_trainings_are_gathered(tmp_path):
    for seed in (1, 0):
        result = {"ptn": {"seed": seed, "micro": 0.5, "macro": 0.4, "right": "10", "seconds": 1.0}}
        (tmp_path / f"ptn-{seed}.json").write_text(json.dumps(result))
    sign_tables.gather(tmp_path, tmp_path / "out" / "r2.json")
    assert [result["seed"] for result in read(tmp_path / "out" / "r2.json").rows["ptn"]] == [0, 1]


def test_the_checkers_know_right_from_wrong():
    def count(features, classes, d=128):
        sizes = [features, 4 * features, 4 * d, 2 * d, d]
        embedding = sum((a + 1) * b for a, b in zip(sizes, sizes[1:])) + 2 * sum(sizes[1:]) + (features + 1) * d
        layer = 4 * (d + 1) * d + (d + 1) * 2 * d + (2 * d + 1) * d + 4 * d
        return embedding + 4 * layer + d + (d + 1) * classes

    def macro(guesses, labels):
        return float(np.mean([(guesses[labels == sign] == sign).mean() for sign in np.unique(labels)]))

    def mask(lengths):
        return torch.arange(int(lengths.max())) < lengths[:, None]

    assert check_count(count) == check_macro(macro) == check_mask(mask) == "Correct."
    assert check_count(lambda f, c: count(f, c) - 128).startswith("Not yet")
    assert "micro" in check_macro(lambda g, y: (g == y).mean())
    assert "padding" in check_mask(lambda lengths: ~mask(lengths))
    assert all("dots" in check(lambda *_: None) for check in (check_count, check_macro, check_mask))


def test_few_are_at_most_so_many_of_each_sign():
    labels = np.array([0, 0, 0, 0, 1, 1, 2])
    clips = SignSet([np.full((1, 1), i, np.float32) for i in range(7)], labels)
    few = sign_tables.few_of_each(clips, 3, seed=1)
    assert np.bincount(few.labels).tolist() == [3, 2, 1] and len({clip.item() for clip in few.clips}) == 6
    assert all(labels[int(clip.item())] == label for clip, label in zip(few.clips, few.labels))
