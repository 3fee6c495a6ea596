"""Long gaps: what a network sees of a hand, and what it learns from."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from waving_hands import FRAMES, waving, without

from book.chapters.ch09_gaps import linear
from book.chapters.ch13_gaps import arm_of, by_body
from book.studies.long_gaps import judging
from book.studies.long_gaps.learning import Windows, hidden, judged, learn
from book.studies.long_gaps.network import WINDOW, Filler, filled, four_times, read, write
from book.studies.long_gaps.retrieval import Library
from book.studies.long_gaps.signing import Eye, Losses
from book.studies.long_gaps.tracks import scene
from lib.keypoints import HOLISTIC_75
from lib.tools.errors import BadInput


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
    clip, model = without(waving(), "right_hand", (0, 20), (21, FRAMES)), moved(Filler())
    once, four = (way(model, clip, "right_hand") for way in (filled, four_times))
    np.testing.assert_allclose(once, four, atol=1e-4)


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


@pytest.mark.parametrize("content", [b"", b"no weights", b"\xff" * 1000])
def test_damaged_weights_are_refused(tmp_path, content):
    path = tmp_path / "filler.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="filler.safetensors"):
        read(path)
    with pytest.raises(BadInput, match="missing"):
        judging.read(tmp_path / "long_gaps.json")
