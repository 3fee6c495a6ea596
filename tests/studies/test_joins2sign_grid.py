"""R3's grid of learning rates and alphas: its combinations, the search, the command."""

import numpy as np
import pytest

from book.studies import letters_grid
from book.studies.letters_grid import GRIDS, parts, search
from book.studies.rows.letter_rows import read_results
from lib.joins2sign.photos import Photos, Split
from lib.joins2sign.recipes import Pace
from lib.tools.errors import BadInput
from lib.tools.papers import look_up


def test_grid_has_every_combination_of_r3s():
    """4.6: three rates with three alphas; and for the dynamic weighting the ends of its ranges, and what it chose."""
    places, named = ("first", "second", "third"), {"rate": "learning rate", "alpha": "alpha"}
    printed = [look_up(f"R3 4.6, {place} learning rate of the grid").value for place in places]
    assert GRIDS["static"]["rate"] == pytest.approx([rate / 10 for rate in printed]), "10e-2 for 10^-2"
    assert GRIDS["static"]["alpha"] == tuple(look_up(f"R3 4.6, {place} alpha of the grid").value for place in places)
    for name, said in named.items():
        ends = {look_up(f"R3 4.6, {end} {said} of the dynamic search").value for end in ("least", "largest")}
        assert set(GRIDS["dynamic"][name]) == ends | {look_up(f"R3 4.5, {said}, dynamic").value}


def test_grid_search_finds_the_setting_that_learns(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    labels, signers = np.arange(80) % 2, np.arange(80) // 2 % 5
    joints = (rng.uniform(10, 50, (2, 21, 2))[labels] + rng.normal(0, 1, (80, 21, 2))).astype(np.float32)
    images = np.broadcast_to(200 * labels[:, None, None, None], (80, 64, 64, 3)).astype(np.uint8)
    photos = Photos(images, joints, labels, signers, signers.astype(str), labels > 1)
    learn, judge = parts(photos, np.arange(80), "signers")
    assert not set(signers[learn]) & set(signers[judge]) and len(set(signers[judge])) == 1
    assert [len(part) for part in parts(photos, np.arange(80), "chance")] == [64, 16]
    monkeypatch.setitem(GRIDS, "static", {"rate": (1e-7, 1e-2), "alpha": (0.5,)})
    recipe = Pace(64, 1 / 32, 6, batch=8, hidden=8, dropout=0.0)
    rows = search("static", photos, np.arange(80), recipe, "chance")
    assert rows[0]["settings"]["rate"] == 1e-2 and rows[0]["accuracy"] > 0.9 > rows[1]["accuracy"]
    assert rows[0]["n"] == 16 and rows[0]["median"] > 0
    with pytest.raises(BadInput, match="one signer"):
        parts(photos[signers == 0], np.arange(16), "signers")


def test_grid_command_writes_each_setting_once(tmp_path, monkeypatch):
    monkeypatch.setattr(letters_grid, "read_photos", lambda folder, every: "photos")
    monkeypatch.setattr(letters_grid, "random_split", lambda photos, seed: Split(*(np.arange(3),) * 3))
    line = {"settings": {"rate": 1e-2, "alpha": 0.5}, "accuracy": 0.5}
    monkeypatch.setattr(letters_grid, "search", lambda kind, *rest: [line | {"kind": kind, "judged_by": rest[3]}])
    for _ in range(2):
        assert letters_grid.main(["--profile", "ci", "--ship", str(tmp_path / "r3.json")]) == 0
    grid = read_results(tmp_path / "r3.json")["grid"]
    assert [(row["kind"], row["judged_by"]) for row in grid] == [
        (kind, by) for kind in ("static", "dynamic") for by in ("chance", "signers")
    ]
