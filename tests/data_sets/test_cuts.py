"""Stretches of long films, which of them are taken, and whether two films show the same moments."""

from pathlib import Path

import numpy as np
import pytest
from stand_ins import signing

from data_scripts.broadcasts import best_lag
from data_scripts.own_films import evenly, plan_pieces
from data_scripts.shared import cuts
from data_scripts.shared.cuts import frames_between
from lib.degrade import downsample, flow_blur, software_blur
from lib.tools.errors import BadInput
from lib.video import read_all, write_video
from lib.video.film import write_lossless


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi"])
def test_a_stretch_is_the_films_own_frames_and_the_rest_is_not_decoded(tmp_path, monkeypatch, suffix):
    frames = np.zeros((500, 48, 64, 3), np.uint8) + (np.arange(500) // 2).astype(np.uint8)[:, None, None, None]
    film = write_video(tmp_path / f"long{suffix}", frames, 25, crf=5)
    decoded, count = cuts.decoded, []
    monkeypatch.setattr(cuts, "decoded", lambda *args: (count.append(1) or frame for frame in decoded(*args)))
    stretch = np.stack(list(frames_between(film, 15, 16)))
    np.testing.assert_array_equal(stretch, read_all(film)[375:400])
    assert len(count) < 150
    assert len(list(frames_between(film, 19.5, 21))) in (12, 13)  # the film ends at 20
    assert [len(list(frames_between(film, 5, 6, fps))) for fps in (4, 50)] == [4, 50]
    assert len(list(frames_between(film, 1.012, 1.020))) == 1  # the shortest annotations are shorter than a frame


def test_what_is_written_without_loss_comes_back_to_the_bit(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (3, 33, 47, 3), dtype=np.uint8)
    np.testing.assert_array_equal(read_all(write_lossless(tmp_path / "noise.mkv", iter(frames), 25)), frames)
    with pytest.raises(BadInput, match="was not written. There is no frame"):
        write_lossless(tmp_path / "none.mkv", [], 25)
    assert [path.name for path in tmp_path.iterdir()] == ["noise.mkv"]


def test_software_blurs_the_small_frames_over_three():
    small = list(downsample(signing()[:9], 2))
    blurred = list(software_blur(signing()[:9]))
    assert np.stack(blurred).shape == (9, 168, 152, 3)
    np.testing.assert_array_equal(blurred, list(flow_blur(small, shutter=3.0, samples=24)))
    assert np.abs(np.subtract(blurred[4], small[4], dtype=int)).max() > 20


def test_pieces_are_evenly_apart():
    assert evenly(30, 30) == list(range(30)) and evenly(3, 5) == [0, 1, 2] and evenly(0, 4) == []
    assert evenly(119, 5) == [0, 23, 47, 71, 95]


def test_odd_films_are_replaced_and_named():
    def length(film):
        if film.name in ("0", "24"):
            raise BadInput(f"{film} is odd")
        return 1799.9  # the last piece is not whole

    films = [Path(str(number)) for number in range(119)]
    pieces, refused = plan_pieces(films, length, 150, 5, 60)
    assert len(pieces) == 150 and pieces == plan_pieces(films, length, 150, 5, 60)[0]
    assert [outcome.path.name for outcome in refused] == ["0"]
    assert {film.name for film, _ in pieces} == {"23", "47", "71", "95", "1", "2"}
    assert plan_pieces([], length, 10, 5, 60) == ([], [])


def test_a_lag_is_found():
    small = signing()[:, ::4, ::4]
    assert best_lag(small, small)[0] == 0 and best_lag(small, small)[1] == pytest.approx(1)
    assert best_lag(small[3:], small)[0] == 3 and best_lag(small, small[2:])[0] == -2
    assert best_lag(small, small[::-1])[1] < 0.5
    assert best_lag(small[:1].repeat(9, 0), small[:9]) == (0, 0.0)
