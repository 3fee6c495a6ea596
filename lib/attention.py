"""Which frames of a clip a classifier looks at, and which it needs: two questions with two answers.

Attention says where the network looks. That it also *uses* what it sees there does not follow (Jain and Wallace,
"Attention is not Explanation", 2019); hiding a frame and watching the score is the honest test.
"""

import torch
from torch import Tensor

from lib.ptn import PTN
from lib.ptn.network import padding


@torch.inference_mode()
def cls_attention(model: PTN, x: Tensor, mask: Tensor | None = None) -> Tensor:
    """How the CLS token shares its attention over the frames, (N, layers, T): the mean over the heads of each layer.

    ``x`` (N, T, in_features), ``mask`` as in `PTN.forward`. What is left to 1 in a row is CLS's attention to itself.
    """
    model.eval()
    frames = model.embedding(x)
    hidden, state = padding(frames, mask), model.sequence.tokens(frames)
    rows = []
    for layer in model.sequence.encoder.layers:
        asked = layer.norm1(state) if layer.norm_first else state
        weights = layer.self_attn(asked, asked, asked, key_padding_mask=hidden, need_weights=True)[1]
        rows.append(weights[:, 0, 1:])
        state = layer(state, src_key_padding_mask=hidden)
    return torch.stack(rows, dim=1)


@torch.inference_mode()
def needed(model: PTN, x: Tensor, label: int) -> Tensor:
    """How far the log-probability of ``label`` falls when each frame in turn is hidden, (T,). One clip x (T, F)."""
    model.eval()
    shown = torch.cat([torch.ones(1, len(x)), 1 - torch.eye(len(x))]).bool()  # all frames, then all but one
    scores = model(x.expand(len(shown), *x.shape), shown).log_softmax(dim=1)[:, label]
    return scores[0] - scores[1:]
