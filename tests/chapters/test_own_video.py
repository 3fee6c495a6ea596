"""Chapter 14: signs without truth, facts of a film, films that go wrong, the forecast and the checkers."""

from dataclasses import replace

import numpy as np
import pytest
from enhance_films import on_its_side, with_sound

from book.chapters import (
    ch14_films,
    ch14_troubles,
)
from book.chapters.ch14_films import timeline
from lib.enhance import Summary
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput
from lib.upsampler import UNet
from lib.video import read_all

RIGHT, LEFT = (HOLISTIC_75.parts[f"{hand}_hand"] for hand in ("right", "left"))


def person(xs, left=-60.0):
    """A clip with shoulders 40 pixels apart; the right hand, 20 pixels large, at ``xs`` (NaN: lost), the left still."""
    xyz = np.full((len(xs), 75, 3), 50, np.float32)
    a, b = HOLISTIC_75.shoulders
    xyz[:, a, 0], xyz[:, b, 0] = 70, 30
    corners = np.linspace(0, 20, 21)
    for part, places in ((RIGHT, np.array(xs, float)), (LEFT, np.full(len(xs), left))):
        xyz[:, part, 0] = places[:, None] + corners
        xyz[np.isnan(places), part] = np.nan
    return Keypoints(xyz, (~np.isnan(xyz).any(-1)).astype(np.float32), HOLISTIC_75, 25, (200, 100))


def test_jumps_are_faster_than_an_arm():
    # 8 shoulder widths of 40 pixels a second at 25 frames a second: 12.8 pixels a frame
    found = ch14_films.jumps(person([0, 12, 25, np.nan, 90, 90]))
    assert found.tolist() == [False, False, True, False, False, False]


def test_one_hand_found_twice():
    assert ch14_films.doubled(person([0, 4, 6, np.nan], left=0)).tolist() == [True, True, False, False]


def test_changes_by_hand():
    before, after = person([0, 0, np.nan, 0, np.nan]), person([5, 12, 0, np.nan, np.nan])
    twice = replace(after, xyz=2 * after.xyz, size=(400, 200))
    for now in (after, twice):
        row = ch14_films.changes(before, now).loc["right"].to_dict()
        assert row == {
            "frames": 5, "lost before": 2, "lost after": 2, "back": 1, "newly lost": 1, "in another place": 1,
        }  # fmt: skip
    assert ch14_films.changes(before, after).loc["left", "lost before"] == 0
    assert ch14_films.signs(person([0, 30, 60], left=30)).loc["right"].tolist() == [2, 1]


def test_timeline_has_a_row_for_each_hand_and_film():
    figure = timeline({"before": person([0, np.nan, 30]), "after": person([0, 1, 2])})
    ax = figure.axes[0]
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == ["right hand, before", "right hand, after", "left hand, before", "left hand, after"]
    assert [len(bars.get_paths()) for bars in ax.collections] == [2, 1, 1, 1]


def test_facts_of_films(tmp_path):
    facts = {name: ch14_films.film_facts(make(tmp_path / f"{name}.mp4")) for name, make in (
        ("uneven", ch14_troubles.uneven), ("interlaced", ch14_troubles.interlaced), ("nobody", ch14_troubles.nobody)
    )}  # fmt: skip
    assert facts["nobody"] == {
        "size": "128 x 96", "frames a second": "25.00", "length": "0.2 s", "shifted by up to": "0.00 s", "sound": "no",
        "interlaced": "no",
    }  # fmt: skip
    assert facts["interlaced"]["interlaced"] == "yes" and facts["uneven"]["interlaced"] == "no"
    assert float(facts["uneven"]["shifted by up to"].split()[0]) > 0.1


def test_the_beginning_is_copied_as_it_is(tmp_path):
    film = ch14_troubles.two_signers(tmp_path / "film.mp4")
    (tmp_path / "start").mkdir()
    start = ch14_films.beginning(film, 0.4, tmp_path / "start")
    frames = read_all(start)
    assert 6 <= len(frames) <= 10 and np.array_equal(frames, read_all(film)[: len(frames)])
    assert start == tmp_path / "start" / "film.mp4"
    assert ch14_films.beginning(film, 5, tmp_path / "start") == film


def test_a_beginning_stays_upright_and_keeps_its_sound(tmp_path):
    (tmp_path / "start").mkdir()
    frames = ch14_troubles.signer(count=24)
    upright = ch14_films.beginning(on_its_side(tmp_path / "phone.mp4", frames), 0.5, tmp_path / "start")
    assert read_all(upright).shape[1:3] == frames.shape[2:0:-1]
    loud = ch14_films.beginning(with_sound(tmp_path / "loud.mp4", frames), 0.5, tmp_path / "start")
    assert ch14_films.film_facts(loud)["sound"] == "yes"


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_is_said_of_films_that_go_wrong(tmp_path):
    network = UNet(2, depth=1, residual=True).eval()
    words = {"nobody": "note: Nobody", "cut_short": "damaged or cut short", "no_film": "error: no_film.mp4 cannot"}
    for name, expected in words.items():
        film = ch14_troubles.TROUBLES[name](tmp_path / f"{name}.mp4")
        lines = ch14_troubles.said(film, tmp_path / f"{name}-sharp.mp4", network)
        assert expected in lines[0] and not any(str(tmp_path) in line for line in lines)
        assert lines[-1].startswith("error") == (name == "no_film")


def test_forecast_by_hand(tmp_path):
    (tmp_path / "o.mp4").write_bytes(bytes(4000))
    (tmp_path / "o.pose").write_bytes(bytes(1000))
    summary = Summary(tmp_path, tmp_path / "o.mp4", None, 50, 25, (304, 336), None, False, 6.0)
    cost = ch14_films.measured(summary, tmp_path / "o.pose")
    assert cost == ch14_films.Cost(3, 2000, 500)
    assert cost.of(60, 4) == {"days": 3 * 60 / 24 / 4, "GB of video": 0.432, "GB of keypoints": 0.108}
    with pytest.raises(BadInput, match="more than 0 hours"):
        cost.of(0)
