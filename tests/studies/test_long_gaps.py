"""Long gaps: what a network sees of a hand, what it learns from, and how it is judged."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from book.chapters.ch09_gaps import linear
from book.chapters.ch13_gaps import arm_of, by_body
from book.studies.long_gaps import judging, reading
from book.studies.long_gaps.learning import Windows, hidden, judged, learn
from book.studies.long_gaps.network import WINDOW, Filler, filled, four_times, read, write
from book.studies.long_gaps.retrieval import Library
from book.studies.long_gaps.signing import Eye, Losses
from book.studies.long_gaps.tracks import scene
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput

FRAMES, NAN = 60, np.nan


def waving(seed: int = 0, frames: int = FRAMES) -> Keypoints:
    """Somebody whose hands go round and whose fingers open as they do."""
    rng, t = np.random.default_rng(seed), np.arange(frames) / 6
    xyz = np.repeat(rng.uniform(40, 120, (1, 75, 3)), frames, axis=0).astype(np.float32)
    xyz[:, list(HOLISTIC_75.shoulders), :2] = [[110, 60], [50, 60]]
    shape = rng.normal(size=(21, 2)) * 8
    shape[0], shape[9] = 0, (0, -20)
    for part, phase in (("left_hand", 0.0), ("right_hand", 1.0)):
        side = part.split("_")[0].upper()
        wrist = 80 + 20 * np.stack([np.cos(t + phase), np.sin(t + phase)], axis=-1)
        xyz[:, HOLISTIC_75.index(f"{side}_WRIST"), :2] = wrist
        opened = (1 + 0.4 * np.sin(t + phase))[:, None, None]
        xyz[:, HOLISTIC_75.parts[part], :2] = wrist[:, None] + opened * shape
    return Keypoints(xyz, np.ones((frames, 75), np.float32), HOLISTIC_75, 25.0, (160, 160))


def without(clip: Keypoints, part: str, *holes: tuple[int, int]) -> Keypoints:
    xyz = clip.xyz.copy()
    for start, stop in holes:
        xyz[start:stop, clip.layout.parts[part]] = NAN
    return replace(clip, xyz=xyz)


def moved(model: Filler) -> Filler:
    """Weights by chance in the last layer, which is zero as it comes."""
    torch.manual_seed(0)
    torch.nn.init.normal_(model.out.weight)
    return model


@pytest.mark.parametrize("part", ["left_hand", "right_hand"])
def test_a_hand_comes_back_from_its_scene(part):
    clip = waving()
    one, hand = scene(clip, part), clip.part(part)[..., :2]
    np.testing.assert_allclose(one.pixels(one.seen(hand)), hand, atol=1e-3)
    np.testing.assert_allclose(one.line, one.seen(hand), atol=1e-4)
    assert np.median(np.linalg.norm(one.line[:, HOLISTIC_75.middle_mcp - 1], axis=-1)) == pytest.approx(1)


def test_left_hands_look_like_right_ones():
    clip = waving()
    mirrored = clip.xyz.copy()
    mirrored[..., 0] = 160 - mirrored[..., 0]
    names = [name.replace("LEFT", "?").replace("RIGHT", "LEFT").replace("?", "RIGHT") for name in HOLISTIC_75.points]
    other = replace(clip, xyz=mirrored[:, [HOLISTIC_75.index(name) for name in names]])
    np.testing.assert_allclose(scene(clip, "right_hand").points, scene(other, "left_hand").points, atol=1e-4)


def test_times_say_how_far_the_nearest_found_frames_are():
    one = scene(without(waving(), "right_hand", (0, 4), (10, 30), (56, 60)), "right_hand")
    ago, soon, was, will = one.flags[:, 2:].T
    assert (ago[12], soon[12]) == (3 / 16, 1)
    assert (ago[29], soon[29]) == (1, 1 / 16)
    assert (was[0], will[0], was[58], will[58]) == (0, 1, 1, 0)
    assert one.gaps() == [(0, 4), (10, 30), (56, 60)]


def test_before_training_the_hand_lies_on_the_line_beside_the_body():
    clip = without(waving(), "right_hand", (10, 18), (30, 33))
    hand = clip.part("right_hand")
    np.testing.assert_allclose(
        filled(Filler(), clip, "right_hand"), by_body(hand, arm_of(clip, "right_hand")), atol=2e-3
    )


def test_found_hands_stay_as_they_are_whatever_was_learned():
    clip = without(waving(), "right_hand", (0, 3), (10, 18), (50, 60))
    hand, model = clip.part("right_hand"), moved(Filler())
    guess = filled(model, clip, "right_hand")
    seen = clip.present("right_hand")
    np.testing.assert_array_equal(guess[seen], hand[seen])
    assert np.isfinite(guess).all()
    assert (np.abs(guess - linear(hand))[~seen, :, :2].max(axis=(1, 2)) > 1).all()


def test_what_no_window_holds_stays_on_the_line():
    clip = without(waving(frames=100), "right_hand", (10, 90))
    guess, line = filled(moved(Filler()), clip, "right_hand"), linear(clip.part("right_hand"))
    changed = np.abs(guess - line).max(axis=(1, 2)) > 1
    assert changed.sum() <= WINDOW
    wrist = by_body(clip.part("right_hand"), arm_of(clip, "right_hand"))
    assert not changed[:10].any() and not changed[90:].any()
    assert np.isfinite(wrist).all()


def test_a_hand_that_is_never_found_is_zero():
    clip = without(waving(), "right_hand", (0, FRAMES))
    assert (filled(moved(Filler()), clip, "right_hand") == 0).all()
    assert np.isfinite(filled(moved(Filler()), without(clip, "left_hand", (5, 12)), "left_hand")).all()


def test_a_hand_found_badly_beside_a_gap_harms_less_where_gaps_are_filled_four_times():
    clip = waving()
    clip.xyz[:, HOLISTIC_75.parts["right_hand"]] = clip.xyz[:1, HOLISTIC_75.parts["right_hand"]]
    clip.xyz[:, HOLISTIC_75.index("RIGHT_WRIST")] = clip.xyz[:1, HOLISTIC_75.index("RIGHT_WRIST")]
    true, bad = clip.part("right_hand").copy(), without(clip, "right_hand", (20, 28))
    bad.xyz[19, HOLISTIC_75.parts["right_hand"].start + 1 : HOLISTIC_75.parts["right_hand"].stop, 0] += 30
    once, four = (way(Filler(), bad, "right_hand") for way in (filled, four_times))
    off = [np.abs(guess - true)[20:28].mean() for guess in (once, four)]
    assert off[1] == pytest.approx(off[0] / 2, rel=0.1)
    np.testing.assert_array_equal(four[19], bad.part("right_hand")[19])


def test_a_hand_that_only_ends_of_gaps_show_is_filled_all_the_same():
    clip = without(waving(), "right_hand", (0, 20), (21, FRAMES))
    once, four = (way(moved(Filler()), clip, "right_hand") for way in (filled, four_times))
    np.testing.assert_allclose(once, four, atol=1e-4)


def test_the_ptn_that_ships_reads_clips_however_their_gaps_are_filled(monkeypatch):
    corpus = reading.load_corpus("target")
    few = replace(corpus, subsets=np.where(np.isin(np.arange(len(corpus)), corpus.split[2][:4]), 2, 0))
    monkeypatch.setattr(reading, "load_corpus", lambda name: few)
    rows = reading.by_shipped(read(), "target")
    assert [row["method"] for row in rows] == [judging.LINE, judging.LEARNED, judging.FOUR]
    assert all(len(row["right"]) == 4 for row in rows) and "1" in rows[0]["right"]


def test_a_film_that_loses_fast_hands_is_imitated():
    clip = waving()
    clip.xyz[30:, [HOLISTIC_75.index("RIGHT_WRIST"), HOLISTIC_75.index("LEFT_WRIST")], :2] = 80
    holes = (2, 8), (9, 15), (16, 22), (23, 29)
    lossy = without(without(clip, "right_hand", *holes), "left_hand", *holes)
    losses = Losses.of([lossy])
    fast = np.concatenate([np.full(200, 10.0), np.zeros(200)])
    lost = losses.draw(fast, np.random.default_rng(0))
    assert lost[:200].mean() > lost[200:].mean() + 0.3


def test_the_eye_errs_as_the_films_do():
    truth = [waving(seed) for seed in range(3)]
    found = []
    for one in truth:
        seen = without(without(one, "right_hand", (20, 26)), "left_hand", (40, 49))
        seen.xyz[:, HOLISTIC_75.parts["right_hand"], :2] += 7.0
        found.append(seen)
    eye = Eye(found, truth)
    seen = eye(truth[0], np.random.default_rng(0))
    off = seen.part("right_hand")[..., :2] - truth[0].part("right_hand")[..., :2]
    assert np.nanmedian(off) == pytest.approx(7.0, abs=1.5)
    assert np.isnan(off).any()
    assert len(eye(truth[0], np.random.default_rng(1)).xyz) == FRAMES


def test_what_is_not_known_does_not_count():
    clip = without(waving(), "right_hand", (20, 30))
    windows = Windows.of([(without(clip, "right_hand", (10, 30)), clip)], np.random.default_rng(0))
    assert int(windows.counted.sum()) == 10


def test_training_brings_the_hand_nearer():
    clips = [waving(seed) for seed in range(4)]
    torch.manual_seed(0)
    losses = Losses(np.array([1.0, 2.0, 3.0, 4.0]), np.tile([[0.1], [0.85]], (1, 5)))
    windows = Windows.of(hidden(clips, losses, 3, 0), np.random.default_rng(0))
    line = judged(None, windows)
    assert judged(Filler(), windows) == pytest.approx(line, abs=1e-5)
    model = learn(Filler(width=16, layers=1), windows, windows, 120, 0)
    assert judged(model, windows)[0] < 0.9 * line[0]


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


def test_the_library_repeats_what_a_like_hand_did():
    clips = [waving(seed) for seed in range(4)]
    losses = Losses(np.array([1.0, 2.0, 3.0, 4.0]), np.tile([[0.1], [0.85]], (1, 5)))
    library = Library(Windows.of(hidden(clips, losses, 8, 0), np.random.default_rng(0)))
    clip = without(waving(), "right_hand", (20, 28))
    true, hand = waving().part("right_hand"), clip.part("right_hand")
    guesses = (by_body(hand, arm_of(clip, "right_hand")), library.fill_of(clip, "right_hand")(hand))
    off = [np.abs(guess - true)[20:28, :, :2].mean() for guess in guesses]
    assert off[1] < 0.8 * off[0]
    np.testing.assert_array_equal(guesses[1][:20], hand[:20])


def test_weights_come_back_in_half_precision(tmp_path):
    model, path = moved(Filler()), tmp_path / "filler.safetensors"
    write(model, path)
    clip = without(waving(), "right_hand", (20, 28))
    both = [filled(one, clip, "right_hand") for one in (model, read(path))]
    np.testing.assert_allclose(*both, atol=0.5)
    assert path.stat().st_size < 600_000


def test_what_ships_beats_the_line_and_says_so():
    facts, rows, *_ = judging.read()
    assert judging.gain(rows, ("d1_test", "td2"), judging.LEARNED).high < 0
    assert sum(value.numel() for value in read().parameters()) == facts["parameters"] <= 1_000_000


@pytest.mark.parametrize("content", [b"", b"no weights", b"\xff" * 1000])
def test_damaged_weights_are_refused(tmp_path, content):
    path = tmp_path / "filler.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="filler.safetensors"):
        read(path)
    with pytest.raises(BadInput, match="missing"):
        judging.read(tmp_path / "long_gaps.json")
