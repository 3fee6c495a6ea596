"""The newer MediaPipe's bundle: networks by their sums, from a wheel or a folder, and nothing else."""

import hashlib
import zipfile

import pytest

from data_scripts import holistic_bundle as bundle
from data_scripts.shared.manifest import is_complete
from lib.holistic import tasks
from lib.tools.errors import BadInput
from lib.tools.files import sha256

NETWORK = bundle.zeros()  # in place of each: a .tflite file that is small


def wheel(path, content=NETWORK, leave_out=""):
    """A wheel with every network, and with files that nobody asked for and that point elsewhere."""
    with zipfile.ZipFile(path, "w") as archive:
        for place, _, _ in bundle.PARTS.values():
            if place != leave_out:
                archive.writestr(f"mediapipe/modules/{place}.tflite", content)
        archive.writestr("../outside.txt", "no")
        archive.writestr("/tmp/outside-hands.txt", "no")
    return path


@pytest.fixture
def small(monkeypatch):
    """The wheel's networks are `NETWORK`, and the bundle of them is known."""
    digest = hashlib.sha256(NETWORK).hexdigest()
    parts = {name: (place, len(NETWORK), digest) for name, (place, _, _) in bundle.PARTS.items()}
    monkeypatch.setattr(bundle, "PARTS", parts)
    monkeypatch.setattr(bundle, "sha256", lambda path: bundle.SHA256)


def test_a_wheels_networks_become_a_bundle(small, tmp_path, capsys):
    source, out = wheel(tmp_path / "mediapipe.whl"), tmp_path / "in" / "out"
    bundle.make(out, str(source))
    assert sorted(path.name for path in out.iterdir()) == ["holistic_landmarker.task", "manifest.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "mediapipe.whl"]
    with zipfile.ZipFile(out / "holistic_landmarker.task") as made:
        infos = made.infolist()
        kept = {info.filename: made.read(info) for info in infos}
    assert set(kept) == {f"{name}.tflite" for name in (*bundle.PARTS, bundle.STUB)}
    assert all(info.compress_type == zipfile.ZIP_STORED for info in infos)
    changed = {name for name, content in kept.items() if content != NETWORK}
    assert changed == {f"{name}.tflite" for name in bundle.SCALED}
    assert "Apache-2.0" in capsys.readouterr().out
    source.unlink()
    bundle.make(out, str(source))  # it is there: nothing is asked for
    assert "is complete" in capsys.readouterr().out


def test_members_begin_where_they_can_be_read_in_place(tmp_path):
    networks = {"a": b"x" * 5, "longer": b"y" * 33, "c": b"z" * 7}
    bundle.write_bundle(tmp_path / "a.task", networks)
    content = (tmp_path / "a.task").read_bytes()
    assert [content.index(some) % bundle.ALIGNED for some in networks.values()] == [0, 0, 0]
    bundle.write_bundle(tmp_path / "b.task", networks)
    assert (tmp_path / "b.task").read_bytes() == content


@pytest.mark.parametrize("depth", ["mediapipe", "."], ids=["the package", "what it lies in"])
def test_a_folder_will_do(depth, small, tmp_path):
    with zipfile.ZipFile(wheel(tmp_path / "mediapipe.whl")) as archive:
        archive.extractall(tmp_path / "in", [name for name in archive.namelist() if name.startswith("mediapipe")])
    bundle.make(tmp_path / "out", str(tmp_path / "in" / depth))
    assert is_complete(tmp_path / "out")


def test_another_wheel_is_refused_and_leaves_nothing(tmp_path):
    source = wheel(tmp_path / "mediapipe.whl")
    with pytest.raises(BadInput, match=r"in .*mediapipe.whl has sha256 \w+, not \w+: give that of mediapipe==0.10.21"):
        bundle.make(tmp_path / "out", str(source))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["lacking", "too long", "text", "folder", "nothing"])
def test_what_is_no_such_wheel_is_refused(kind, small, tmp_path):
    path = tmp_path / "mediapipe.whl"
    match kind:
        case "lacking":
            wheel(path, leave_out="pose_landmark/pose_landmark_full")
        case "too long":
            wheel(path, NETWORK + b"0")
        case "text":
            path.write_text("not found")
        case "folder":
            path.mkdir()
    with pytest.raises(BadInput, match=r"mediapipe.whl (holds no mediapipe/modules/|is truncated|is not a file)"):
        bundle.make(tmp_path / "out", str(path))


def test_another_packer_is_named(small, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "sha256", lambda path: "0")
    with pytest.raises(BadInput, match=r"pip install flatbuffers==\d+\.\d+\.\d+$"):
        bundle.make(tmp_path / "out", str(wheel(tmp_path / "mediapipe.whl")))
    assert not (tmp_path / "out" / "holistic_landmarker.task").exists()


def test_what_pip_says_is_passed_on(tmp_path, monkeypatch):
    """A pip without a network, in an environment with another MediaPipe."""
    monkeypatch.setattr(bundle, "installed", lambda: "mediapipe 1.2.3")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(BadInput, match=r"pip did not bring the wheel of mediapipe==0.10.21 .*--source \(pip download"):
        bundle.make(tmp_path / "out", bundle.PACKAGE)


def test_scale_is_told_beside_what_the_file_said_before():
    schema, told = bundle.tflite_schema("schema"), bundle.tflite_schema("metadata_schema")
    before = schema.ModelT.InitFromObj(schema.Model.GetRootAs(NETWORK, 0))
    after = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bundle.scaled(NETWORK), 0))
    assert len(after.buffers) == len(before.buffers) + 1 and after.metadata[-1].name == b"TFLITE_METADATA"
    content = after.buffers[after.metadata[-1].buffer].data.tobytes()
    tensor = told.ModelMetadataT.InitFromObj(told.ModelMetadata.GetRootAs(content, 0)).subgraphMetadata[0]
    norm = tensor.inputTensorMetadata[0].processUnits[0].options
    assert (norm.mean, norm.std) == ([0], [255])


def test_the_stub_has_two_operations():
    schema = bundle.tflite_schema("schema")
    (graph,) = schema.ModelT.InitFromObj(schema.Model.GetRootAs(NETWORK, 0)).subgraphs
    shapes = [list(graph.tensors[i].shape) for i in (graph.inputs[0], graph.outputs[0])]
    assert len(graph.operators) == 2 and shapes == [[1, 146, 2], [1, 26, 2]]


@pytest.mark.solutions
def test_the_installed_wheel_gives_the_bundle_that_is_known(tmp_path):
    bundle.make(tmp_path, bundle.PACKAGE)
    assert sha256(tmp_path / tasks.BUNDLE.name) == tasks.SHA256
    assert tasks.checked_bundle(tmp_path / tasks.BUNDLE.name)
