"""The body: Anny's parametric person (MakeHuman shapes, Apache-2.0), posed by rotations and skinned.

Axes: x to the signer's left, y to their back, z up; metres; the signer faces -y. At rest every rotation is
the identity, so a joint's rotation says how the bone has turned since the rest pose (Anny's "local-ref").
"""

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch

from lib.tools.paths import CACHE

FACE_ACTIONS = ("browInnerUp", "eyeBlinkLeft", "eyeBlinkRight", "jawOpen", "mouthPucker", "mouthStretchLeft",
                "mouthStretchRight")  # fmt: skip


@lru_cache(maxsize=1)
def anny_model():
    """Anny in float32. Its first start parses the MakeHuman files into the cache: about a minute, once."""
    folder = CACHE / "anny"
    os.environ.setdefault("ANNY_CACHE_DIR", str(folder))
    import data_scripts.signer.kernels  # noqa: F401, I001 - sets Warp up first
    import anny

    model = anny.Anny(local_changes="none", facial_actions=list(FACE_ACTIONS)).to(dtype=torch.float32)
    for step in ("load_data_*", "build_model_data_*"):  # 780 MB that only the first start needs
        for file in folder.glob(f"*/{step}"):
            file.unlink(missing_ok=True)
    return model


@dataclass(frozen=True)
class Phenotype:
    """Anny's shape parameters, each in [0, 1]; gender runs from male to female, age from child to old."""

    gender: float = 0.5
    age: float = 0.6
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.6


class Body:
    """One person: the rest shape, forward kinematics over 104 joints, and linear blend skinning."""

    def __init__(self, phenotype: Phenotype):
        self.model = model = anny_model()
        self.names: list[str] = list(model.bone_labels)
        self.index = {name: i for i, name in enumerate(self.names)}
        self.parents = np.array(model.bone_parents)
        shape = {name: torch.tensor([getattr(phenotype, name)]) for name in model.phenotype_labels}
        with torch.no_grad():
            rest = model(phenotype_kwargs=shape)
            self.rest_vertices = rest["rest_vertices"][0]
            self.rest = self.rest_vertices.numpy()
            acting = {a: model(phenotype_kwargs=shape, facial_actions={a: 1.0}) for a in FACE_ACTIONS}
            self.face_offsets = {a: face["rest_vertices"][0] - self.rest_vertices for a, face in acting.items()}
        self.rest_joints = rest["rest_bone_heads"][0].numpy()
        self.faces = model.faces.numpy().astype(np.int32)

    def joint(self, name: str) -> np.ndarray:
        """Rest position of a joint, (3,) metres."""
        return self.rest_joints[self.index[name]]

    @cached_property
    def main_bone(self) -> np.ndarray:
        """For each vertex the bone that moves it most, (V,)."""
        weights, indices = self.model.vertex_bone_weights.numpy(), self.model.vertex_bone_indices.numpy()
        return np.take_along_axis(indices, weights.argmax(1)[:, None], 1)[:, 0]

    def moved_by(self, *prefixes: str) -> np.ndarray:
        """Mask (V,) of the vertices whose main bone's name starts with one of the prefixes."""
        bones = [i for i, name in enumerate(self.names) if name.startswith(prefixes)]
        return np.isin(self.main_bone, bones)

    def forward_kinematics(self, turns: dict[str, np.ndarray], frames: int) -> tuple[np.ndarray, np.ndarray]:
        """Pose the skeleton.

        ``turns`` gives, for the joints that move, the rotation relative to the parent, (T, 3, 3). Returns the
        joints' rotations since rest (T, J, 3, 3) and positions (T, J, 3) in metres.
        """
        rotation = np.empty((frames, len(self.names), 3, 3), np.float32)
        position = np.empty((frames, len(self.names), 3), np.float32)
        for j, (name, parent) in enumerate(zip(self.names, self.parents)):
            if parent < 0:
                rotation[:, j], position[:, j] = np.eye(3), self.rest_joints[j]
            else:
                offset = self.rest_joints[j] - self.rest_joints[parent]
                rotation[:, j] = rotation[:, parent]
                position[:, j] = position[:, parent] + rotation[:, parent] @ offset
            if name in turns:
                rotation[:, j] = rotation[:, j] @ turns[name]
        return rotation, position

    def skin(self, rotation: np.ndarray, position: np.ndarray, face: dict[str, np.ndarray] | None = None):
        """Vertices (T, V, 3) float32 of a pose; ``face`` gives the face actions' strengths, each (T,)."""
        transform = np.zeros((*rotation.shape[:2], 4, 4), np.float32)
        transform[..., :3, :3], transform[..., 3, 3] = rotation, 1
        transform[..., :3, 3] = position - np.einsum("tjab,jb->tja", rotation, self.rest_joints)
        rest = self.rest_vertices.expand(len(rotation), -1, -1)
        for action, strength in (face or {}).items():
            rest = rest + torch.as_tensor(strength, dtype=torch.float32)[:, None, None] * self.face_offsets[action]
        with torch.no_grad():
            return self.model.get_skinned_vertices(rest.contiguous(), torch.from_numpy(transform)).numpy()
