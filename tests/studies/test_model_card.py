"""The cards: every fact of the weight file, and figures from rows."""

import pytest

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


def test_weights_without_facts_get_no_card(tmp_path):
    with pytest.raises(BadInput, match=r"tiny\.safetensors does not say"):
        card(save(UNet(2, 1), tmp_path / "tiny.safetensors", {}), [])
