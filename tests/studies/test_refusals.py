"""What later looks' refusals bring: hands counted with and without them, on hands laid down by hand."""

import numpy as np
import pytest
from short_clips import short_clips

from book.shared import refusals
from book.shared.refusals import change, counted, made, nothing_refused, rows_of, table
from lib.evaluation.methods import Method, find_methods
from lib.holistic import second_look, third_look
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.clips import clips
from lib.tools import paths

HAND = np.array([[0, 0], *([x, -y] for x in (-8, -4, 0, 4, 8) for y in (9, 12, 15, 18))], float)


def keypoints(right: list[tuple[int, int] | None], scale: float = 1) -> Keypoints:
    """A film of 200 x 160, times ``scale``, with a right hand at these places and no left one."""
    xyz = np.full((len(right), 75, 3), np.nan, np.float32)
    confidence = np.zeros((len(right), 75), np.float32)
    for t, place in enumerate(right):
        if place is not None:
            xyz[t, HOLISTIC_75.parts["right_hand"]] = np.c_[scale * (HAND + place), np.zeros(21)]
            confidence[t, HOLISTIC_75.parts["right_hand"]] = 1
    return Keypoints(xyz, confidence, HOLISTIC_75, 25, (int(200 * scale), int(160 * scale)))


def test_lost_and_false_hands_are_shares_of_all():
    real = keypoints([(50, 90), (50, 90), (50, 90), None, None])
    found = keypoints([(51, 90), (75, 90), None, (50, 90), None], scale=2)
    assert counted(found, real) == {"lost": 1 / 10, "false": 2 / 10}  # the second is elsewhere, the fourth nowhere


def test_nothing_is_refused_inside_and_all_is_as_before_outside():
    outside = np.full((21, 2), -5.0), np.full((75, 3), np.nan), 0, (100, 100)  # its wrist has left the picture
    assert second_look.unlikely(*outside) and third_look.unlikely(*outside)
    with nothing_refused():
        assert not second_look.unlikely(*outside) and not third_look.unlikely(*outside)
    assert second_look.unlikely(*outside) and third_look.unlikely(*outside)


def test_only_frames_that_are_looked_into_are_made(tmp_path):
    clip, seen = clips("short", short_clips(tmp_path, length=3))[0], []

    def twice(frames):
        for frame in frames:
            seen.append(frame)
            yield frame.repeat(2, axis=0).repeat(2, axis=1)

    frames = made(Method("twice", twice), clip, [1])
    assert len(seen) == 1 and (frames[1, ::2, ::2] == clip.input()[1]).all()
    assert len(frames) == 3 and not frames[[0, 2]].any()
    assert not made(Method("twice", twice), clip, []).any()


def test_the_same_looks_where_nothing_would_be_refused(tmp_path, monkeypatch):
    """On frames of a whole rendered signer: with and without refusals begin alike, and are counted alike."""
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(second_look, "unlikely", lambda *_: False)
    monkeypatch.setattr(third_look, "unlikely", lambda *_: False)
    (bicubic,) = find_methods(["bicubic"])
    rows = rows_of(bicubic, clips("short", short_clips(tmp_path, length=3))[0])
    assert [(row["looks"], row["refuses"]) for row in rows] == [(1, True), (2, True), (3, True), (2, False), (3, False)]
    for looks in (2, 3):
        with_, without = ([row["lost"], row["false"]] for row in rows if row["looks"] == looks)
        assert with_ == without


def test_the_difference_is_taken_clip_by_clip():
    shares = {True: (0.1, 0.2, 0.3), False: (0.05, 0.15, 0.25)}
    rows = [
        {"set": "d1", "clip": str(n), "looks": 3, "refuses": refuses, "lost": share, "false": 0.3 - share}
        for refuses, values in shares.items()
        for n, share in enumerate(values)
    ]
    lost, false = (change(rows, "d1", 3, measure) for measure in ("lost", "false"))
    assert (lost.mean, lost.low, lost.high) == pytest.approx((5, 5, 5)) and false.mean == pytest.approx(-5)
    line = table(rows).loc["d1", "3 looks"]
    assert line["lost, %, nothing refused"].mean == pytest.approx(15)
    assert line["lost, %, as it ships"].mean == pytest.approx(20) and line["lost, points"].n == 3


def test_rows_of_other_sets_stay(tmp_path, monkeypatch):
    out = tmp_path / "refusals.json"
    row = {"clip": "a", "method": "bg-unet", "lost": 0.1, "false": 0.0}
    both = [{"looks": looks, "refuses": refuses} for looks in (2, 3) for refuses in (True, False)]
    monkeypatch.setattr(refusals, "clips", lambda name: [name + "-0", name + "-1"])
    monkeypatch.setattr(refusals, "find_methods", lambda names: [Method("bg-unet", digest="abc")])
    monkeypatch.setattr(
        refusals, "rows_of", lambda method, clip: [row | {"set": clip[:-2], "clip": clip} | one for one in both]
    )
    assert refusals.main(["--set", "d1", "--out", str(out)]) in (0, None)
    assert refusals.main(["--set", "td2", "--out", str(out)]) in (0, None)
    assert [row["set"] for row in refusals.read(out)] == 8 * ["d1"] + 8 * ["td2"]
