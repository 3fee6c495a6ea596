"""One network for two sign languages: a body that both share, and a classifier for each.

R2 carries a network over from one language to the other (`lib.ptn.training.transfer`); here it learns both at once. A
batch holds clips of both languages. Each clip says in its last column which language it is in; the body does not see
that column, and the signs of the other language get a score of minus infinity, so that the softmax runs over the
clip's own language. Rows of one linear layer whose scores never meet are two classifiers.

    both = together(source, target)                    # sets of clips (T, F) become one, of clips (T, F + 1)
    model = Bilingual(134, (60, 40)); train(model, both, ...); predict(model, marked(target_test, 1, 60).clips)
"""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from lib.ptn import PTN
from lib.ptn.training import SignSet


class Bilingual(PTN):
    """PTN for clips (N, T, in_features + 1) of two languages with ``signs`` signs each; scores (N, sum of signs)."""

    def __init__(self, in_features: int, signs: tuple[int, int], **options):
        super().__init__(in_features, sum(signs), **options)
        language = torch.tensor([0.0] * signs[0] + [1.0] * signs[1])
        self.register_buffer("language", language, persistent=False)

    @property
    def in_features(self) -> int:
        """Those of PTN, and the language."""
        return super().in_features + 1

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """The last column of ``x`` is the clip's language, 0 or 1; ``mask`` as in `PTN`."""
        scores = super().forward(x[..., :-1], mask)
        return scores.masked_fill(self.language != x[:, 0, -1:], float("-inf"))


def marked(clips: SignSet, language: int, first: int) -> SignSet:
    """The clips with their language in a last column, and the signs numbered from ``first``."""
    columns = [np.full((len(clip), 1), language, np.float32) for clip in clips.clips]
    both = [np.concatenate(pair, axis=1) for pair in zip(clips.clips, columns)]
    return replace(clips, clips=both, labels=np.asarray(clips.labels) + first)


def together(source: SignSet, target: SignSet, first: int) -> SignSet:
    """Clips of two languages as one set: the target's signs are numbered from ``first``, the number of the source's."""
    sets = (marked(source, 0, 0), marked(target, 1, first))
    return SignSet([clip for part in sets for clip in part.clips], np.concatenate([part.labels for part in sets]))
