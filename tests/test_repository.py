"""The repository itself: small, portable, and saying the same thing everywhere."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

MEGABYTE = 2**20
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CV2 = "opencv-contrib-python"


@pytest.fixture(scope="module")
def texts(project_files) -> dict[Path, str]:
    """Every text file of the project, by path."""
    suffixes = {".py", ".md", ".ipynb", ".toml", ".yml", ".cff", ".bib", ".css", ".svg", ".lock", ".json", ""}
    return {path: path.read_text(errors="replace") for path in project_files if path.suffix in suffixes}


def test_tree_is_small(project_files):
    assert sum(path.stat().st_size for path in project_files) < 48_000_000


def test_clips_are_small(project_files):
    clips = [path for path in project_files if ROOT / "book" / "clips" in path.parents]
    assert sum(path.stat().st_size for path in clips) <= 8 * MEGABYTE


def test_no_path_of_one_machine(texts):
    somewhere = re.compile(r"(?<![\w.:/~-])/(?:root|home|Users|work|mnt|srv)/\w")
    assert not [f"{path.name}: {match.group()}" for path, text in texts.items() for match in somewhere.finditer(text)]


def test_python_files_are_short(texts):
    long = {path.name: n for path, text in texts.items() if path.suffix == ".py" and (n := text.count("\n")) > 250}
    assert not long


def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.search(r"^\.PHONY: (.*)$", makefile, re.M).group(1).split():
        assert f"make {target}" in said


def test_ci_runs_the_readmes_test_command():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "make test"
    assert "make test" in (ROOT / "README.md").read_text()


def test_readme_links_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text())
    assert links and not [link for link in links if not (ROOT / link).exists()]


def test_readme_names_every_chapter():
    readme = (ROOT / "README.md").read_text()
    assert not [path.name for path in (ROOT / "book").glob("*.ipynb") if f"book/{path.name}" not in readme]


def test_citation_agrees_with_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert (citation["version"], citation["license"]) == (PYPROJECT["version"], PYPROJECT["license"])


def lock_lines() -> list[Requirement]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_lock_pins_every_package_for_any_machine():
    """One exact public version each: no local build, no address, no GPU library that only some builds of torch want."""
    for pin in lock_lines():
        assert re.fullmatch(r"==[^+*]+", str(pin.specifier)) and pin.url is None
        assert not pin.name.startswith(("nvidia-", "triton", "cuda-"))


def test_lock_holds_what_pyproject_asks_for():
    pins = {canonicalize_name(pin.name): pin.specifier for pin in lock_lines()}
    assert CV2 not in pins, "two packages that bring cv2 must not meet: the headless one stands in"
    pins[CV2] = pins[f"{CV2}-headless"]
    for line in PYPROJECT["dependencies"]:
        wanted = Requirement(line)
        (pin,) = pins[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(pin.version), f"{line}, but {pin} is locked: run `make lock`"


def test_pyproject_asks_for_every_library_that_is_imported(project_files):
    """A library that merely comes along with another one may one day stop coming along."""
    trees = [ast.parse(path.read_text()) for path in project_files if path.suffix == ".py"]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    bring = metadata.packages_distributions()
    lines = [*PYPROJECT["dependencies"], *chain(*PYPROJECT["optional-dependencies"].values())]
    asked = {canonicalize_name(Requirement(line).name) for line in lines} | {f"{CV2}-headless"}
    tops = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"lib", "book", "data_scripts"}
    missing = {top for top in tops if top in bring and not asked & {canonicalize_name(name) for name in bring[top]}}
    assert not missing
