"""What chapter 9 draws and checks."""

import numpy as np
import pytest
from test_gaps import moving, without

from book.chapters import ch09_pictures
from book.chapters.ch09_gaps import METHODS, by_length, difference, lost, removed
from book.shared.draw import skeletons
from book.shared.gaps import gap_table
from lib.evaluation.intervals import Interval
from lib.keypoints import HOLISTIC_75
from lib.tools.errors import BadInput


@pytest.fixture(scope="module")
def clips():
    return [without(without(moving(40, speed=speed), 0, 2), 10, 15) for speed in (2, 4)]


def labels(ax) -> list[str]:
    return [text.get_text() for text in ax.get_xticklabels()]


def test_barcodes_have_a_row_for_each_clip(clips):
    figure = ch09_pictures.barcodes(clips, ["a", "b"], ["left_hand", "right_hand"])
    left, right = figure.axes
    assert [ax.get_title() for ax in (left, right)] == ["left hand", "right hand"]
    dark = [len(bars.get_paths()) for bars in right.collections[1::2]]
    assert dark == [2, 2] and [len(bars.get_paths()) for bars in left.collections[1::2]] == [0, 0]


def test_histogram_counts_every_gap_once(clips):
    table = gap_table(clips)
    (ax,) = ch09_pictures.histogram({"two clips": table}, [1, 2, 4, 8]).axes
    assert labels(ax) == ["1", "2–3", "4+"]
    assert sum(bar.get_height() for bar in ax.patches) == len(table) == 4


def test_errors_have_a_line_for_each_method(clips):
    table = by_length(removed(clips, [1, 3]), "error", [1, 2, 4])
    (ax,) = ch09_pictures.errors({"removed": table}, "shoulder widths").axes
    assert labels(ax) == ["1", "2–3"] and len(ax.containers) == len(METHODS)
    higher = table.assign(value=[Interval(9.0, 8.0, 10.0, 2)] * len(table))
    for ax in ch09_pictures.errors({"removed": table, "higher": higher}, "x").axes:
        assert ax.get_ylim()[0] == 0 and ax.get_ylim()[1] >= 10  # one scale for all, and room for the highest
    empty = by_length(lost(clips[:1], clips[:1]), "error", [1, 2])
    assert len(ch09_pictures.errors({"removed": table, "nothing": empty}, "x").axes) == 2


def test_track_joins_the_gap_to_its_neighbours(clips):
    points = clips[0].part("right_hand")
    figure = ch09_pictures.track(points[:, 8, 0], {"linear": METHODS["linear"](points)[:, 8, 0]}, None, "x")
    lines = [line.get_xdata() for line in figure.axes[0].lines if line.get_color() == ch09_pictures.COLOURS["linear"]]
    assert [x.tolist() for x in lines] == [[0, 1, 2], list(range(9, 16))]


def test_skeletons_have_one_legend_entry_each(clips):
    figures = [clip.xyz[20] for clip in clips]
    picture = skeletons({"all": figures, "hand": figures}, HOLISTIC_75, [["pose"], ["right_hand"]], ["a", "b"])
    assert [text.get_text() for text in picture.legends[0].get_texts()] == ["a", "b"]
    assert len(picture.axes[1].lines) == 2 * len(HOLISTIC_75.edges["right_hand"])
    with pytest.raises(BadInput, match="room for 6"):
        skeletons({"all": figures}, HOLISTIC_75, [["pose"]], list("abcdefg"))


def test_difference_is_gap_by_gap(clips):
    value = difference(removed(clips, [3]), "error", "hold last", "linear")
    np.testing.assert_allclose([value.mean, value.low, value.high], [0.06, 0.04, 0.08], rtol=1e-3)
