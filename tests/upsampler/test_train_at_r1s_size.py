"""R1's five at R1's size: whole frames, a width of 64, all frames of D1 or of TD1."""

import pytest
from test_train_upsampler import few_crops_to_judge_by, films, make_clip  # noqa: F401 - small films, few to judge by

from lib.tools.papers import look_up
from lib.upsampler import R1_FIVE, load, read_weights, train
from lib.upsampler.recipes import STAGES


@pytest.fixture(scope="module")
def films_of_both(films, tmp_path_factory):  # noqa: F811
    """Those of D1, and of TD1, which BWFA-UNet is fine-tuned on."""
    data = tmp_path_factory.mktemp("both")
    (data / "d1").symlink_to(films / "d1")
    for number in range(2):
        make_clip(data / "td1" / f"td1-{number:03d}", 10 + number)
    return data


@pytest.mark.parametrize("stage", ["b-ae", "b-unet", "ba-unet", "bwfa-unet"])
def test_r1s_size_takes_two_steps_here(stage, films_of_both, tmp_path):
    """One command trains at R1's size: whole frames, a width of 64, half the bits. Two batches of it fit anywhere.

    BWFA-UNet's command trains BWA-UNet first, by as many steps.
    """
    words = ["--data", str(films_of_both), "--out", str(tmp_path / "runs"), "--ship", str(tmp_path)]
    small = ["--crops", "4", "--batch", "2", "--epochs", "1"]
    assert train.main([stage, "--profile", "paper", *small, *words]) == 0
    assert load(tmp_path / f"{stage}.safetensors").config.width == 64
    trained = {folder.name for folder in (tmp_path / "runs").iterdir()}
    assert trained == ({"bwa-unet", stage} if stage == "bwfa-unet" else {stage})
    facts = read_weights(tmp_path / f"{stage}.safetensors")[2]
    assert facts["precision"] == "bfloat16" and facts["crops"] == 4 and "--profile paper" in facts["command"]


def test_r1s_size_is_r1s():
    """Its epochs (IV-A) of all frames of D1 (III-C), or of TD1 (III-D)."""
    options = train._options(["b-ae", "--profile", "paper"])
    assert (options.epochs, options.crop, options.bfloat16) == (look_up("R1 IV-A, epochs").value, 0, True)
    crops = [train.crops_of(STAGES[name], options) for name in R1_FIVE]
    d1, td1 = look_up("R1 III-C, training frames").value, look_up("R1 III-D, TD1 frames").value
    assert crops == [d1] * 4 + [td1] and td1 < d1
