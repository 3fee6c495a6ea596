"""The Frechet distance, and Inception's weights: read if they are the published ones, refused otherwise."""

import numpy as np
import pytest
import torch

from book.studies import fid
from book.studies.fid import inception_features
from lib.metrics import frechet_distance
from lib.tools.errors import BadInput
from lib.tools.files import sha256

BATCH_NORM = ("weight", "bias", "running_mean", "running_var")


def test_two_gaussians_in_closed_form():
    """Diagonal covariances: |m - n|^2 + sum (s - t)^2, here by features whose sample moments are exact."""
    cube = np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, -1).T * np.sqrt(7 / 8)  # covariance 1, mean 0
    a, b = cube * [1, 2, 3] + [0, 0, 1], cube * [4, 2, 1] + [2, 0, 0]
    assert frechet_distance(a, b) == pytest.approx(4 + 1 + 9 + 0 + 4)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))


@pytest.mark.parametrize(("n", "m"), [(40, 60), (5, 60), (6, 4)], ids=["full", "one short", "both short of rank"])
def test_agrees_with_a_matrix_root(n, m):
    random = np.random.default_rng(0)
    a, b = random.normal(size=(n, 12)) @ random.normal(size=(12, 12)), random.normal(1, 2, (m, 12))
    values, vectors = np.linalg.eigh(np.cov(a.T))
    gap, root_a = a.mean(axis=0) - b.mean(axis=0), vectors * np.sqrt(values.clip(0)) @ vectors.T
    root = np.sqrt(np.linalg.eigvalsh(root_a @ np.cov(b.T) @ root_a).clip(0)).sum()
    wanted = gap @ gap + np.trace(np.cov(a.T) + np.cov(b.T)) - 2 * root
    assert frechet_distance(a, b) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (np.zeros((5, 3)), np.zeros((5, 4))),
        (np.zeros((1, 3)), np.zeros((5, 3))),
        (np.full((5, 3), np.nan), np.zeros((5, 3))),
    ],
    ids=["widths", "one row", "nan"],
)
def test_refuses_what_has_no_distance(a, b):
    with pytest.raises(BadInput, match="Frechet distance needs"):
        frechet_distance(a, b)


class Growing(fid.Inception):
    """Inception that makes small random weights for every convolution that it meets."""

    def _conv(self, x, name, stride=1, pad=True):
        if f"{name}.conv.weight" not in self.state:
            self.state[f"{name}.conv.weight"] = torch.randn(2, x.shape[1], 3, 3) / 3
            self.state |= {f"{name}.bn.{key}": torch.rand(2) + 0.5 for key in BATCH_NORM}
        return super()._conv(x, name, stride, pad)


@pytest.fixture
def small_weights(tmp_path, monkeypatch):
    """A file with the names of the published weights, two channels wide, which passes for it."""
    torch.manual_seed(0)
    network = Growing({})
    network(torch.zeros(1, 3, fid.SIDE, fid.SIDE))
    assert len(network.state) == 94 * 5  # Inception-v3 has 94 convolutions before its classifier
    torch.save(network.state, tmp_path / "weights.pth")
    monkeypatch.setattr(fid, "SHA256", sha256(tmp_path / "weights.pth"))
    fid._read.cache_clear()
    return tmp_path / "weights.pth"


def test_features_with_weights_and_their_distance(small_weights, monkeypatch):
    frames = np.random.default_rng(0).integers(0, 255, (3, 40, 30, 3), np.uint8)
    features = inception_features(iter(frames), small_weights)
    assert features.shape == (3, 6 * 2) and features.dtype == np.float32 and np.isfinite(features).all()
    monkeypatch.setattr(fid, "BATCH", 2)  # batches change nothing
    again = inception_features(frames, small_weights)
    np.testing.assert_allclose(again, features, rtol=1e-4)
    assert frechet_distance(again, features) == pytest.approx(0, abs=1e-3)
    assert frechet_distance(inception_features(frames // 2, small_weights), features) > 0.01
    with pytest.raises(BadInput, match="no frames"):
        inception_features([], small_weights)


def test_other_weights_than_the_published_are_refused(tmp_path):
    frames = np.zeros((2, 8, 8, 3), np.uint8)
    with pytest.raises(BadInput, match="absent.pth does not exist"):
        inception_features(frames, tmp_path / "absent.pth")
    torch.save({"fc.weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(BadInput, match="other.pth is not pt_inception"):
        inception_features(frames, tmp_path / "other.pth")
