"""The slider and the keypoint player: what stands in the page with and without a script."""

import base64
import io
import json
import re
import subprocess
from html import escape

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from book.shared.moving import QUARTERS, player
from book.shared.page import slider
from lib.keypoints import HOLISTIC_67, Keypoints
from lib.tools.errors import BadInput

SMALL = np.random.default_rng(0).integers(0, 256, (12, 10, 3), np.uint8)
LARGE = np.repeat(np.repeat(SMALL, 2, axis=0), 2, axis=1)
SAYING = 'A hand that says "I < you"'
HAND = HOLISTIC_67.parts["right_hand"]


def clip(frames: int = 5, lost: tuple[int, ...] = ()) -> Keypoints:
    """Points on a diagonal that moves; in the frames ``lost`` there is no right hand."""
    xyz = np.zeros((frames, len(HOLISTIC_67), 3))
    xyz[..., :2] = np.arange(len(HOLISTIC_67))[:, None] + 0.25 * np.arange(frames)[:, None, None]
    for t in lost:
        xyz[t, HAND] = np.nan
    return Keypoints(xyz, np.ones(xyz.shape[:2]), HOLISTIC_67, 25, (80, 90))


@pytest.fixture
def compared() -> BeautifulSoup:
    return BeautifulSoup(slider(SMALL, LARGE, ["before", "after"], SAYING), "html.parser")


@pytest.fixture
def played() -> BeautifulSoup:
    return BeautifulSoup(player({"found": clip(lost=(2,)), "truth": clip()}, SAYING), "html.parser")


def test_slider_shows_both_pictures_without_a_script(compared):
    for img, frame, title in zip(compared.find_all("img"), (SMALL, LARGE), ("before", "after"), strict=True):
        shown = np.array(Image.open(io.BytesIO(base64.b64decode(img["src"].split(",")[1]))))
        assert np.array_equal(shown, frame)
        assert img["alt"] == f"{title}. {SAYING}" and img.find_parent("figure").figcaption.text == title
        assert not img.find_parent(hidden=True)
    assert compared.find("input", type="range").find_parent("label").has_attr("hidden"), "dead without a script"


def test_a_browser_without_scripts_is_told_what_it_lacks(compared, played):
    for widget in (compared, played):
        assert re.fullmatch(r"This browser runs no scripts: .+\.", widget.find("noscript").get_text())


def test_player_shows_drawn_frames_without_a_script(played):
    assert SAYING in played.find("img")["alt"] and not played.find("img").has_attr("hidden")
    assert played.find("button").find_parent(hidden=True) and played.find("canvas").find_parent(hidden=True)


def test_everything_has_words(compared, played):
    for soup in (compared, played):
        assert soup.find(role="group")["aria-label"] == SAYING and soup.p.text == SAYING
        assert soup.find("input", type="range")["aria-label"]
    assert [SAYING in canvas["aria-label"] for canvas in played.find_all("canvas")] == [True, True]


def test_nothing_is_fetched(compared, played):
    for soup in (compared, played):
        assert all(node["src"].startswith("data:") for node in soup.find_all(src=True))
        assert not soup.find_all("link") and "http" not in soup.find_all("script")[-1].text


def test_player_sends_places_and_gaps(played):
    data = json.loads(played.find("script", type="application/json").text)
    found, truth = (track["right_hand"] for track in data["tracks"])
    assert found[2] == 0 and found[1] == truth[1] and len(found) == 5
    assert truth[1][:4] == [round(QUARTERS * (HAND.start + i + 0.25)) for i in (0, 0, 1, 1)]
    assert played.find("input", type="range")["value"] == "2", "it stands at the first gap"
    assert data["edges"]["right_hand"][0] == [0, 1] and data["fps"] == 25


def test_player_sends_single_missing_points():
    holed = clip()
    holed.xyz[0, HAND.start] = np.nan
    soup = BeautifulSoup(player({"found": holed}, SAYING), "html.parser")
    (track,) = json.loads(soup.find("script", type="application/json").text)["tracks"]
    assert (
        list(track) == list(holed.layout.parts)
        and track["right_hand"][0][:2] == [None, None]
        and track["right_hand"][0][2]
    )


@pytest.mark.parametrize(
    ("other", "titles", "problem"),
    [
        (LARGE[:10], ["a", "b"], "proportions"),
        (LARGE / 255, ["a", "b"], "uint8"),
        (LARGE, ["a"], "two titles"),
    ],
)
def test_slider_refuses(other, titles, problem):
    with pytest.raises(BadInput, match=problem):
        slider(SMALL, other, titles, SAYING)


@pytest.mark.parametrize(
    ("tracks", "problem"), [({}, "at least one"), ({"found": clip(), "truth": clip(4)}, "cannot play")]
)
def test_player_refuses(tracks, problem):
    with pytest.raises(BadInput, match=problem):
        player(tracks, SAYING)


def test_scripts_run_in_a_browser(tmp_path, chromium):
    """Both wake up: the slider's pictures lie over each other, the player says which hand is missing."""
    page = tmp_path / "page.html"
    parts = slider(SMALL, LARGE, ["before", "after"], SAYING) + player({"found": clip(lost=(0,)), "truth": clip()}, "x")
    page.write_text(f"<!doctype html><title>{escape(SAYING)}</title>{parts}", encoding="utf-8")
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
        "--dump-dom",
    ]
    run = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        pytest.skip(f"Chromium does not start here: {run.stderr[-300:]}")
    soup = BeautifulSoup(run.stdout, "html.parser")
    assert "on" in soup.select_one(".hf-compare")["class"]
    assert soup.select_one(".hf-compare input")["aria-valuetext"] == "50 % before"
    assert [span.text for span in soup.select(".hf-player figcaption span")] == ["no right hand", "nothing missing"]
    assert soup.select_one(".hf-player .strip").has_attr("hidden") and not soup.select(".hf-player .controls[hidden]")
