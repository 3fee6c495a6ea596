"""What chapter 10 shows: attention that adds up, frames that count, mix-ups, shipped rows, what imputation changes."""

import json

import numpy as np
import pytest
import torch

from book.chapters.ch10_signs import by_gap, cls_attention, gap_gain_chart, gone, likeness, mixups, needed
from book.shared.charts import interval_chart
from book.studies import signs as sign_tables
from book.studies.rows.sign_rows import SignResults, read
from data_scripts.signer.phonology import draw_lexicon
from lib.evaluation.intervals import Interval
from lib.ptn import PTN, training
from lib.ptn.corpora import SHIPPED, load_corpus
from lib.ptn.training import SignSet, predict
from lib.tools.errors import BadInput

packed = pytest.mark.skipif(
    not (SHIPPED / "signs_target.npz").exists(), reason="the corpora of signs are not packed yet"
)


@pytest.fixture
def model() -> PTN:
    torch.manual_seed(0)
    return PTN(12, 4, dim=16, heads=2).eval()


def test_attention_is_a_share(model):
    shares = cls_attention(model, torch.randn(2, 5, 12))
    assert shares.shape == (2, 4, 5) and (shares >= 0).all() and (shares.sum(dim=2) < 1).all()


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
    expected = (full - without.log_softmax(1)[0, 2]).item()
    assert fall.shape == (5,) and float(fall[1]) == pytest.approx(expected, abs=1e-5)


def test_mixups_count_shared_parts():
    lexicon = draw_lexicon(12, 3)
    alike = likeness(lexicon)
    assert (alike.diagonal() == 6).all() and (alike == alike.T).all()
    shared, expected = mixups(np.array([1, 5, 3]), np.array([1, 2, 7]), lexicon)
    assert shared.tolist() == [alike[2, 5], alike[7, 3]]
    assert expected[0] == pytest.approx((alike[2].sum() - 6) / 11)


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


def test_gains_by_clip():
    """Seed 0: the second clip is gained, seed 1: the first is lost and the second stays right; 4 clips in all."""
    made = {name: [{"seed": k, "right": right} for k, right in enumerate(each)] for name, each in
            {"a": ("01", "01"), "b": ("00", "11"), "lone": ("11",)}.items()}  # fmt: skip
    results = SignResults({}, made)
    assert {seed: each.tolist() for seed, each in results.differences("a", "b").items()} == {0: [0, 1], 1: [-1, 0]}
    gain = results.gain_by_clip("a", "b")
    assert gain.mean == 0 and gain.n == 4 and gain.low < 0 < gain.high
    assert list(results.differences("a", "lone")) == [0]
    assert results.complete("a", "b") and not results.complete("a", "lone") and not results.complete("c")


def test_one_gain_beyond_another():
    """a gains two clips of seed 0 over b and one of seed 1; c gains one of each over d: one clip more of four."""
    made = {name: [{"seed": k, "right": right} for k, right in enumerate(each)] for name, each in
            {"a": ("11", "11"), "b": ("00", "01"), "c": ("01", "01"), "d": ("00", "00")}.items()}  # fmt: skip
    seeds, clips = SignResults({}, made).beyond(("a", "b"), ("c", "d"))
    assert (seeds.mean, seeds.n, clips.mean, clips.n) == (25, 2, 25, 4) and seeds.low < 0 < seeds.high


def test_rows_do_not_tell_where_tanh_stands():
    """Chapter 10 says so, beside R2's text (3.3) and its authors' code."""
    gains = read().gain("ptn", "tanh inside"), read().gain_by_clip("ptn", "tanh inside")
    assert all(gain.low < 0 < gain.high for gain in gains)


def test_results_that_are_not_there(tmp_path):
    with pytest.raises(BadInput, match="book.studies.signs"):
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
        (tmp_path / f"run-ptn-{seed}.json").write_text(json.dumps(result))
    command = ["--only", "ptn", "--seeds", "0", "--cache", str(tmp_path), "--out", str(tmp_path / "out" / "r2.json")]
    assert sign_tables.main(command) == 0
    assert [result["seed"] for result in read(tmp_path / "out" / "r2.json").rows["ptn"]] == [0, 1]


def test_few_are_at_most_so_many_of_each_sign():
    labels = np.array([0, 0, 0, 0, 1, 1, 2])
    clips = SignSet([np.full((1, 1), i, np.float32) for i in range(7)], labels)
    few = sign_tables.few_of_each(clips, 3, seed=1)
    assert np.bincount(few.labels).tolist() == [3, 2, 1] and len({clip.item() for clip in few.clips}) == 6
    assert all(labels[int(clip.item())] == label for clip, label in zip(few.clips, few.labels))


@packed
def test_what_is_gained_by_imputing_is_sorted_by_how_much_was_gone():
    """Answers that imputation turns right in just those clips that miss more than a quarter of a hand."""
    corpus = load_corpus("source")
    test = sign_tables.signer_independent_split(corpus.labels, corpus.signers, 0)[2]
    with_gaps = "".join("01"[int(gone(corpus, clip) > 0.25)] for clip in test)
    made = {"ptn": [{"seed": 0, "right": with_gaps}], "not imputed": [{"seed": 0, "right": "0" * len(test)}]}
    frame = by_gap(SignResults({}, made), corpus)
    many = frame["gaps"].isin(["up to a half", "more than half"])
    assert len(frame) == len(test) and set(frame["gain"][many]) == {100} and set(frame["gain"][~many]) == {0}
    assert gap_gain_chart(frame).axes[0].get_yticklabels()[0].get_text().startswith("no gap")


def test_a_hand_that_is_never_found_has_no_gap():
    hands = {"left_hand": np.array([0, 0, 0, 0], bool), "right_hand": np.array([1, 0, 1, 1], bool)}

    class Clip:
        present = staticmethod(hands.get)

    class Corpus:
        keypoints = staticmethod(lambda clip: Clip)

    assert gone(Corpus, 0) == 0.25


def test_intervals_of_a_name_share_a_line():
    found = Interval(2, 1, 3, 5)
    figure = interval_chart({"all": {"scratch": found, "tuned": found}, "few": {"scratch": found}}, "points")
    axis = figure.axes[0]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["scratch", "tuned"]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["all", "few"]


def test_a_training_that_was_cut_off_goes_on(tmp_path, monkeypatch):
    """Cut off after its first epoch, it comes to the weights of the one that was left alone."""
    rng = np.random.default_rng(0)
    signs = SignSet([rng.normal(size=(3, 12)).astype(np.float32) for _ in range(8)], np.arange(8) % 2)
    monkeypatch.setattr(sign_tables, "RECIPE", sign_tables.Recipe(batch=4, epochs=2))
    whole = sign_tables._trained("ptn", 0, (signs, signs, signs), tmp_path / "whole")
    calls = []

    def once(*given):
        calls.append(given)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return predict(*given)

    with monkeypatch.context() as cut:
        cut.setattr(training, "predict", once)
        with pytest.raises(KeyboardInterrupt):
            sign_tables._trained("ptn", 0, (signs, signs, signs), tmp_path / "cut")
    assert (tmp_path / "cut" / "last.pt").is_file()
    again = sign_tables._trained("ptn", 0, (signs, signs, signs), tmp_path / "cut")
    assert not (tmp_path / "cut").exists() and not (tmp_path / "whole").exists()
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))
