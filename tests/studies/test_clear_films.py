"""Hands that are lost in clear film: how they are counted, and the rows that ship."""

import json

import numpy as np
import pytest

from book.shared import clear_films
from book.shared.clear_films import ENHANCE, HIGH, PEOPLE, SHIPPED, lost, middle, shares
from lib.enhance.draft import doubled
from lib.holistic.surety import HAND
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.video.film import write_lossless


@pytest.fixture
def found():
    """Four frames in which both hands are found, 20 pixels large."""
    xyz = np.zeros((4, 75, 3), np.float32)
    for part in HAND:
        xyz[:, part, :2] = np.linspace(100, 120, 21)[:, None]
    return Keypoints(xyz, np.ones((4, 75), np.float32), HOLISTIC_75, 25, (304, 336))


def test_a_hand_is_lost_that_is_not_found_again_in_its_place(found):
    assert lost(found, doubled(found)) == 0
    after = doubled(found)
    after.xyz[1, HAND[0]] = np.nan
    after.xyz[2, HAND[1], 0] += 2 * 14
    assert lost(found, after) == 2
    found.xyz[1, HAND[0]] = np.nan  # what was not there cannot be lost
    assert lost(found, after) == 1


def test_films_without_hands_say_nothing():
    rows = [{"hands": hands, ENHANCE: gone} for hands, gone in ((10, 1), (20, 0), (0, 0))]
    assert shares(rows)[ENHANCE].mean == pytest.approx(5) and list(shares(rows)) == [ENHANCE]


def test_the_middle_of_a_film_is_taken_and_a_high_one_reduced(tmp_path):
    film = np.broadcast_to(10 * np.arange(9, dtype=np.uint8)[:, None, None, None], (9, 2 * HIGH, 100, 3))
    path = write_lossless(tmp_path / "film.mkv", film, 25)
    assert middle(path, 3).shape == (3, HIGH, 50, 3) and middle(path, 3)[:, 0, 0, 0].tolist() == [30, 40, 50]
    assert len(middle(path, 20)) == 9


@pytest.mark.parametrize(("path", "films"), [(SHIPPED, 12), (PEOPLE, 22)], ids=["D1 test", "people"])
def test_rows_that_ship(path, films):
    rows = clear_films.read(path)
    assert json.loads(path.read_text())["facts"]["command"] == clear_films.makes(path)
    assert len(rows) == films and all(row[ENHANCE] == 0 for row in rows if not row["opened"])
    assert sum(row["opened"] for row in rows) < films / 4


def test_films_of_people_are_kept_without_their_names(tmp_path, monkeypatch):
    monkeypatch.setattr(clear_films, "PEOPLE", tmp_path / "people.json")
    monkeypatch.setattr(clear_films, "middle", lambda *_: None)
    row = {"hands": 10, "opened": False, ENHANCE: 0}
    monkeypatch.setattr(clear_films, "row_of", lambda name, *_: {"clip": name} | row)
    assert clear_films.main(["--people", "anna.mp4", "ben.mp4"]) in (0, None)
    facts, kept = json.loads((tmp_path / "people.json").read_text()).values()
    assert facts["command"] == "python -m book.shared.clear_films FILE... --people"
    assert kept == [{"clip": f"film {number}"} | row for number in (1, 2)]
    with pytest.raises(SystemExit):
        clear_films.main(["--people"])
