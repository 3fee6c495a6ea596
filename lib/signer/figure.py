"""A dressed person ready to draw: which vertices there are, what covers them, and where a pose puts them."""

from functools import lru_cache

import numpy as np

from lib.signer.body import Body
from lib.signer.hair import curtain
from lib.signer.look import dress, upper_body
from lib.signer.performer import Performance, Performer
from lib.signer.renderer import Outfit
from lib.signer.signers import Signer, draw_signer
from lib.signer.truth import Truth


class Figure:
    """A signer's body, outfit and performer."""

    def __init__(self, signer: Signer):
        self.signer, self.body = signer, Body(signer.phenotype)
        self.performer, self.truth = Performer(self.body, signer.manner), Truth(self.body)
        self.keep, self.faces = upper_body(self.body)
        self.outfit = dress(self.body, signer.style, self.keep)
        self.curtain = np.zeros((0, 3), np.float32)
        if signer.style.bob:
            self.curtain, faces = curtain(self.body, signer.style.bob)
            self.faces = np.concatenate([self.faces, faces + len(self.keep)])
            self.outfit = _with_hair(self.outfit, self.curtain)

    def vertices(self, performance: Performance, moments: np.ndarray) -> np.ndarray:
        """The drawable vertices (M, V, 3) at sample numbers ``moments`` (M,) of a performance."""
        rotation, position = performance.rotation[moments], performance.position[moments]
        face = {action: strength[moments] for action, strength in performance.face.items()}
        skin = self.body.skin(rotation, position, face)[:, self.keep]
        head = self.body.index["head"]
        hair = np.einsum("tab,vb->tva", rotation[:, head], self.curtain - self.body.rest_joints[head])
        return np.concatenate([skin, hair + position[:, head, None]], axis=1).astype(np.float32)


@lru_cache(maxsize=8)
def drawn_figure(number: int) -> Figure:
    """The figure of `lib.signer.signers.draw_signer` (``number``); a body takes a second to build."""
    return Figure(draw_signer(number))


def _with_hair(outfit: Outfit, hair: np.ndarray) -> Outfit:
    """The outfit with the vertices of loose hair behind it."""
    count = len(hair)
    outfit.skin = np.concatenate([outfit.skin, np.zeros((count, 3), np.float32)])
    outfit.rest = np.concatenate([outfit.rest, hair])
    for name, value in (("cloth", -1.0), ("hair", 1.0), ("thickness", 0.0)):
        column = np.full(count, value, np.float32)
        setattr(outfit, name, np.concatenate([getattr(outfit, name), column]))
    return outfit
