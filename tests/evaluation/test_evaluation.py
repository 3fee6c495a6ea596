"""R1's protocol on whole videos: measures by hand, the cache, repeatability, the table; and real films."""

import shutil

import numpy as np
import pandas as pd
import pytest
from person import person
from short_clips import short_clips

from lib.degrade import upscale
from lib.evaluation import evaluation
from lib.evaluation.__main__ import main, tidy
from lib.evaluation.evaluation import (
    CRF,
    FILM,
    FRAMES,
    MEASURES,
    evaluate,
    evaluate_all,
    hands,
    likeness,
    of_path,
    table,
    undetected,
    watch,
)
from lib.evaluation.intervals import Interval, ratio_bootstrap
from lib.evaluation.methods import INPUT, TARGET, find_methods
from lib.holistic import extract
from lib.keypoints import HOLISTIC_75
from lib.metrics import false_hands, undetected_hand_presence
from lib.signer.clips import Clip, clips, in_target_pixels
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.papers import look_up
from lib.video import read_all, write_video

LENGTH = 8  # frames


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")


@pytest.fixture(scope="module")
def shorts(tmp_path_factory):
    """The folder of a set "short": eight frames each of two clips."""
    return short_clips(tmp_path_factory.mktemp("clips"), LENGTH)


def methods(*names):
    return find_methods(names)


def test_measures_of_hands_by_hand():
    truth, found = person(), person()
    right, left = HOLISTIC_75.parts["right_hand"], HOLISTIC_75.parts["left_hand"]
    found.xyz[0, right] = np.nan  # lost
    found.xyz[1, right, 0] += 3  # 0.15 of the hand: a hit
    found.xyz[2, right, 0] += 6  # 0.3: a miss, not false
    found.xyz[3, right, 0] += 12  # 0.6: a miss and false
    truth.confidence[3, left] = 0  # out of the picture: found there, it is false, and no true joint of it counts
    row = hands(found, truth)
    assert undetected(found, "right") == {"uhp_dominant": 1 / 4, "uhp_both": 1 / 8}
    assert undetected(found, "left") == {"uhp_dominant": 0, "uhp_both": 1 / 8}  # R1 counts the signer's dominant hand
    assert row["pck_found"] == pytest.approx(4 / 6)
    assert row["pck_all"] == pytest.approx(4 / 7)
    assert row["error"] == pytest.approx((0.15 + 0.3 + 0.6) / 6)
    assert row["false"] == pytest.approx(2 / 7)
    assert row["false_all"] == pytest.approx(2 / 8)


def test_measures_where_no_hand_was_found():
    found = person()
    found.xyz[:, 33:] = np.nan
    row = hands(found, person())
    assert undetected(found, "right")["uhp_both"] == 1 and row["pck_all"] == 0 and row["false_all"] == 0
    assert all(np.isnan(row[key]) for key in ("pck_found", "error", "false"))


def test_likeness_is_the_mean_over_frames():
    frames = np.random.default_rng(0).integers(80, 170, (3, 32, 32, 3), np.uint8)
    other = frames.copy()
    other[1:] += 10
    assert likeness(frames, frames) == {"psnr": np.inf, "ssim": pytest.approx(1), "phash": 0}
    other[0] += 1
    row = likeness(other, frames)
    assert row["psnr"] == pytest.approx(np.mean([20 * np.log10(255 / step) for step in (1, 10, 10)]))
    assert row["ssim"] < 1
    with pytest.raises(ValueError):  # another number of frames is another film
        likeness(frames[:2], frames)


def test_rows_are_those_of_the_protocol(shorts):
    clip = clips("short", shorts)[0]
    rows = evaluate_all(methods("target", "input", "bilinear"), [clip])
    assert [row["path"] for row in rows] == ["frames"] * 3 + ["film"] * 3
    straight = {row["method"]: row for row in of_path(rows)}
    filmed = {row["method"]: row for row in of_path(rows, FILM)}
    assert set(straight["bilinear"]) == set(filmed["target"]) == {"set", "clip", "method", "path", "frames", *MEASURES}
    assert not {"psnr"} & (set(straight["input"]) | set(filmed["input"]) | set(straight["target"]))
    found = in_target_pixels(extract(clip.input(), progress=False), clip)
    assert found.size == (304, 336)
    assert straight["input"]["uhp_dominant"] == undetected_hand_presence(found)
    assert straight["input"]["false"] == pytest.approx(false_hands(found, clip.truth(), "both"))
    assert straight["target"]["pck_all"] > 0.8


def test_frames_go_straight_or_through_a_film(shorts, tmp_path):
    """Nothing lies between a method and MediaPipe on the first path; a film of CRF 18 does on the second, for all."""
    clip, (bilinear,) = clips("short", shorts)[0], methods("bilinear")
    enlarged = np.stack(list(upscale(clip.input())))
    for method, own in ((bilinear, enlarged), (INPUT, clip.input()), (TARGET, clip.target())):
        straight, found = watch(method, clip)
        np.testing.assert_array_equal(straight, own)
        np.testing.assert_array_equal(found.xyz, extract(own, progress=False).xyz)
        filmed, found = watch(method, clip, path=FILM)
        np.testing.assert_array_equal(filmed, read_all(write_video(tmp_path / f"{method.name}.mp4", own, 25, CRF)))
        np.testing.assert_array_equal(found.xyz, extract(filmed, progress=False).xyz)
        assert 0 < np.abs(filmed.astype(int) - own).mean() < 3
    rows = {row["path"]: row for row in evaluate_all([bilinear], [clip])}
    assert rows[FRAMES]["psnr"] == pytest.approx(likeness(enlarged, clip.target())["psnr"]) != rows[FILM]["psnr"]
    with pytest.raises(BadInput, match="no path 'tape'.*frames or film"):
        watch(INPUT, clip, path="tape")


def test_later_looks_change_the_hands_only(shorts):
    clip = clips("short", shorts)[0]
    first, second, third = evaluate_all(methods("bicubic"), [clip], looks=3, paths=[FRAMES])
    assert [row["method"] for row in (second, third)] == ["bicubic + second look", "bicubic + third look"]
    assert second["uhp_both"] <= first["uhp_both"] and first["psnr"] == second["psnr"] == third["psnr"]
    keypoints = [watch(methods("bicubic")[0], clip, looks)[1] for looks in (1, 2, 3)]
    assert all(np.array_equal(found.xyz[:, :33], keypoints[0].xyz[:, :33], equal_nan=True) for found in keypoints)


def test_rows_are_kept_until_the_clip_or_the_version_changes(shorts, monkeypatch, tmp_path):
    folder = shutil.copytree(shorts / "short" / clips("short", shorts)[0].name, tmp_path / "clip")
    looks = []
    monkeypatch.setattr(evaluation, "extract", lambda frames, **_: looks.append(1) or extract(frames, progress=False))
    row = evaluate(INPUT, Clip(folder))
    assert evaluate(INPUT, Clip(folder)) == row and len(looks) == 1
    with np.load(folder / "truth.npz") as truth:
        np.savez(folder / "truth.npz", **{key: truth[key] + 32 * 30 * (key == "pixels") for key in truth})
    assert evaluate(INPUT, Clip(folder))["error"] != row["error"] and len(looks) == 2
    monkeypatch.setattr(evaluation, "VERSION", -1)
    evaluate(INPUT, Clip(folder))
    assert len(looks) == 3


def test_a_fresh_graph_gives_the_same_again(shorts):
    """Why no run is repeated: nothing is left of the clip before."""
    first, second = (clip.input() for clip in clips("short", shorts))
    runs = [extract(frames, progress=False) for frames in (first, second, first, second)]
    for a, b in ((0, 2), (1, 3)):
        np.testing.assert_array_equal(runs[a].xyz, runs[b].xyz)
        np.testing.assert_array_equal(runs[a].confidence, runs[b].confidence)


def rows_of(**uhp):
    """Rows of clips whose UHP in per cent are given for each method, and nothing else."""
    return [
        {"set": "s", "clip": number, "method": method, "path": "frames", "uhp_dominant": value / 100}
        for method, values in uhp.items()
        for number, value in enumerate(values)
    ]


def test_shares_are_the_papers():
    lost = {name: look_up(f"R1 Table I, {name}, UHP %").value for name in ("input", "BWA-UNet", "target")}
    around = [lost["input"] - 3, lost["input"] + 3]
    rows = rows_of(input=around, bwa=2 * [lost["BWA-UNet"]], target=2 * [lost["target"]])
    line = table(rows).loc["s", "bwa"]
    assert line["gap closed, %"].mean == pytest.approx(look_up("R1 Table I, BWA-UNet, gap closed %").value, abs=0.05)
    assert line["minus input"].mean == pytest.approx(look_up("R1 Table I, BWA-UNet, UHP % minus input").value)
    assert line["UHP dominant, %"].n == 2 and line["PSNR, dB"] is None
    lost = {name: look_up(f"R1 Table II, {name}, UHP %").value for name in ("input", "BWFA-UNet")}
    line = table(rows_of(input=2 * [lost["input"]], bwfa=2 * [lost["BWFA-UNet"]])).loc["s", "bwfa"]
    fewer = look_up("R1 Table II, BWFA-UNet, fewer than the input %").value
    assert line["fewer than input, %"].mean == pytest.approx(fewer, abs=0.05)


def test_a_table_without_an_input_compares_nothing():
    frame = table(rows_of(bicubic=[3, 4]))
    assert list(frame.columns) == [label for label, _ in MEASURES.values()]
    assert tidy(frame).to_dict("records")[0]["mean"] == pytest.approx(3.5)
    with pytest.raises(BadInput, match="two clips"):
        table(rows_of(bicubic=[3]))


def test_a_table_is_of_one_path():
    film = [row | {"path": FILM, "uhp_dominant": row["uhp_dominant"] + 0.04} for row in rows_of(input=[30, 36])]
    both = rows_of(input=[30, 36]) + film
    with pytest.raises(BadInput, match="one path.*of_path"):
        table(both)
    assert table(of_path(both, FILM)).loc["s", "input"]["UHP dominant, %"].mean == pytest.approx(37)


def test_ratio_bootstrap():
    random = np.random.default_rng(0)
    whole = random.uniform(1, 3, 40)
    interval = ratio_bootstrap(0.6 * whole + random.normal(0, 0.1, 40), whole)
    assert isinstance(interval, Interval) and interval.low < 0.6 < interval.high and interval.high - interval.low < 0.1
    assert ratio_bootstrap([1, 2], [2, 4]) == Interval(0.5, 0.5, 0.5, 2)
    assert ratio_bootstrap([0, 3], [0, 4]).mean == 0.75  # a clip without any whole rules nothing
    assert ratio_bootstrap([1, 2], [0, 0]) is None
    with pytest.raises(BadInput, match="ratio over clips"):
        ratio_bootstrap([1], [1])


def test_command(shorts, tmp_path, capsys):
    arguments = ["--set", "short", "--data", str(shorts), "--models", "input", "--csv", str(tmp_path / "t.csv")]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "UHP dominant, %" in out and "short, path 'film'" in out
    written = pd.read_csv(tmp_path / "t.csv")
    assert set(written.method) == {"input"} and set(written.path) == {"frames", "film"}
    assert main(["--models", "best"]) == 1 and "no method 'best'" in capsys.readouterr().err
    assert main(["--set", "nowhere"]) == 1 and "holds no clips" in capsys.readouterr().err
    assert main([*arguments, "--clips", "1"]) == 1 and "2 or more" in capsys.readouterr().err
