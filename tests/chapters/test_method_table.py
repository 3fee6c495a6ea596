"""The tables of chapters 6 and 7 as they are read, and R1's ladder rung by rung."""

import pandas as pd
import pytest

from book.shared.charts import dots, in_order, scatter
from book.shared.page import beside, by_verdict, method_table, stacked
from book.shared.rungs import CAMERA_LADDER, LONGER, R1_LADDER, codec_cost, longer, over_trainings, rungs, slight
from lib.evaluation.intervals import Interval
from lib.upsampler import PRETRAINED


def frame(cells):
    index = pd.MultiIndex.from_tuples([("d1_test", "a<b"), ("d1_test", "c"), ("td2", "c")], names=["set", "method"])
    return pd.DataFrame(cells, index=index, dtype=object)


def test_a_table_for_each_set():
    html = method_table(frame({"UHP, %": [Interval(-9.11, -14.42, 4.8, 12), None, Interval(8, -0.01, 20, 12)]}))
    assert html.count("<table") == 2 and "D1 test, a camera&#x27;s damage</caption>" in html and "TD2</caption>" in html
    assert "<td>−9.1 <small>[−14.4, 4.8]</small></td>" in html  # one decimal, and a minus sign
    assert "[0.0, 20.0]" in html  # and not -0.0
    assert "a&lt;b" in html and "<td>–</td>" in html


def test_decimals_follow_the_width_and_counts_have_none():
    html = method_table(frame({"SSIM": [Interval(0.93, 0.928, 0.936, 12)] * 3, "hands": [1234, 5, 0]}))
    assert "0.930 <small" in html and "[0.928, 0.936]" in html
    assert ">1,234<" in html and ">0<" in html


def test_both_paths_beside_and_below_each_other():
    straight = frame({"UHP, %": [Interval(i, i - 1, i + 1, 9) for i in (1, 2, 3)], "other": [None] * 3})
    filmed = frame({"UHP, %": [Interval(i, i - 1, i + 1, 9) for i in (7, 8, 9)], "other": [None] * 3})
    both = beside(straight, filmed, ["UHP, %"])
    assert list(both) == ["UHP, %", "UHP, %, film"] and list(both.index) == list(straight.index)
    assert [value.mean for value in both.loc["td2", "c"]] == [3, 9]
    below = stacked(straight, filmed)["UHP, %"]
    assert [value.mean for value in below] == [1, 2, 7, 8, 3, 9]
    assert list(below.index.unique(0)) == [
        f"{s}, {p}" for s in ("D1 test, a camera's damage", "TD2") for p in ("frames", "through a film")
    ]


def test_verdicts_in_words():
    found = {"a": Interval(-2, -3, -1, 9), "b": Interval(1, 0, 2, 9), "c": Interval(2, 1, 3, 9), "d": None}
    assert by_verdict(found) == "fewer: a; more: c; cannot be told: b"  # an end at 0 decides nothing
    assert by_verdict({}) == ""


def test_rungs_by_hand():
    shares = {"b-ae": (0.5, 0.7), "b-unet": (0.4, 0.4), "ba-unet": (0.4, None)}
    rows = [
        {"set": "td2", "clip": clip, "method": method, "uhp_dominant": share}
        for method, both in shares.items()
        for clip, share in zip("ab", both)
    ]
    found = rungs(rows)
    assert rungs(rows, CAMERA_LADDER).empty
    assert list(found.index) == [("td2", "skips")]  # gates have one clip alone, and one clip gives no interval
    assert found.loc[("td2", "skips"), "change"].mean == pytest.approx(-20)
    assert rungs([]).empty


def test_a_second_training_stands_beside_the_first():
    def rows(ending: str, **lost: float) -> list[dict]:
        place = {"set": "d1_test_software"}
        names = {name.replace("_", "-") + ending: value for name, value in lost.items()}
        clips = {"a": 0, "b": 0.1}
        return [
            place | {"clip": c, "method": m, "uhp_dominant": v + d} for m, v in names.items() for c, d in clips.items()
        ]

    found = over_trainings(rows("", b_unet=0.3, ba_unet=0.2), rows(", seed 1", b_unet=0.3, ba_unet=0.4, bwa_unet=0.1))
    names = [f"attention gates, {which}" for which in ("seed 0", "seed 1", "both")]
    assert [place[1] for place in found.index] == names  # weights have one training alone
    assert [found.loc[("d1_test_software", name), "change"].mean for name in names] == pytest.approx([-10, 10, 0])
    assert over_trainings(rows("", b_unet=0.3), []).empty
    more = longer(rows("", b_unet=0.3), rows(LONGER, b_unet=0.2))["change"].droplevel("set")
    assert list(more.index) == ["b-unet"] and more["b-unet"].mean == pytest.approx(-10)


def test_every_network_that_ships_is_on_the_ladder():
    rungs_of_both = R1_LADDER.rungs + CAMERA_LADDER.rungs
    assert {name for _, here, before in rungs_of_both for name in (here, before)} == set(PRETRAINED)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(-1.2, 0.4, "slight"), (-1.6, 0.4, "cannot be told"), (1.6, 9, "not slight"), (-9, -1.6, "not slight")],
)
def test_a_step_is_slight_if_all_of_it_is_near_zero(low, high, word):
    assert slight(Interval((low + high) / 2, low, high, 12)) == word


def test_what_a_film_costs():
    clips = {"first": 0.3, "second": 0.36}
    place = {"set": "s", "method": "input"}
    both = [
        place | {"clip": clip, "path": path, "uhp_dominant": lost + more}
        for clip, lost in clips.items()
        for path, more in (("frames", 0), ("film", 0.04))
    ]
    cost = codec_cost(both).loc[("s", "input"), "film minus frames"]
    assert (cost.mean, cost.n) == (pytest.approx(4), 2)


def test_a_method_has_one_row_in_all_panels():
    """Sets have other methods: a name must not stand beside another method's dot."""
    value = Interval(5, 4, 6, 12)
    places = [("d1_test", "bwa-unet-camera"), ("d1_test", "input"), ("td2", "bwa-unet"), ("td2", "input")]
    index = pd.MultiIndex.from_tuples(places, names=["set", "method"])
    figure = dots(pd.DataFrame({"UHP": [value] * 4}, index=index, dtype=object), "UHP", "lost")
    for ax, (name, methods) in zip(figure.axes, {"d1_test": "bwa-unet-camera", "td2": "bwa-unet"}.items(), strict=True):
        names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        assert names == ["input", "bwa-unet", "bwa-unet-camera"]
        drawn = {names[int(line.get_ydata()[0])] for line in ax.lines}
        assert drawn == {"input", methods}, name


def test_rows_in_order():
    rows = [
        {"set": s, "method": m, "clip": c}
        for s in ("td2", "d1_test_software")
        for m in ("b-unet", "input", "b-unet + second look")
        for c in "ab"
    ]
    found = in_order(rows)
    assert [row["set"] for row in found[::6]] == ["d1_test_software", "td2"]
    assert [row["method"] for row in found[:6:2]] == ["input", "b-unet", "b-unet + second look"]
    assert [row["clip"] for row in found[:2]] == ["a", "b"]


def test_a_method_has_one_mark_in_all_panels():
    value = Interval(5, 4, 6, 12)
    places = [("d1_test", "b-unet"), ("d1_test", "b-ae"), ("td2", "b-unet"), ("td2", "bwa-unet")]
    index = pd.MultiIndex.from_tuples(places, names=["set", "method"])
    figure = scatter(pd.DataFrame({"x": [value] * 4, "y": [value] * 4}, index=index, dtype=object), "x", "y")
    drawn = [(line.get_label(), line.get_color(), line.get_marker()) for ax in figure.axes for line in ax.lines]
    marks = {mark for mark in drawn if mark[0][0] != "_"}
    assert len(marks) == 3, "b-unet looks alike in both panels"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["b-ae", "b-unet", "bwa-unet"]
