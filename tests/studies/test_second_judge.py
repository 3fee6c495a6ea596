"""A judge that is not MediaPipe's: where it looks, what is counted, and what is said where it is missing."""

from importlib.util import find_spec
from itertools import product

import cv2
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from short_clips import short_clips

from book.shared import second_judge
from book.shared.second_judge import FILE, JUDGE, MEASURES, SIDE, SecondJudge, box_of, crop, judged, opinions
from book.studies import second_judge_rows
from book.studies.real_films import numbered
from book.studies.rows import shipped_rows
from lib.evaluation.methods import TARGET
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.metrics import hand_size
from lib.signer.clips import clips
from lib.tools import paths
from lib.tools.errors import BadInput

UP = np.array([[0, 0], *([x, -y] for x in (-8, -4, 0, 4, 8) for y in (9, 12, 15, 18))], float)  # a hand that points up
HAVE_JUDGE = (JUDGE / FILE).is_file() and find_spec("ai_edge_litert")


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Points turned clockwise, as seen with y down."""
    a = np.radians(degrees)
    return points @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]).T


def test_the_box_is_the_joints_and_three_quarters_of_the_palm():
    box = box_of(UP + 50)
    slack = 0.75 * np.hypot(8, 12)  # from the wrist to the thumb's second joint
    assert np.allclose(box.turn, np.eye(2))
    assert np.allclose(box.low, [42 - slack, 32 - slack]) and np.allclose(box.high, [58 + slack, 50 + slack])


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, -135])
def test_a_turned_hand_lies_in_its_box_as_one_that_points_up(degrees):
    hand = turned(UP, degrees) + (60, 40)
    box = box_of(hand)
    assert np.allclose(box.upright(hand), box_of(UP).upright(UP))
    assert np.allclose(box.in_picture(box.upright(hand)), hand)


@pytest.mark.parametrize("degrees", [0, 50, 180])
def test_the_crop_shows_each_joint_where_the_box_says(degrees):
    hand = turned(3 * UP, degrees) + (150, 140)
    box = box_of(hand)
    for joint in (0, 4, 12, 20):
        frame = np.zeros((300, 300, 3), np.uint8)
        cv2.circle(frame, np.round(hand[joint] - 0.5).astype(int).tolist(), 2, (255, 255, 255), -1)
        seen = np.argwhere(crop(frame, box)[..., 0] > 128).mean(axis=0)[::-1] + 0.5
        assert np.abs(seen - SIDE * box.upright(hand)[joint]).max() < 2.5


def test_what_leaves_the_picture_is_black():
    frame = np.full((60, 60, 3), 200, np.uint8)
    square = crop(frame, box_of(UP + (2, 30)))
    assert (square[:, :20] == 0).all() and (square[:, -60:] > 150).any()


class WhereItIsBright:
    """A judge for tests: a hand is where the crop's middle is bright, and its joints are those of the box."""

    def __init__(self, off: float = 0.0):
        self.off = off

    def __call__(self, frame, box):
        shares = box_of(UP).upright(UP) + self.off
        return box.in_picture(shares), float(crop(frame, box)[90:134, 90:134].mean() > 100)


def film(hands: dict[str, list]) -> tuple[np.ndarray, Keypoints]:
    """Frames of 200 x 160 with a bright patch at each hand that is drawn, and where the hands are: (place, drawn)."""
    count = len(next(iter(hands.values())))
    frames = np.zeros((count, 160, 200, 3), np.uint8)
    xyz = np.full((count, 75, 3), np.nan, np.float32)
    confidence = np.zeros((count, 75), np.float32)
    for side, of_side in hands.items():
        for t, place in enumerate(of_side):
            if place is not None:
                at, drawn = place
                xyz[t, HOLISTIC_75.parts[side]] = np.c_[UP + at, np.zeros(21)]
                confidence[t, HOLISTIC_75.parts[side]] = 1
                if drawn:
                    cv2.rectangle(frames[t], (at[0] - 9, at[1] - 19), (at[0] + 9, at[1] + 1), (255, 255, 255), -1)
    return frames, Keypoints(xyz, confidence, HOLISTIC_75, 25, (200, 160))


def test_a_hand_is_there_where_the_judge_sees_it_and_beside_it_is_none():
    both = {"left_hand": [((50, 90), True), ((50, 90), False)], "right_hand": [((150, 90), True), None]}
    frames, truth = film(both)
    seen = judged(WhereItIsBright(), frames, truth, truth)
    assert list(seen) == list(MEASURES)
    assert seen["second_present"] == pytest.approx(2 / 3) and seen["second_pck"] == pytest.approx(2 / 3)
    assert seen["second_false"] == 0 and seen["second_agrees"] == pytest.approx(2 / 3)


def test_joints_that_are_off_are_not_in_place_though_the_hand_is_there():
    frames, truth = film({"left_hand": [((80, 90), True)]})
    seen = judged(WhereItIsBright(off=0.5), frames, truth, truth)
    assert seen["second_present"] == 1 and seen["second_pck"] == 0


def test_the_other_hand_is_not_taken_for_an_empty_place():
    """The right hand lies where the box beside the left one would be: the other side is asked."""
    frames, truth = film({"left_hand": [((80, 90), True)], "right_hand": [((118, 90), True)]})
    assert judged(WhereItIsBright(), frames, truth, truth)["second_false"] == 0


def test_without_a_hand_there_is_nothing_to_measure():
    frames, truth = film({"left_hand": [None]})
    assert all(np.isnan(value) for value in judged(WhereItIsBright(), frames, truth, truth).values())


def test_what_mediapipe_found_elsewhere_is_not_agreed_to():
    frames, truth = film({"left_hand": [((50, 90), True)]})
    _, found = film({"left_hand": [((150, 90), False)]})
    seen = judged(WhereItIsBright(), frames, found, truth)
    assert seen["second_present"] == 1 and seen["second_agrees"] == 0


def test_the_gap_that_is_closed():
    shares = {"input": (0.5, 0.6), "target": (1.0, 1.0), "ours": (0.75, 0.8)}
    rows = [
        {"set": "d1", "clip": str(n), "method": method, **dict.fromkeys(MEASURES, None), "second_present": value}
        for method, values in shares.items()
        for n, value in enumerate(values)
    ]
    table = opinions(rows)
    assert table.loc[("d1", "ours"), "gap closed, %"].mean == pytest.approx(50)
    assert table.loc[("d1", "ours"), MEASURES["second_present"][0]].mean == pytest.approx(77.5)
    assert table.loc[("d1", "ours"), MEASURES["second_false"][0]] is None
    blind = opinions([*rows, *(row | {"method": "blind", "second_present": None} for row in rows[:2])])
    assert blind.loc[("d1", "blind"), "gap closed, %"] is None
    assert opinions([]).empty


def test_a_judge_that_is_missing_says_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match=r"is not there; fetch it: python data_scripts/second_judge.py"):
        SecondJudge(tmp_path)
    (tmp_path / FILE).write_bytes(b"TFL3")
    with pytest.raises(BadInput, match=r"model.tflite is another network than yoha 1.2.0's"):
        SecondJudge(tmp_path)
    monkeypatch.setattr(second_judge, "sha256", lambda path: second_judge.SHA256)
    monkeypatch.setattr(second_judge, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"pip install ai-edge-litert"):
        SecondJudge(tmp_path)


def test_the_rows_of_rendered_clips_beside_those_of_their_boxes(tmp_path, monkeypatch, capsys):
    """With a judge that sees nothing but light, the box alone has the same joints in place whatever the method."""
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(second_judge_rows, "SecondJudge", lambda folder: WhereItIsBright())
    out = tmp_path / "second.json"
    words = ["--set", "short", "--data", str(short_clips(tmp_path, length=2)), "--paths", "frames", "--out", str(out)]
    assert second_judge_rows.main([*words, "--models", "input"]) == 0
    assert second_judge_rows.main([*words, "--models", "target", "--looks", "2"]) == 0
    rows = shipped_rows.read(out)
    methods = ["target", "target + second look", "input", "the box alone"]
    assert sorted(row["method"] for row in rows) == sorted(2 * methods)
    alone = [row for row in rows if row["method"] == "the box alone"]
    assert all(0 < row["second_pck"] < 0.9 and row["second_present"] is None for row in alone)
    assert "second judge: there, %" in capsys.readouterr().out


def test_what_is_there_is_not_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(second_judge_rows, "SecondJudge", lambda folder: WhereItIsBright())
    out = tmp_path / "second.json"
    words = ["--set", "short", "--data", str(short_clips(tmp_path, length=2)), "--paths", "frames", "--out", str(out)]
    words += ["--models", "input", "--missing"]
    assert second_judge_rows.main(words) == 0
    whole = out.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(second_judge_rows, "opinion", lambda *_: pytest.fail("asked again"))
        assert second_judge_rows.main(words) == 0 and out.read_bytes() == whole
    assert second_judge_rows.main([*words, "--looks", "2"]) == 0  # of which there are no rows yet
    assert {row["method"] for row in shipped_rows.read(out)} == {"input", "input + second look", "the box alone"}


def test_a_later_look_changes_what_mediapipe_found_and_nothing_else(monkeypatch):
    frames, truth = film({"left_hand": [((50, 90), True)], "right_hand": [((150, 90), True)]})
    _, elsewhere = film({"left_hand": [((50, 90), True)], "right_hand": [((100, 60), False)]})
    monkeypatch.setattr(second_judge, "watch", lambda *how: (frames, truth))
    monkeypatch.setattr(second_judge, "looked_at", lambda *how: elsewhere)
    clip = type("Clip", (), {"set": "d1", "name": "a", "truth": lambda self: truth})()
    once, twice = second_judge.opinion(WhereItIsBright(), TARGET, clip, 2)
    assert (once["method"], twice["method"]) == ("target", "target + second look")
    assert once["second_present"] == twice["second_present"] == 1
    assert (once["second_agrees"], twice["second_agrees"]) == (1, 0.5)


def test_the_places_in_a_film_of_people_are_those_of_its_sharp_film(tmp_path):
    frames, sharp = film({"left_hand": [((50, 90), True), None], "right_hand": [None, ((120, 70), False)]})

    class People:
        damage, name, set = "camera", "film of somebody.mp4", "cached"

        def keypoints(self, method):
            return sharp

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_judge, "watch", lambda *how: (frames[:, ::2, ::2], sharp))
        patch.setattr(second_judge_rows, "set_of", lambda clip: "real")
        (row,) = second_judge_rows.of_film(WhereItIsBright(), TARGET, People())
    assert (row["set"], row["second_present"]) == ("real", 0.5)
    assert numbered([row])[0]["clip"] == "film 1"


@pytest.mark.skipif(not HAVE_JUDGE, reason="needs data_scripts/second_judge.py and pip install ai-edge-litert")
def test_the_real_judge_sees_rendered_hands_and_knows_their_joints():
    """Its order of joints is that of the package: on sharp frames no other order fits as well."""
    judge, distances, present = SecondJudge(), [], []
    for clip, side in product(clips("d1_train")[:4], ("left_hand", "right_hand")):
        frames, truth = clip.target(), clip.truth()
        for t in range(5, len(frames), 10):
            hand = truth.part(side)[t, :, :2]
            joints, presence = judge(frames[t], box_of(hand))
            present.append(presence)
            distances.append(np.linalg.norm(joints[:, None] - hand[None], axis=-1) / hand_size(hand[None]))
    _, best = linear_sum_assignment(np.median(distances, axis=0))
    assert (best == np.arange(21)).all() and np.mean(np.array(present) > 0.5) > 0.85
