"""The bundle for rooms without network, on a tiny book with a tiny lock; pip gets its wheels from a folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT
from packaging.requirements import Requirement

sys.path.insert(0, str(ROOT / "book"))

import build_offline  # noqa: E402
from offline import wheels  # noqa: E402

from lib.tools.errors import BadInput  # noqa: E402

LOCK = '# a comment\ntiny==1.0\nother-one==2.0\nelsewhere==1.0 ; sys_platform == "win32"\n'


def make_wheel(folder: Path, name: str, version: str, requires: str = "") -> Path:
    """A wheel with one module in it, as pip wants it."""
    folder.mkdir(parents=True, exist_ok=True)
    module, about = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}.py", f"version = {version!r}\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a built book of one page, and an index (a folder) that has one of the two locked packages."""
    root = tmp_path / "project"
    for name in ["book/clips/a.mp4", "book/weights/a.safetensors", "book/keypoints/a.npz", "lib/__pycache__/a.pyc"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"content")
    (root / "requirements.lock").write_text(LOCK)
    (root / "_build" / "html").mkdir(parents=True)
    (root / "_build" / "html" / "index.html").write_text("a page")
    make_wheel(tmp_path / "index", "tiny", "1.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return root


def build(root: Path, **options) -> tuple[Path, str]:
    return build_offline.build_offline(root, root / "_build", room=0, **options)


def test_pins_are_this_machines():
    names = {pin.name for pin in wheels.pins(ROOT / "requirements.lock")}
    assert {"torch", "mediapipe"} <= names and ("appnope" in names) == (sys.platform == "darwin")


def test_bundle_says_what_is_missing_and_the_next_run_fetches_only_that(project, tmp_path, monkeypatch):
    bundle, said = build(project)
    assert "**1 of 2 packages are missing**" in said and "other-one==2.0 (ERROR: No matching distribution" in said
    assert "other-one==2.0 missing\n" in (bundle / "wheels.txt").read_text()

    make_wheel(tmp_path / "index", "other-one", "2.0")
    asked, fetch = [], wheels.fetch
    monkeypatch.setattr(wheels, "fetch", lambda pin, folder: asked.append(pin.name) or fetch(pin, folder))
    bundle, said = build(project)
    assert asked == ["other-one"] and said == "All 2 packages are in it."
    assert "tiny==1.0 tiny-1.0-py3-none-any.whl" in (bundle / "wheels.txt").read_text()


def test_bundle_holds_pages_and_course_and_its_zip_the_same(project):
    bundle, _ = build(project, with_wheels=False)
    held = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}
    course = {f"course/book/{name}" for name in ["clips/a.mp4", "weights/a.safetensors", "keypoints/a.npz"]}
    assert held == course | {"course/requirements.lock", "book/index.html", "README.md", "wheels.txt"}
    with zipfile.ZipFile(bundle.with_name(f"{bundle.name}.zip")) as archive:
        assert {f"{bundle.name}/{name}" for name in held} == set(archive.namelist()) and archive.testzip() is None


def test_packages_install_with_the_readmes_line_and_nothing_else(project, tmp_path):
    make_wheel(tmp_path / "index", "other-one", "2.0")
    bundle, _ = build(project)
    (line,) = [line for line in (bundle / "README.md").read_text().splitlines() if line.endswith("requirements.lock")]
    arguments = line.partition(" -m ")[2].split()
    command = [sys.executable, "-m", *arguments, "--target", str(tmp_path / "site"), "--quiet"]
    subprocess.run(command, cwd=bundle / "course", check=True, env={"PATH": "", "PIP_CONFIG_FILE": "/dev/null"})
    assert (tmp_path / "site" / "tiny.py").is_file() and (tmp_path / "site" / "other_one.py").is_file()


def test_readme_shows_sizes_and_the_platform(project):
    bundle, said = build(project, with_wheels=False)
    readme = (bundle / "README.md").read_text()
    assert "| `book` | the built pages | 0.0 MB |" in readme and said in readme and "$" not in readme
    assert f"python{sys.version_info[0]}.{sys.version_info[1]} -m venv" in readme


def test_half_a_wheel_is_fetched_again(tmp_path):
    pin, path = Requirement("tiny==1.0"), make_wheel(tmp_path, "tiny", "1.0")
    assert wheels.wheel_of(pin, tmp_path) == path
    path.write_bytes(path.read_bytes()[:-40])
    assert wheels.wheel_of(pin, tmp_path) is None
    assert wheels.wheel_of(Requirement("tiny==1.1"), tmp_path) is None


def test_a_local_build_of_torch_satisfies_the_lock(tmp_path):
    path = make_wheel(tmp_path, "torch", "2.13.0+cpu")
    assert wheels.wheel_of(Requirement("torch==2.13.0"), tmp_path) == path and not wheels.wants_gpu_libraries(tmp_path)


def test_torch_for_gpus_is_recognised(tmp_path):
    make_wheel(tmp_path, "torch", "2.13.0", 'Requires-Dist: nvidia-cublas==1 ; sys_platform == "linux"\n')
    assert wheels.wants_gpu_libraries(tmp_path)


def test_without_network_the_first_miss_ends_the_search(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(wheels, "fetch", lambda pin, folder: asked.append(pin.name) or "no network")
    missing = wheels.fetch_all([Requirement("a==1"), Requirement("b==1")], tmp_path)
    assert asked == ["a"] and missing == {"a==1": "no network", "b==1": "no network"}


def test_a_book_that_is_not_built_is_one_sentence_and_nothing_is_written(project):
    (project / "_build" / "html" / "index.html").unlink()
    with pytest.raises(BadInput, match="index.html is not there: run `make book` first"):
        build(project)
    assert not (project / "_build" / "offline").exists()


def test_a_full_disk_is_said_beforehand(project):
    with pytest.raises(BadInput, match="make room"):
        build_offline.build_offline(project, project / "_build", room=2**62)
    assert not (project / "_build" / "offline").exists()


def test_the_bundle_forgets_nothing_of_the_project(project_files):
    tops = {path.relative_to(ROOT).parts[0] for path in project_files}
    assert not tops - set(build_offline.COURSE) - {".gitignore"}
