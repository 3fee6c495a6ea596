"""Keypoints on frames, and strips of frames."""

import numpy as np
import pytest

from book.shared.draw import draw_keypoints, strip
from lib.keypoints import ASL_SIGNS_543, COCO_133, HOLISTIC_75
from lib.keypoints.layouts import PART_COLOURS
from lib.tools.errors import BadInput

GREY = np.full((168, 152, 3), 128, np.uint8)


def one_hand(x=40.0, y=60.0, side="left"):
    """Points of HOLISTIC_75: nothing but one hand, a grid whose wrist is at (x, y)."""
    xyz = np.full((75, 3), np.nan)
    where = HOLISTIC_75.parts[f"{side}_hand"]
    xyz[where] = [(x + 3 * (i % 5), y + 3 * (i // 5), 0) for i in range(21)]
    return xyz


def changed(picture, frame=GREY):
    return np.argwhere((picture != frame).any(axis=-1))


def test_nothing_is_drawn_where_nothing_was_found():
    picture = draw_keypoints(GREY, np.full((75, 3), np.nan), HOLISTIC_75)
    assert picture is not GREY and (picture == GREY).all()


def test_a_hand_is_drawn_where_it_is_in_its_colour():
    for side in ("left", "right"):
        picture = draw_keypoints(GREY, one_hand(side=side), HOLISTIC_75)
        assert tuple(picture[60, 40]) == PART_COLOURS[f"{side}_hand"]
        rows, columns = changed(picture).T
        assert rows.min() >= 55 and rows.max() <= 77 and columns.min() >= 35 and columns.max() <= 57
    assert (GREY == 128).all()


def test_enlarging_moves_points_with_the_pixels():
    picture = draw_keypoints(GREY, one_hand(), HOLISTIC_75, enlarge=3)
    assert picture.shape == (504, 456, 3)
    assert tuple(picture[60 * 3 + 1, 40 * 3 + 1]) == PART_COLOURS["left_hand"]


def test_less_confidence_is_fainter():
    contrast = []
    for confidence in (1.0, 0.5, 0.0):
        picture = draw_keypoints(GREY, one_hand(), HOLISTIC_75, confidence=np.full(75, confidence))
        contrast.append(np.abs(picture.astype(int) - GREY).sum())
    assert contrast[0] > 1.5 * contrast[1] > 1.5 * contrast[2] > 0


def test_parts_can_be_chosen_and_points_may_lie_outside():
    xyz = np.where(np.isnan(one_hand()), one_hand(side="right", x=100), one_hand())
    picture = draw_keypoints(GREY, xyz, HOLISTIC_75, parts=["right_hand"])
    assert changed(picture)[:, 1].min() > 90
    assert len(changed(draw_keypoints(GREY, one_hand(x=-4000, y=1e5), HOLISTIC_75))) == 0


@pytest.mark.parametrize("layout", [COCO_133, ASL_SIGNS_543], ids=lambda layout: layout.name)
def test_other_layouts_are_drawn_with_their_faces(layout):
    xyz = np.random.default_rng(0).uniform(10, 140, (len(layout), 3))
    assert len(changed(draw_keypoints(GREY, xyz, layout, parts=["face"]))) > 500


def test_bad_frames_and_points_get_one_sentence():
    xyz = one_hand()
    for frame, points, enlarge in ((GREY / 255, xyz, 1), (GREY[..., 0], xyz, 1), (GREY, xyz[:67], 1), (GREY, xyz, 1.5)):
        with pytest.raises(BadInput):
            draw_keypoints(frame, points, HOLISTIC_75, enlarge=enlarge)


def test_strip_has_titled_pictures_without_axes():
    figure = strip([GREY, GREY[:100], GREY], ["one", "two", "three"], columns=2, title="All")
    assert [ax.get_title() for ax in figure.axes] == ["one", "two", "three", ""]
    assert not any(ax.axison for ax in figure.axes)
    with pytest.raises(BadInput, match="one title for each frame"):
        strip([GREY], [])
