"""Long gaps: how a filling is judged, and whether PTN notices."""

from dataclasses import replace

import numpy as np
import pytest
from waving_hands import NAN, waving, without

from book.chapters.ch09_gaps import linear
from book.studies.long_gaps import judging, reading
from book.studies.long_gaps.network import read
from book.studies.rows import sign_rows
from lib.keypoints import HOLISTIC_75


def test_gaps_are_told_apart_by_length_and_summed_over_frames():
    truth = waving()
    clip = without(truth, "right_hand", (10, 12), (20, 28), (40, 45))
    rows = judging.lost(clip, truth, lambda *_: {"line": linear})
    assert [(row["long"], row["gaps"], row["frames"]) for row in rows] == [(False, 1, 2), (True, 2, 13)]
    assert all(row[measure] > 0 for row in rows for measure in judging.MEASURES)


def test_a_perfect_filling_has_no_error():
    truth = waving()
    fills = lambda clip, part: {"line": linear, "true": lambda points: truth.part(part)}  # noqa: E731
    rows = judging.lost(without(truth, "right_hand", (20, 28)), truth, fills)
    assert [row["shape"] > 0 for row in rows] == [True, False]
    made = [{"set": "s", "clip": str(number)} | row for number in range(6) for row in rows]
    gain = judging.gain(made, ["s"], "true")
    assert (gain.mean, gain.low, gain.high, gain.n) == (-100, -100, -100, 6)
    assert judging.count(made, ["s"]) == (6, 48)


def test_found_hands_are_told_by_their_distance_from_a_gap():
    truth = [waving(seed) for seed in range(2)]
    found = [without(one, "right_hand", (20, 24)) for one in truth]
    for one in found:
        one.xyz[19, HOLISTIC_75.parts["right_hand"].start + 1 : HOLISTIC_75.parts["right_hand"].stop, 0] += 5
    off = {name: value.mean for name, value in judging.beside_gaps(found, truth).items()}
    assert off["1 frame"] == pytest.approx(0.5 * 5 / 20 * 20 / 21, rel=0.2)
    assert off["2 to 4"] == off["10 or more"] == pytest.approx(0)


def test_hidden_hands_are_compared_with_themselves():
    rows = judging.hidden(waving(), judging.line)
    assert {(row["method"], row["long"]) for row in rows} == {
        (name, long) for name in (judging.LINE, judging.CALM) for long in (True, False)
    }


def test_calm_ends_forget_a_hand_that_is_found_badly_beside_the_gap():
    hand = np.repeat(waving().part("right_hand")[:1], 20, axis=0)
    bad = hand.copy()
    bad[7, 1:] += 30
    bad[8:14] = NAN
    off = [np.abs(fill(bad) - hand)[8:14].mean() for fill in (linear, judging.calm)]
    assert 0 < off[1] < 0.3 * off[0]
    np.testing.assert_array_equal(judging.calm(bad)[:8], bad[:8])


def test_what_ships_beats_the_line_and_says_so():
    facts, rows, *_ = judging.read()
    assert judging.gain(rows, ("d1_test", "td2"), judging.LEARNED).high < 0
    assert sum(value.numel() for value in read().parameters()) == facts["parameters"] <= 1_000_000


def test_the_ptn_that_ships_reads_clips_however_their_gaps_are_filled(monkeypatch):
    corpus = reading.load_corpus("target")
    few = replace(corpus, subsets=np.where(np.isin(np.arange(len(corpus)), corpus.split[2][:4]), 2, 0))
    monkeypatch.setattr(reading, "load_corpus", lambda name: few)
    rows = reading.by_shipped(read(), "target")
    assert [row["method"] for row in rows] == [judging.LINE, judging.LEARNED, judging.FOUR]
    assert all(len(row["right"]) == 4 for row in rows) and "1" in rows[0]["right"]


def test_trainings_are_compared_seed_by_seed_with_those_on_lines():
    lines = sign_rows.read().rows[reading.LINES]
    same = reading.noticed(lines)
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    worse = [row | {"right": "0" * len(row["right"]), "micro": 0.0} for row in lines]
    assert reading.noticed(worse).high < -50
