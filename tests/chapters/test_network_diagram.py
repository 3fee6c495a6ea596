"""The drawing of a network says what the network is."""

import matplotlib.pyplot as plt
import pytest

from book.chapters.ch03_diagram import draw, parts
from lib.upsampler import UNet, parameter_count


@pytest.mark.parametrize("options", [{"skips": False}, {}, {"attention": True, "residual": True}])
def test_parts_are_the_whole_network(options):
    model = UNet(4, 3, **options)
    found = parts(model, 168, 152)
    assert sum(part.parameters for part in found) == parameter_count(model)
    assert sum(part.kind == "gate" for part in found) == (3 if options.get("attention") else 0)


def test_shapes_are_those_of_the_frames():
    found = parts(UNet(4, 2), 30, 17)  # padded to 32 x 20
    assert [part.shape for part in found if part.kind == "encode"] == [(4, 32, 20), (8, 16, 10), (16, 8, 5)]
    assert [(part.kind, part.level) for part in found[3:]] == [
        ("double", 1), ("decode", 1), ("double", 0), ("decode", 0), ("head", -1), ("head", -1),
    ]  # fmt: skip
    assert found[-1].shape == (3, 64, 40)


def test_nothing_stays_hooked():
    model = UNet(4, 2)
    parts(model)
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("options", [{"skips": False}, {"attention": True, "residual": True}])
def test_drawing_shows_shapes_counts_and_gates(options):
    model = UNet(4, 3, **options)
    figure = draw(model, title="a network")
    text = " ".join(item.get_text() for item in figure.axes[0].texts)
    assert "32 x 21 x 19" in text and "3 x 336 x 304" in text
    assert f"{parts(model)[0].parameters:,} par." in text
    assert text.count("σ") == (3 if model.config.attention else 0)
    assert ("bilinear enlargement" in text) == model.config.residual
    assert figure.axes[0].get_title() == f"a network: {parameter_count(model):,} parameters"
    legend = {entry.get_text() for entry in figure.axes[0].get_legend().get_texts()}
    assert any("skip" in entry for entry in legend) == model.config.skips
    assert not plt.get_fignums()
