"""R1's figures beside ours."""

import pytest

from book.shared.agreement import r1_beside
from lib.tools.papers import look_up


@pytest.mark.parametrize(
    ("place", "theirs"),
    [
        (("d1_test_software", "input"), "R1 Table I, input, UHP %"),
        (("d1_test_software", "bwa-unet"), "R1 Table I, BWA-UNet, UHP %"),
        (("td2", "bwfa-unet"), "R1 Table II, BWFA-UNet, UHP %"),
        (("d1_test_software", "bwa-unet", "gap closed %"), "R1 Table I, BWA-UNet, gap closed %"),
        (("td2", "bilinear", "UHP % minus input"), "R1 Table II, bilinear, UHP % minus input"),
    ],
)
def test_ours_find_theirs(place, theirs):
    assert r1_beside(*place) == {"paper": theirs}
    assert look_up(theirs).value is not None


@pytest.mark.parametrize(
    "place",
    [
        ("d1_test_software", "bicubic"),
        ("td2", "target"),
        ("d1_test_software", "target", "PSNR"),
        ("x", "input"),
        ("d1_test", "input"),  # R1 has no camera's damage,
        ("d1_test_software", "bwa-unet-camera"),  # and no network that learned on one
        ("td2", "bwa-unet-camera"),
    ],
)
def test_what_r1_does_not_have_is_nothing(place):
    assert r1_beside(*place) == {"paper": None, "source": "not in R1"}
