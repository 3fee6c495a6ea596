"""Reading signs: the Pose Transformer Network (PTN) and the Video Transformer Network (VTN).

De Coster et al., "Towards the extraction of robust sign embeddings for low resource sign language recognition"
(arXiv 2306.17558, sections 3.3 and 3.4). Every frame becomes a vector: PTN embeds keypoints, VTN a picture. A
transformer then reads the vectors of a clip into one, that of a learned CLS token, and a linear layer names the sign.

    keypoints (N, T, F) -> PoseEmbedding -> (N, T, 128) -> SequenceEmbedder -> (N, 128) -> (N, num_classes)
"""

import math
from pathlib import Path

import torch
from torch import Tensor, nn

from lib.tools.errors import BadInput
from lib.training import parameter_count as parameter_count

L1_WEIGHT = 0.002
TANH = ("sum", "mlp")  # of what the embedding takes tanh: the authors' code, their text


class PoseEmbedding(nn.Module):
    r"""Keypoints of one frame to a vector: tanh(MLP(x) + W x), with an MLP of four Linear + LayerNorm.

    134 inputs (67 points in the plane) pass 536, 512 and 256 on the way to 128: four times the input, then four
    times, twice and once ``dim``. ReLU and dropout follow every layer but the last. Widths, and where tanh stands, are
    those of the authors' code; the paper's text (3.3) has tanh(MLP(x)) + W x, which ``tanh="mlp"`` gives.
    """

    def __init__(self, in_features: int, dim: int = 128, dropout: float = 0.125, tanh: str = "sum"):
        super().__init__()
        if tanh not in TANH:
            raise BadInput(f"tanh is taken of {' or '.join(map(repr, TANH))}, not of {tanh!r}.")
        self.tanh = tanh
        sizes = [in_features, 4 * in_features, 4 * dim, 2 * dim, dim]
        layers: list[nn.Module] = []
        for before, after in zip(sizes, sizes[1:]):
            layers += [nn.Linear(before, after), nn.LayerNorm(after)]
            layers += [nn.ReLU(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers[:-2])
        self.residual = nn.Linear(in_features, dim)

    @property
    def first(self) -> nn.Linear:
        """The layer that sees the keypoints: the one with the L1 penalty."""
        return self.layers[0]

    def forward(self, x: Tensor) -> Tensor:
        """(..., in_features) to (..., dim), between -1 and 1 where tanh takes the sum."""
        if self.tanh == "mlp":
            return torch.tanh(self.layers(x)) + self.residual(x)
        return torch.tanh(self.layers(x) + self.residual(x))


class SequenceEmbedder(nn.Module):
    """The vectors of a clip to one: CLS, sinusoidal positions, a transformer of 4 layers with 8 heads, d_ff = 2 dim.

    Positions and d_ff are those of the authors' code. The paper says neither how much dropout there is nor whether
    LayerNorm comes before or after the attention; 0.1 and after are those of Vaswani et al. (arXiv 1706.03762).
    """

    def __init__(self, dim: int = 128, layers: int = 4, heads: int = 8, dropout: float = 0.1, norm_first: bool = False):
        super().__init__()
        self.cls = nn.Parameter(torch.randn(1, 1, dim) * 0.02)
        layer = nn.TransformerEncoderLayer(dim, heads, 2 * dim, dropout, batch_first=True, norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)

    def tokens(self, x: Tensor) -> Tensor:
        """CLS and the frames (N, T, dim) with their positions added: (N, 1 + T, dim)."""
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)
        return x + positions(x.shape[1], x.shape[2], x.device)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """(N, T, dim) to (N, dim). ``mask`` bool (N, T) is True where a frame is real, False where it is padding."""
        return self.encoder(self.tokens(x), src_key_padding_mask=padding(x, mask))[:, 0]


class PTN(nn.Module):
    """Keypoints (N, T, in_features) to scores (N, num_classes): `embedding`, `sequence` and `classifier`."""

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        dim: int = 128,
        *,
        dropout: float = 0.125,
        tanh: str = "sum",
        **sequence,
    ):
        super().__init__()
        self.embedding = PoseEmbedding(in_features, dim, dropout, tanh)
        self.sequence = SequenceEmbedder(dim, **sequence)
        self.classifier = nn.Linear(dim, num_classes)

    @property
    def in_features(self) -> int:
        """How many numbers of each frame it wants."""
        return self.embedding.first.in_features

    def features(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """What the classifier sees of each clip, (N, dim)."""
        return self.sequence(self.embedding(x), mask)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """``mask`` bool (N, T) is True where a frame is real. What stands in the padding does not matter."""
        return self.classifier(self.features(x, mask))


class ResNet34(nn.Module):
    """R2's eye: pictures (N, 3, H, W) in [0, 1] to (N, 512). Nothing is downloaded.

    R2's was trained on ImageNet. ``weights`` is a folder that holds such weights in transformers' form; None starts
    from chance. Raises BadInput.
    """

    MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as its networks expect them

    def __init__(self, weights: str | Path | None = None):
        super().__init__()
        self.layers = _resnet34(weights)
        self.register_buffer("mean", torch.tensor(self.MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(self.STD).view(3, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """What the classifier of ImageNet would see of each picture."""
        return self.layers((x - self.mean) / self.std).pooler_output.flatten(1)


class VTN(nn.Module):
    """Pictures (N, T, 3, H, W) in [0, 1], or uint8, to scores (N, num_classes): an eye takes the embedding's place.

    ``eye`` turns frames (M, ...) into (M, 512). None is a `ResNet34` with ``weights``, see there; one that has seen
    ImageNet comes from `book.studies.eye`.
    """

    def __init__(
        self, num_classes: int, weights: str | Path | None = None, *, eye: nn.Module | None = None, **sequence
    ):
        super().__init__()
        self.embedding = ResNet34(weights) if eye is None else eye
        self.sequence = SequenceEmbedder(512, **sequence)
        self.classifier = nn.Linear(512, num_classes)

    def train(self, mode: bool = True) -> "VTN":
        """A frozen eye stays as it is: its BatchNorm neither learns nor looks at the batch."""
        super().train(mode)
        learns = any(p.requires_grad for p in self.embedding.parameters())
        self.embedding.train(mode and learns)
        return self

    def features(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """What the classifier sees of each clip, (N, 512)."""
        real = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
        real = real if mask is None else mask
        # Only real frames pass the eye, or its BatchNorm would learn from padding.
        shown = x[real] if x.is_floating_point() else x[real].float() / 255
        seen = self.embedding(shown)
        frames = seen.new_zeros(*real.shape, seen.shape[1])
        frames[real] = seen
        return self.sequence(frames, mask)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """``mask`` bool (N, T) is True where a frame is real."""
        return self.classifier(self.features(x, mask))


def positions(length: int, dim: int, device: torch.device | str = "cpu") -> Tensor:
    """Sinusoidal positions (length, dim): sine in the even, cosine in the odd columns (arXiv 1706.03762, 3.5)."""
    place = torch.arange(length, device=device, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, dim, 2, device=device) * (-math.log(10_000.0) / dim))
    return torch.stack([torch.sin(place * rate), torch.cos(place * rate)], dim=-1).flatten(1)


def padding(x: Tensor, mask: Tensor | None) -> Tensor | None:
    """What the transformer must not look at, (N, 1 + T): padding, never CLS."""
    if mask is None:
        return None
    if mask.dtype != torch.bool or mask.shape != x.shape[:2]:
        found = f"{mask.dtype} {tuple(mask.shape)}"
        raise BadInput(f"The mask must be bool {tuple(x.shape[:2])}, True where a frame is real, not {found}.")
    return torch.cat([mask.new_zeros(len(mask), 1), ~mask], dim=1)


def l1_first_layer(model: PTN, weight: float = L1_WEIGHT) -> Tensor:
    """R2's penalty, a scalar for the loss: ``weight`` times the sum of the first layer's absolute weights."""
    return weight * model.embedding.first.weight.abs().sum()


def _resnet34(weights: str | Path | None) -> nn.Module:
    from transformers import ResNetConfig, ResNetModel

    if weights is None:
        return ResNetModel(ResNetConfig(layer_type="basic", depths=[3, 4, 6, 3], hidden_sizes=[64, 128, 256, 512]))
    try:
        return ResNetModel.from_pretrained(str(weights), local_files_only=True, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise BadInput(f"{weights} holds no ResNet-34 in transformers' safetensors form ({error}).") from error
