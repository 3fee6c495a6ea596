"""The cards: every fact of the weight file, and figures from rows."""

import pytest

from book.shared.second_judge import MEASURES
from book.studies.model_cards import card
from lib.tools.errors import BadInput
from lib.upsampler import UNet, save

FACTS = {
    "about": "A test", "name": "tiny", "command": "python -m lib.train_upsampler b-unet --width 2", "start": None,
    "clips": {"d1": 3}, "seed": 5, "parameters": 1234, "epochs": 2, "best_epoch": 1, "crops": 32, "minutes": 0.5,
    "learning_rate": 0.001, "loss": "SSIM + L1", "precision": "float32", "hardware": "cpu, 2 cores", "torch": "2",
    "date": "2026-01-01", "curve": [[0.5, 0.4], [0.3, 0.45]],
}  # fmt: skip


def row(method: str, clip: str, uhp: float, path: str) -> dict:
    measured = {"uhp_dominant": uhp, "uhp_both": uhp, "pck_found": 0.9}
    return {"set": "d1_test", "clip": clip, "method": method, "path": path} | measured


def test_a_card_tells_the_facts_and_the_figures(tmp_path):
    path = save(UNet(2, 1), tmp_path / "tiny.safetensors", FACTS)
    shares = {"input": (0.3, 0.5), "tiny": (0.1, 0.2)}
    rows = [row(m, c, u, "frames") for m, us in shares.items() for c, u in zip("ab", us)]
    rows += [row(m, c, u + 0.1, "film") for m, us in shares.items() for c, u in zip("ab", us)]
    text = card(path, rows)
    for told in ("1,234", "5, float32", "0.5000 / 0.4000", "3 d1", "-25.0 ["):
        assert told in text
    assert "| d1_test | frames | tiny | 15.0 [10.0, 20.0]" in text
    assert "| d1_test | film | tiny | 25.0 [20.0, 30.0]" in text


def test_what_a_second_judge_sees_also_where_nobody_else_has_looked(tmp_path):
    path = save(UNet(2, 1), tmp_path / "tiny.safetensors", FACTS)
    rows = [row("tiny", clip, 0.2, "frames") for clip in "ab"]
    seen = dict.fromkeys(MEASURES) | {"path": "frames", "second_present": 0.5}
    second = [seen | {"set": name, "clip": clip, "method": method} for name in ("d1_test", "real") for clip in "ab"
              for method in ("tiny", "another")]  # fmt: skip
    lines = card(path, rows, second).splitlines()
    (on_d1,), (of_people,) = ([line for line in lines if f"| {name} |" in line] for name in ("d1_test", "real"))
    assert on_d1.endswith(" | 50.0 [50.0, 50.0] |") and "20.0 [20.0, 20.0]" in on_d1
    assert of_people == "| real | frames | tiny | " + 6 * " | " + "50.0 [50.0, 50.0] |"


def test_weights_without_facts_get_no_card(tmp_path):
    with pytest.raises(BadInput, match=r"tiny\.safetensors does not say"):
        card(save(UNet(2, 1), tmp_path / "tiny.safetensors", {}), [])
