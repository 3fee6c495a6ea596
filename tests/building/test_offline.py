"""The bundle for rooms without network, on a tiny book with a tiny lock; pip gets its wheels from a folder."""

import os
import re
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
from offline.machines import LINUX, MAC, MACHINES, Machine  # noqa: E402

from lib.tools.errors import BadInput  # noqa: E402

LOCK = '# a comment\ntiny==1.0\nother-one==2.0\nelsewhere==1.0 ; sys_platform == "win32"\n'


def make_wheel(folder: Path, name: str, version: str, requires: str = "", tag: str = "py3-none-any") -> Path:
    """A wheel with one module in it, as pip wants it."""
    folder.mkdir(parents=True, exist_ok=True)
    module, about = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    path = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}.py", f"version = {version!r}\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}")
        archive.writestr(f"{about}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
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


def test_pins_are_the_machines():
    linux, mac = ({pin.name for pin in wheels.pins(ROOT / "requirements.lock", one)} for one in (LINUX, MAC))
    assert {"torch", "mediapipe"} <= linux & mac and mac - linux == {"appnope"} and not linux - mac


@pytest.mark.parametrize(
    ("tag", "linux", "mac"),
    [
        ("py3-none-any", True, True),
        ("cp{0}-cp{0}-manylinux_2_28_x86_64", True, False),
        ("cp37-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64", True, False),
        ("cp{0}-cp{0}-manylinux_2_39_x86_64", False, False),  # newer than the systems of a class
        ("cp{0}-cp{0}-manylinux_2_28_aarch64", False, False),
        ("cp{0}-none-macosx_11_0_universal2", False, True),
        ("cp{0}-cp{0}-macosx_14_0_arm64", False, True),
        ("cp{0}-cp{0}-macosx_15_0_arm64", False, False),
        ("cp{0}-cp{0}-macosx_11_0_x86_64", False, False),
        ("cp{0}-cp{0}-win_amd64", False, False),
        ("cp310-cp310-manylinux_2_28_x86_64", False, False),
    ],
)
def test_a_wheel_fits_the_machines_that_pip_would_install_it_on(tmp_path, tag, linux, mac):
    path = make_wheel(tmp_path, "tiny", "1.0", tag=tag.format("".join(map(str, sys.version_info[:2]))))
    found = [wheels.wheel_of(Requirement("tiny==1.0"), tmp_path, one) == path for one in (LINUX, MAC)]
    assert found == [linux, mac]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.system)
def test_pip_takes_what_is_asked_for_another_machine(tmp_path, monkeypatch, machine):
    """The very command, on an index with a wheel of each kind; pip chooses, and does not look at where it runs."""
    python = "".join(map(str, sys.version_info[:2]))
    for tag in (f"cp{python}-cp{python}-manylinux_2_28_x86_64", f"cp{python}-cp{python}-macosx_12_0_arm64"):
        make_wheel(tmp_path / "index", "tiny", "1.0", tag=tag)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setattr(Machine, "is_here", False)
    assert wheels.fetch(Requirement("tiny==1.0"), tmp_path / "wheels", machine) == ""
    (fetched,) = (tmp_path / "wheels").iterdir()
    assert ("macosx" in fetched.name) == (machine is MAC)


def test_bundle_says_what_is_missing_and_the_next_run_fetches_only_that(project, tmp_path, monkeypatch):
    bundle, said = build(project)
    for machine in MACHINES:
        assert f"For {machine.name} **1 are missing**" in said
        assert f"other-one==2.0 {machine.system} missing\n" in (bundle / "wheels.txt").read_text()
        assert re.search(rf"^\| {re.escape(machine.name)} \| 1 of 2 \| .* \| other-one \|$", readme(bundle), re.M)
    assert "other-one==2.0 (ERROR: No matching distribution" in said

    make_wheel(tmp_path / "index", "other-one", "2.0")
    asked, fetch = [], wheels.fetch
    monkeypatch.setattr(
        wheels, "fetch", lambda pin, folder, machine: asked.append(pin.name) or fetch(pin, folder, machine)
    )
    bundle, said = build(project)
    assert asked == ["other-one"], "without machine code one wheel serves both"
    assert said.startswith("All packages are in it, for Linux") and "and for macOS" in said
    assert "tiny==1.0 Darwin tiny-1.0-py3-none-any.whl" in (bundle / "wheels.txt").read_text()
    assert readme(bundle).count("| 2 of 2 |") == 2


def readme(bundle: Path) -> str:
    return (bundle / "README.md").read_text()


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


def test_readme_shows_sizes_and_machines(project):
    bundle, said = build(project, with_wheels=False)
    told = readme(bundle)
    assert "| `book` | the built pages | 0.0 MB |" in told and said in told and not re.search(r"\$[a-z]", told)
    assert f"python{sys.version_info[0]}.{sys.version_info[1]} -m venv" in told
    assert all(f"| {machine.name} | 0 of 2 |" in told for machine in MACHINES)


def test_half_a_wheel_is_fetched_again(tmp_path):
    pin, path = Requirement("tiny==1.0"), make_wheel(tmp_path, "tiny", "1.0")
    assert wheels.wheel_of(pin, tmp_path, LINUX) == path
    path.write_bytes(path.read_bytes()[:-40])
    assert wheels.wheel_of(pin, tmp_path, LINUX) is None
    assert wheels.wheel_of(Requirement("tiny==1.1"), tmp_path, LINUX) is None


def test_a_local_build_of_torch_satisfies_the_lock(tmp_path):
    path = make_wheel(tmp_path, "torch", "2.13.0+cpu")
    assert wheels.wheel_of(Requirement("torch==2.13.0"), tmp_path, LINUX) == path and not wheels.wants_gpu_libraries(
        tmp_path
    )


def test_torch_for_gpus_is_recognised(tmp_path):
    make_wheel(tmp_path, "torch", "2.13.0", 'Requires-Dist: nvidia-cublas==1 ; sys_platform == "linux"\n')
    assert wheels.wants_gpu_libraries(tmp_path)


def test_torch_for_a_mac_needs_none(tmp_path):
    asks = 'Requires-Dist: nvidia-cublas==1 ; sys_platform == "linux"\n'
    make_wheel(tmp_path, "torch", "2.13.0", asks, tag="cp311-none-macosx_14_0_arm64")
    assert not wheels.wants_gpu_libraries(tmp_path)


def test_without_network_the_first_miss_ends_the_search(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(wheels, "fetch", lambda pin, folder, machine: asked.append(pin.name) or "no network")
    missing = wheels.fetch_all([Requirement("a==1"), Requirement("b==1")], tmp_path, LINUX)
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


def trial(bundle: Path, ready: str) -> subprocess.CompletedProcess:
    """.ci/offline as it stands, on a bundle with these shell lines behind its `make ready`."""
    (bundle / "course").mkdir(parents=True)
    (bundle / "wheels").mkdir()
    (bundle / "course" / "Makefile").write_text(f"ready:\n\t@{ready}\nlab:\n\t@echo lab was opened; exit 1\n")
    (bundle / "README.md").write_text(
        "# A bundle\n\n```bash\ncd course\ntest -d ../wheels\nmake ready\nmake lab\n```\n"
    )
    settings = os.environ | {"PIP_INDEX_URL": "http://nowhere.invalid"}
    return subprocess.run([ROOT / ".ci" / "offline", bundle], env=settings, capture_output=True, text=True, check=False)


def test_the_trial_follows_the_readmes_lines_and_takes_no_settings_along(tmp_path):
    run = trial(tmp_path / "bundle", "env | grep -c PIP_INDEX_URL || echo all is there")
    assert run.returncode == 0 and "all is there" in run.stdout and "lab was opened" not in run.stdout
    assert "Installed without network, and ready" in run.stdout


def test_a_trial_that_is_not_ready_fails(tmp_path):
    run = trial(tmp_path / "bundle", "exit 1")
    assert run.returncode and "and ready" not in run.stdout


def test_the_readme_ends_with_what_the_trial_asks_for(project):
    bundle, _ = build(project, with_wheels=False)
    lines = re.search(r"^```bash\n(.*?)^```$", readme(bundle), re.M | re.S)[1].splitlines()
    assert lines[0] == "cd course" and lines[-2:] == ["make ready", "make lab"]
    assert sum("--no-index" in line for line in lines) == sum("pip install" in line for line in lines) == 2
