"""Real films without truth: what is counted, how they are spoiled, and the command."""

import numpy as np
import pandas as pd
import pytest
from person import person

from book.studies import real_counts, real_films
from book.studies.rows import shipped_rows
from lib.degrade import software_blur, upscale
from lib.holistic import extract
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.clips import clips
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.video import write_video


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")


def test_counts_of_a_real_film_by_hand():
    sharp, spoilt, found = person(6), person(6), person(6)
    right = HOLISTIC_75.parts["right_hand"]
    sharp.xyz[5, right] = np.nan  # never there
    spoilt.xyz[[0, 1, 2, 5], right] = np.nan  # three lost
    found.xyz[1, right, 0] += 9  # back, 0.45 hands off
    found.xyz[2, right, 0] += 12  # back elsewhere
    found.xyz[[3, 5], right] = np.nan  # newly lost, and never there
    half = Keypoints(found.xyz / 2, found.confidence, HOLISTIC_75, 25, (152, 168))
    assert real_counts.count(sharp, spoilt, found, "right_hand") == {
        "hands": 6,
        "in the sharp film": 5,
        "lost": 3,
        "back in place": 2,
        "back elsewhere": 1,
        "newly lost": 1,
        "missing": 1,
        "missing in all": 2,
    }
    assert real_counts.count(sharp, spoilt, half, "right_hand") == real_counts.count(sharp, spoilt, found, "right_hand")


@pytest.fixture
def films(tmp_path):
    """A film larger than the target with a signer in it, and one with nobody."""
    big = list(upscale(clips("d1_train")[0].target()[20:24], 2, "bicubic"))
    write_video(tmp_path / "kind" / "signer.mp4", big, 25)
    write_video(tmp_path / "kind" / "nobody.mp4", np.zeros((3, 400, 400, 3), np.uint8), 25)
    return tmp_path / "kind"


def test_spoiling_a_real_film(films, monkeypatch):
    clip = real_films.spoil(films / "signer.mp4", real_films.Spoiling(frames=3))
    sharp, spoilt = clip.target(), clip.input()
    assert sharp.shape[0] == spoilt.shape[0] == 3 and sharp.shape[1] == 336
    assert (sharp.shape[1], sharp.shape[2]) == (2 * spoilt.shape[1], 2 * spoilt.shape[2])
    monkeypatch.setattr(real_films, "extract", lambda *_, **__: pytest.fail("looked again"))
    assert real_films.spoil(films / "signer.mp4", real_films.Spoiling(frames=3)) == clip
    with pytest.warns(UserWarning, match="Nobody"), pytest.raises(BadInput, match="No person is in view"):
        monkeypatch.setattr(real_films, "extract", extract)
        real_films.spoil(films / "nobody.mp4", real_films.Spoiling())
    small = films / "small.mp4"  # no larger than the target, so no signer's box is looked for
    write_video(small, np.zeros((3, 90, 120, 3), np.uint8), 25)
    with pytest.warns(UserWarning, match="Nobody"), pytest.raises(BadInput, match="no person is in view"):
        real_films.spoil(small, real_films.Spoiling())


def test_a_real_film_in_r1s_damage_loses_nothing_to_a_codec(films):
    clip = real_films.spoil(films / "signer.mp4", real_films.Spoiling(frames=3, software=True))
    assert clip.input_path.suffix == ".mkv"
    target, spoilt = clip.target(), clip.input()
    assert (target.shape[1], target.shape[2]) == (2 * spoilt.shape[1], 2 * spoilt.shape[2])
    assert np.array_equal(spoilt, np.stack(list(software_blur(target))))


@pytest.mark.filterwarnings("ignore:Nobody was found")
def test_command_for_real_films(films, tmp_path, capsys):
    signer, nobody = str(films / "signer.mp4"), str(films / "nobody.mp4")
    arguments = ["--models", "input", "bicubic", "--looks", "3", "--enhance", "--frames", "3"]
    files = ["--csv", str(tmp_path / "r.csv"), "--ship", str(tmp_path / "real.json")]
    assert real_films.main([signer, nobody, *arguments, *files]) == 0
    captured = capsys.readouterr()
    assert "bicubic + third look" in captured.out and "No person is in view" in captured.err
    rows = pd.read_csv(tmp_path / "r.csv")
    assert "path 'frames'" in captured.out and "path 'film'" in captured.out
    assert rows.path.value_counts().to_dict() == {"frames": 7, "film": 2}  # one look, and not enhance's
    assert rows.loc[rows.method == "enhance", "path"].tolist() == ["frames"]
    assert set(rows["clip"]) == {signer} and set(rows["hands"]) == {6}
    assert (rows.loc[rows.method == "input", "missing"] == rows.loc[rows.method == "input", "lost"]).all()
    shipped = shipped_rows.read(tmp_path / "real.json")
    assert {row["clip"] for row in shipped} == {"film 1"} and str(films) not in (tmp_path / "real.json").read_text()
    assert [row["missing"] for row in shipped] == rows["missing"].tolist()
    assert shipped_rows.about(tmp_path / "real.json")["frames"] == 3
    assert real_films.main([nobody, *arguments]) == 1
    assert "None of the films can be used" in capsys.readouterr().err


def test_counts_that_are_added_take_their_own_place_and_no_others(tmp_path):
    out, spoiling = tmp_path / "real.json", real_films.Spoiling(frames=40)
    row = {"kind": "LSF", "clip": "a.mp4", "path": "frames", "missing": 1}
    before = [row | {"method": method} for method in ("input", "bicubic")]
    real_films.ship(before, out, [], spoiling)
    real_films.ship([row | {"method": "bicubic", "missing": 7}], out, [], spoiling, add=True)
    kept = {one["method"]: one["missing"] for one in shipped_rows.read(out)}
    assert kept == {"input": 1, "bicubic": 7}
    with pytest.raises(BadInput, match=r"real\.json is of films that were spoilt in another way"):
        real_films.ship(before, out, [], real_films.Spoiling(frames=60), add=True)
