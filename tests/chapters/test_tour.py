"""The tour: forty minutes, a picture at once, and shipped keypoints that say what the rows say."""

import json
import re
import shutil

import nbformat
import numpy as np
import pytest
from conftest import ROOT

from book.exercises.make_stubs import tagged
from book.shared.hands import FALSE, LOST, OFF, outcomes
from book.studies.rows import shipped_rows, tour_keypoints
from lib.evaluation.evaluation import FRAMES, hands, of_path, table, undetected
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.signer.clips import clips
from lib.tools.errors import BadInput
from lib.tools.paths import WEIGHTS

PAGE = nbformat.read(ROOT / "book" / "tour.ipynb", as_version=4)
MOST_MINUTES, WORDS_A_MINUTE = 40, 120


@pytest.fixture(scope="module")
def shipped():
    return tour_keypoints.read()


def test_it_takes_forty_minutes():
    """By the rule of test_chapter_times, which compares what the opening says."""
    words = sum(len(re.findall(r"\w+", cell.source)) for cell in PAGE.cells if cell.cell_type == "markdown")
    pictures, exercises = (sum(tagged(cell, tag) for cell in PAGE.cells) for tag in ("figure", "solution"))
    assert words / WORDS_A_MINUTE + pictures + 10 * exercises <= MOST_MINUTES


def test_a_picture_within_half_a_minute():
    """The lines on minutes and prerequisites are looked up, not read."""
    first = next(at for at, cell in enumerate(PAGE.cells) if tagged(cell, "figure"))
    text = "\n".join(cell.source for cell in PAGE.cells[:first] if cell.cell_type == "markdown")
    read = re.split(r"^\*\*Time", text, flags=re.M)[0] + PAGE.cells[first - 1].source
    assert len(re.findall(r"\w+", read)) <= WORDS_A_MINUTE / 2


@pytest.mark.parametrize("part", ["Lost", "Sharpened", "Counted", "Cheated"])
def test_each_part_begins_with_a_picture(part):
    heading = next(at for at, cell in enumerate(PAGE.cells) if cell.source.rstrip().endswith(f"## {part}"))
    assert tagged(PAGE.cells[heading + 1], "figure")


def test_counts_are_asked_for_before_they_are_shown():
    asked = next(at for at, cell in enumerate(PAGE.cells) if cell.source.startswith("guess = "))
    hidden = [at for at, cell in enumerate(PAGE.cells) if tagged(cell, "hide-output")]
    assert len(hidden) == 2 and min(hidden) > asked
    chart = next(at for at, cell in enumerate(PAGE.cells) if cell.source == "counted(guess)")
    assert chart in hidden, "the picture of the counts is folded until somebody asks for it"


@pytest.mark.parametrize("method", tour_keypoints.METHODS)
def test_keypoints_say_what_the_rows_say(shipped, method):
    """Hands that are there to the last frame; places are rounded to a 32nd of a pixel, which may turn a joint."""
    clip, found = shipped
    (row,) = [
        row
        for row in of_path(shipped_rows.read(), FRAMES)
        if (row["set"], row["clip"], row["method"]) == (tour_keypoints.SET, clip.name, method)
    ]
    measured = undetected(found[method], clip.dominant) | hands(found[method], clip.truth())
    for measure in ("uhp_dominant", "uhp_both", "false", "false_all"):
        assert measured[measure] == pytest.approx(row[measure]), measure
    for measure in ("pck_found", "pck_all", "error"):
        assert measured[measure] == pytest.approx(row[measure], abs=2e-3), measure


def test_the_clip_is_the_median_one(shipped):
    assert shipped[0].name == tour_keypoints.median_clip().name


def test_what_its_prose_says_of_two_cheats_is_so(shipped):
    """A and B bring back nearly as many hands; none of A's is false, most of B's are, and some of A's are off."""
    clip, found = shipped
    before, after_a, after_b = (
        outcomes(found[name], clip.truth(), f"{clip.dominant}_hand")
        for name in ("bicubic", "bg-unet", tour_keypoints.INVENTOR)
    )
    back = {name: after[(before == LOST) & (after != LOST)] for name, after in (("A", after_a), ("B", after_b))}
    assert abs(len(back["A"]) - len(back["B"])) <= 1
    assert not (back["A"] == FALSE).any() and (back["B"] == FALSE).mean() > 0.5 and (back["A"] == OFF).any()


def test_what_its_prose_says_of_the_networks_is_so():
    methods = ("input", "target", "bwa-unet", "bwa-unet-camera", "bg-unet")
    lines = table([row for row in of_path(shipped_rows.read(), FRAMES) if row["method"] in methods])
    camera, software = (lines.loc[name, "minus input"] for name in (tour_keypoints.SET, "d1_test_software"))
    assert camera["bwa-unet"].low < 0 < camera["bwa-unet"].high and software["bwa-unet"].high < 0
    assert camera["bwa-unet-camera"].high < 0 and lines.loc[(tour_keypoints.SET, "bg-unet"), "gap closed, %"].low > 50


def test_places_come_back():
    clip = clips(tour_keypoints.SET)[0]
    xyz = np.random.default_rng(0).uniform(-50, 400, (5, 75, 3)).astype(np.float32)
    xyz[2, HOLISTIC_75.parts["right_hand"]] = np.nan
    found = Keypoints(xyz, np.ones((5, 75)), HOLISTIC_75, 25.0, (304, 336))
    back = tour_keypoints.unpacked(tour_keypoints.packed(found), clip)
    assert np.array_equal(np.isnan(back.xyz[..., 0]), np.isnan(xyz[..., 0]))
    assert np.nanmax(np.abs(back.xyz[..., :2] - xyz[..., :2])) <= 0.5 / tour_keypoints.UNITS + 1e-4


def copied(folder):
    for path in (tour_keypoints.FILE, tour_keypoints.FILE.with_suffix(".json")):
        shutil.copy(path, folder / path.name)
    return folder / tour_keypoints.FILE.name


def test_another_network_is_refused(tmp_path):
    with pytest.raises(BadInput, match="another bwa-unet.safetensors.*book.studies.rows.tour_keypoints"):
        tour_keypoints.read(copied(tmp_path), weights=tmp_path)
    assert tour_keypoints.read(copied(tmp_path), weights=WEIGHTS)


@pytest.mark.parametrize("told", ["", "[]", "{}", '{"sha256": "0"}'])
def test_foreign_facts_are_one_sentence(told, tmp_path):
    path = copied(tmp_path)
    path.with_suffix(".json").write_text(told)
    with pytest.raises(BadInput, match=r"tour\.json does not tell of tour\.npz"):
        tour_keypoints.read(path)


def test_half_a_file_and_another_clip_are_refused(tmp_path):
    path = copied(tmp_path)
    facts = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps(facts | {"clip": "d1_test-999"}))
    with pytest.raises(BadInput, match="does not tell of"):
        tour_keypoints.read(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(BadInput, match="is not a whole .npz file"):
        tour_keypoints.read(path)
