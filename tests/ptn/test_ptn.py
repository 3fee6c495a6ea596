"""PTN and VTN: the authors' sizes, counted by hand; padding that changes nothing; what the penalty weighs."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from lib.ptn import PTN, VTN, PoseEmbedding, SequenceEmbedder, l1_first_layer, positions
from lib.ptn.network import parameter_count
from lib.tools.errors import BadInput


def seeded(build, *arguments, **options):
    torch.manual_seed(0)
    return build(*arguments, **options).eval()


def padded(x: torch.Tensor, frames: int, value: float) -> tuple[torch.Tensor, torch.Tensor]:
    extra = torch.full((len(x), frames, *x.shape[2:]), value)
    mask = torch.zeros(len(x), x.shape[1] + frames, dtype=torch.bool)
    mask[:, : x.shape[1]] = True
    return torch.cat([x, extra], dim=1), mask


def test_the_embedding_has_the_papers_layers():
    layers = PoseEmbedding(134).layers
    assert [m.out_features for m in layers if isinstance(m, nn.Linear)] == [536, 512, 256, 128]
    assert [type(m) for m in layers] == [nn.Linear, nn.LayerNorm, nn.ReLU, nn.Dropout] * 3 + [nn.Linear, nn.LayerNorm]
    assert {m.p for m in layers if isinstance(m, nn.Dropout)} == {0.125}


def test_the_embeddings_parameters_counted_by_hand():
    sizes = [134, 536, 512, 256, 128]
    linear = sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
    assert parameter_count(PoseEmbedding(134)) == linear + 2 * sum(sizes[1:]) + 135 * 128 == 531_672


def test_the_transformers_parameters_counted_by_hand():
    d = 128
    layer = 4 * (d + 1) * d + (d + 1) * 2 * d + (2 * d + 1) * d + 4 * d  # attention, feed-forward, two LayerNorms
    assert parameter_count(SequenceEmbedder(d)) == 4 * layer + d == 530_048
    encoder = SequenceEmbedder(d).encoder.layers
    assert len(encoder) == 4 and encoder[0].self_attn.num_heads == 8 and encoder[0].linear1.out_features == 256
    assert parameter_count(PTN(134, 292)) == 531_672 + 530_048 + 129 * 292


def test_the_embedding_by_hand():
    model, x = seeded(PoseEmbedding, 6, dim=8), torch.randn(3, 6)
    y = x
    for layer in model.layers:
        y = y if isinstance(layer, nn.Dropout) else layer(y)
    assert torch.allclose(model(x), torch.tanh(y + x @ model.residual.weight.T + model.residual.bias), atol=1e-6)


def test_tanh_of_the_mlp_alone_is_the_papers_text():
    """R2 3.3: the short cut is added after the tanh, so the vector may leave -1 to 1."""
    sum_, mlp = (seeded(PoseEmbedding, 6, dim=8, tanh=tanh) for tanh in ("sum", "mlp"))
    x = 10 * torch.randn(3, 6)
    assert torch.allclose(mlp(x), torch.tanh(mlp.layers(x)) + mlp.residual(x)) and mlp(x).abs().max() > 1
    assert sum_(x).abs().max() <= 1 and parameter_count(sum_) == parameter_count(mlp)
    assert PTN(6, 2, dim=8, tanh="mlp").embedding.tanh == "mlp"
    with pytest.raises(BadInput, match="'sum' or 'mlp', not of 'both'"):
        PoseEmbedding(6, tanh="both")


def test_sinusoidal_positions():
    table = positions(5, 6).numpy()
    place, pair = 3, 1
    angle = place / 10_000 ** (2 * pair / 6)
    assert table[place, 2 * pair] == pytest.approx(np.sin(angle), abs=1e-6)
    assert table[place, 2 * pair + 1] == pytest.approx(np.cos(angle), abs=1e-6)
    assert len(np.unique(positions(200, 128).numpy().round(5), axis=0)) == 200


@pytest.mark.parametrize("garbage", [0.0, 1e4])
@pytest.mark.parametrize("frames", [1, 30])
def test_padding_changes_no_result_of_ptn(frames, garbage):
    model, x = seeded(PTN, 134, 20), torch.randn(4, 9, 134)
    assert torch.allclose(model(*padded(x, frames, garbage)), model(x), atol=1e-5)


def test_padding_changes_no_result_of_vtn_nor_what_its_batchnorm_learns():
    model, x = seeded(VTN, 5), torch.rand(2, 3, 3, 32, 32)
    assert torch.allclose(model(*padded(x, 2, 9.0)), model(x), atol=1e-5)
    model.train()
    model(*padded(x, 2, 9.0))
    means = {name: value.clone() for name, value in model.state_dict().items() if name.endswith("running_mean")}
    again = seeded(VTN, 5).train()
    again(x)
    assert all(torch.allclose(again.state_dict()[name], value, atol=1e-5) for name, value in means.items())


def test_clips_of_a_batch_do_not_see_each_other():
    model, x = seeded(PTN, 20, 4), torch.randn(3, 7, 20)
    assert torch.allclose(model(x)[1:2], model(x[1:2]), atol=1e-5)


def test_the_order_of_frames_matters():
    model, x = seeded(PTN, 20, 4), torch.randn(1, 7, 20)
    assert (model(x) - model(x.flip(1))).abs().max() > 1e-3


def test_vtn_is_a_resnet34_with_a_transformer_of_its_width():
    model = VTN(7)
    assert parameter_count(model.embedding) == 21_284_672  # ResNet-34 without its classifier
    assert model.sequence.encoder.layers[0].linear1.out_features == 1024 and model.classifier.in_features == 512


def test_vtn_downloads_nothing(tmp_path):
    with pytest.raises(BadInput, match="ResNet-34"):
        VTN(7, weights=tmp_path)


def test_the_penalty_is_the_first_layers_and_reaches_nothing_else():
    model = PTN(10, 3)
    penalty = l1_first_layer(model, weight=0.5)
    assert penalty.item() == pytest.approx(
        0.5 * np.abs(model.embedding.layers[0].weight.detach().numpy()).sum(), rel=1e-5
    )
    penalty.backward()
    assert [name for name, p in model.named_parameters() if p.grad is not None] == ["embedding.layers.0.weight"]


def test_a_mask_of_another_form_is_refused():
    with pytest.raises(BadInput, match=r"bool \(2, 7\)"):
        PTN(20, 4)(torch.randn(2, 7, 20), torch.ones(2, 7))
    with pytest.raises(BadInput, match="True where a frame is real"):
        PTN(20, 4)(torch.randn(2, 7, 20), torch.ones(2, 6, dtype=torch.bool))


def test_torch_and_numpy_are_enough_to_import_it():
    heavy = ("transformers", "mediapipe", "pandas", "av", "sklearn")
    code = f"import sys, lib.ptn; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
