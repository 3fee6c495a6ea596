"""R1's figures beside ours."""

import pytest

from lib.chapters.r1_figures import r1_beside
from lib.papers import look_up


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("d1_test", "input"), 33.13),
        (("d1_test", "bwa-unet"), 6.60),
        (("td2", "bwfa-unet"), 20.87),
        (("d1_test", "bwa-unet", "gap closed %"), 86.5),
        (("td2", "bilinear", "UHP % minus input"), 0.73),
    ],
)
def test_ours_find_theirs(place, value):
    assert look_up(r1_beside(*place)["paper"]).value == pytest.approx(value)


@pytest.mark.parametrize(
    "place", [("d1_test", "bicubic"), ("td2", "target"), ("d1_test", "target", "PSNR"), ("x", "input")]
)
def test_what_r1_does_not_have_is_nothing(place):
    assert r1_beside(*place) == {"paper": None, "source": "not in R1"}
