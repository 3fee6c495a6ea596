"""Shipped rows, what became of a hand, the charts and the checkers of chapters 6 and 7."""

import numpy as np
import pytest

from book.shared import charts, hands
from book.studies.rows import shipped_rows
from lib.evaluation.__main__ import readable
from lib.evaluation.evaluation import table
from lib.evaluation.methods import SECOND_LOOK
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput
from lib.tools.files import sha256

MEASURED = {"psnr": 30.0, "ssim": 0.9, "phash": 1.0, "pck_found": 0.9, "pck_all": 0.8, "error": 0.1, "false": 0.1}
UHP = {"target": (0.0, 0.1), "input": (0.4, 0.6), "bicubic": (0.3, 0.6), "input" + SECOND_LOOK: (0.2, 0.3)}


@pytest.fixture
def rows():
    """Two clips of 10 and 30 frames after four methods."""
    return [
        {"set": "td2", "clip": f"td2-{i}", "method": method, "path": "frames", "frames": (10, 30)[i]}
        | {"uhp_dominant": uhp, "uhp_both": uhp}
        | MEASURED
        | {"false_all": 0.05 * method.endswith("look")}
        for method, both in UHP.items()
        for i, uhp in enumerate(both)
    ]


def network(folder, content=b"weights"):
    path = folder / "b-ae.safetensors"
    path.write_bytes(content)
    return path


def test_rows_come_back_as_they_were(rows, tmp_path):
    path = shipped_rows.write(rows, tmp_path / "r1.json", {"b-ae": sha256(network(tmp_path)), "input": ""})
    assert shipped_rows.read(path, tmp_path) == rows


def test_rows_of_other_weights_are_refused(rows, tmp_path):
    path = shipped_rows.write(rows, tmp_path / "r1.json", {"b-ae": sha256(network(tmp_path))})
    network(tmp_path, b"trained anew")
    with pytest.raises(BadInput, match="b-ae that is another one now"):
        shipped_rows.read(path, tmp_path)
    with pytest.raises(BadInput, match="b-ae that is not there"):
        shipped_rows.read(path, tmp_path / "empty")


@pytest.mark.parametrize("text", ["", "[]", '{"rows": []}', '{"weights": {}, "rows": [{"clip": "of one path"}]}'])
def test_foreign_rows_are_refused(text, tmp_path):
    (tmp_path / "r1.json").write_text(text)
    with pytest.raises(BadInput, match="holds no rows"):
        shipped_rows.read(tmp_path / "r1.json")
    with pytest.raises(BadInput, match="does not exist.*book.studies.r1_rows"):
        shipped_rows.read(tmp_path / "none.json")
    with pytest.raises(BadInput, match="does not exist.*book.studies.real_films"):
        shipped_rows.about(tmp_path / "real.json")


def test_compare_says_what_agrees(rows):
    live = [rows[2], rows[3] | {"uhp_dominant": 0.5}, rows[0] | {"clip": "td2-9"}]
    assert shipped_rows.compare(live, rows, ["uhp_dominant"])["agree"].tolist() == ["yes", "no", "not shipped"]
    other = [row | {"set": "d1_test_software", "uhp_dominant": 0.9} for row in rows]  # the same clips, other damage
    assert shipped_rows.compare(live, rows + other, ["uhp_dominant"])["agree"].tolist() == ["yes", "no", "not shipped"]


def hand(xs):
    """A clip whose right hand is a square of 20 pixels, moved by ``xs`` (NaN: lost), one number a frame."""
    xyz = np.zeros((len(xs), 75, 3), np.float32)
    part = HOLISTIC_75.parts["right_hand"]
    xyz[:, part, :2] = np.linspace(100, 120, 21)[:, None]
    xyz[:, part, 0] += np.array(xs, np.float32)[:, None]
    xyz[np.isnan(xs), part] = np.nan
    return Keypoints(xyz, (~np.isnan(xyz).any(-1)).astype(np.float32), HOLISTIC_75, 25, (304, 336))


def test_outcomes_by_hand():
    words = hands.outcomes(hand([0, 3, 6, 12, np.nan]), hand([0] * 5)).tolist()
    assert words == ["in place", "in place", "off", "false", "lost"]


def test_a_hand_found_out_of_the_picture_is_false():
    truth = hand([0])
    truth.confidence[:] = 0
    assert hands.outcomes(hand([0]), truth).tolist() == ["false"]


def test_find_frame_takes_the_middle_one():
    before, after = [np.array(["lost"] * 3), np.array(["right", "lost"])], [np.array(["right"] * 3)] * 2
    assert hands.find_frame(before, [after[0], after[1][:2]], "lost", "right") == (0, 2)
    assert hands.find_frame(before, [after[0], after[1][:2]], "lost", "false") is None


def test_charts_name_every_method(rows):
    frame = table(rows)
    dots = charts.dots(frame, "UHP dominant, %", "lost")
    names = [tick.get_text() for tick in dots.axes[0].get_yticklabels()]
    assert names == ["target", "input", "input + second look", "bicubic"]
    assert len(charts.dots(frame, "minus input", "less", zero=True).axes[0].get_yticks()) == len(UHP) - 1
    widths = [bar.get_width() for bar in charts.fates(frame).axes[0].patches]
    assert sum(widths) == pytest.approx(100 * len(UHP))
    legend = charts.scatter(frame, "PSNR, dB", "UHP dominant, %").legends[0]
    assert {text.get_text() for text in legend.get_texts()} == {*UHP}


def test_readable_has_a_dash_for_nothing(rows):
    assert readable(table(rows)).loc[("td2", "input"), "minus input"] == "–"
