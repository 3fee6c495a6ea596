"""The rivals of `make bench` come beside the course, each alone; without one the benches go on."""

import sys
import zipfile

import pytest
from conftest import ROOT
from packaging.utils import canonicalize_name

sys.path.insert(0, str(ROOT / "tests" / "bench"))

import bench_losses  # noqa: E402
import bench_upsampler  # noqa: E402
import rivals  # noqa: E402

WHEEL = {
    "rival/__init__.py": "",
    "rival-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: rival\nVersion: 1.0\nRequires-Dist: nobody-has-it\n",
    "rival-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "rival-1.0.dist-info/RECORD": "",
}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder with the one wheel that pip may see."""
    with zipfile.ZipFile(tmp_path / "rival-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in WHEEL.items():
            wheel.writestr(name, text)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def test_what_does_not_come_gets_a_sentence_and_the_rest_is_installed_once(shelf, capsys):
    (shelf / "list.txt").write_text("# two rivals\nabsent==2.0\nrival==1.0\n")
    rivals.main(shelf / "list.txt", shelf / "rivals")
    said = capsys.readouterr().out
    assert "absent==2.0 cannot be installed, so the benches go on without it" in said
    assert (shelf / "rivals" / "rival" / "__init__.py").is_file() and "rival==1.0 cannot" not in said
    assert [pin.name for pin in rivals.missing(rivals.pins(shelf / "list.txt"), shelf / "rivals")] == ["absent"]


def test_another_version_is_missing(shelf):
    (shelf / "list.txt").write_text("rival==1.0\n")
    rivals.main(shelf / "list.txt", shelf / "rivals")
    (shelf / "list.txt").write_text("rival==1.1\n")
    assert rivals.missing(rivals.pins(shelf / "list.txt"), shelf / "rivals")


def test_five_rivals_have_a_version_each():
    locked = (ROOT / "requirements.lock").read_text()
    pinned = {canonicalize_name(pin.name) for pin in rivals.pins()}
    assert all(str(pin.specifier).startswith("==") for pin in rivals.pins())
    timed = {*bench_losses.LIBRARIES, "monai"}
    assert len(timed) == 5
    assert not [name for name in timed if name not in pinned and f"\n{name}==" not in locked]
    assert not [name for name in pinned if f"\n{name}==" in locked], "the course has its own"


def test_benches_go_on_without_a_rival(monkeypatch, capsys):
    for name in ("monai", "monai.networks.nets", "piq", "kornia", "kornia.losses", "pytorch_msssim"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    assert list(bench_losses.contenders()) == ["torchmetrics"]
    assert list(bench_upsampler.contenders(4)) == ["lib.upsampler"]
    said = capsys.readouterr().out
    assert [line.split(" is left out")[0] for line in said.splitlines()] == ["pytorch-msssim", "kornia", "piq", "MONAI"]


def test_make_lets_the_benches_see_their_rivals():
    recipe = (ROOT / "Makefile").read_text().partition("\nbench:")[2].partition("\n\n")[0]
    assert recipe.index("rivals.py") < recipe.index(f"PYTHONPATH={rivals.FOLDER.relative_to(ROOT)}")
