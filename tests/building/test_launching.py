"""Colab, Binder and CI: their files agree with each other, with the lock, and with what the course says of itself.

What only the services can show (that their machines start) is not tested here; book/instructors.md says what was.
"""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata

import nbformat
import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

sys.path.insert(0, str(ROOT / "book"))

import colab  # noqa: E402
import set_up_cells  # noqa: E402

CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text())
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKFLOW_TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
WORKFLOW = yaml.safe_load(WORKFLOW_TEXT)
TRIGGERS = WORKFLOW[True]  # YAML 1.1 reads the key `on` as a truth value
JOB = WORKFLOW["jobs"]["test"]
STEPS = JOB["steps"]
POST_BUILD = ROOT / "binder" / "postBuild"


def test_one_address_everywhere(project_files):
    address = CONFIG["repository"]["url"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["repository-code"] == address
    assert f"git clone {address}\n" in (ROOT / "book" / "intro.md").read_text()
    named = {path.resolve() for path in project_files if address.encode() in path.read_bytes()}
    renewed = {ROOT / "_config.yml", ROOT / "CITATION.cff", *(ROOT / "book").glob("*.md"), *CHAPTERS}
    assert not named - renewed, "set_up_cells.py does not renew the address there"


def test_whoever_publishes_elsewhere_changes_one_line(tmp_path, monkeypatch):
    old, new = CONFIG["repository"]["url"], "https://example.org/somebody/course"
    (tmp_path / "book").mkdir()
    pages = [ROOT / "book" / name for name in ("intro.md", "instructors.md", CHAPTERS[0].name)]
    for path in [ROOT / "_config.yml", ROOT / "CITATION.cff", *pages]:
        text = path.read_text(encoding="utf-8")
        text = text.replace(old, new) if path.name == "_config.yml" else text
        (tmp_path / path.relative_to(ROOT)).write_text(text, encoding="utf-8")
    monkeypatch.setattr(set_up_cells, "ROOT", tmp_path)
    set_up_cells.main()
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert all(new in text and old not in text for text in texts)


def test_pages_have_both_buttons():
    buttons = CONFIG["launch_buttons"]
    assert buttons["colab_url"].startswith("https://") and buttons["binderhub_url"].startswith("https://")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_has_the_set_up_cell(path):
    """If this fails: python book/set_up_cells.py"""
    before = path.read_text(encoding="utf-8")
    notebook = set_up_cells.with_cell(nbformat.reads(before, as_version=4))
    assert nbformat.writes(notebook) + "\n" == before, "run python book/set_up_cells.py"


def test_set_up_cell_does_nothing_elsewhere(monkeypatch):
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    names = {"os": os}
    exec(compile(set_up_cells.source(), "cell", "exec"), names)
    assert set(names) <= {"os", "__builtins__"}


def test_set_up_cell_runs_the_file_that_is_there():
    (path,) = re.findall(r'"/content/course/([^"]+)"', set_up_cells.source())
    assert (ROOT / path).samefile(colab.__file__)


def test_colab_gets_every_library_that_lib_and_chapters_import():
    tools = {"make_stubs.py", "sections.py", "facts.py"}  # which no chapter imports
    sources = [
        path.read_text()
        for folder in ("lib", "book/chapters", "book/shared", "book/exercises", "book/ledger", "book/studies")
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in tools
    ]
    sources += [c.source for p in CHAPTERS for c in nbformat.read(p, 4).cells if c.cell_type == "code"]
    names = {name.split(".")[0] for source in sources for name in imported(source)}
    bring = metadata.packages_distributions()
    given = {colab.name_of(line) for line in colab.wanted()} | colab.COLABS_OWN | {"ipython"}
    given |= {"opencv-contrib-python-headless"}  # here; there, the one with windows
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    given |= {canonicalize_name(Requirement(line).name) for lines in extras.values() for line in lines}
    tops = names - sys.stdlib_module_names - {"lib", "book", "data_scripts", "scenes"}
    asked = {top: {canonicalize_name(name) for name in bring[top]} for top in tops if top in bring}
    assert not {top for top, packages in asked.items() if not packages & given}


def imported(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    found = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return found | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}


def test_colab_keeps_its_torch_and_gets_locked_versions():
    held = {canonicalize_name(Requirement(line).name) for line in colab.locked()}
    wanted = [Requirement(line) for line in colab.wanted()]
    assert "torch" not in held and "torch" not in {line.name for line in wanted}
    assert {"mediapipe", "numpy", "anny"} <= held & {line.name for line in wanted}
    assert {canonicalize_name(line.name) for line in wanted} - held == {"opencv-contrib-python"}
    own = {canonicalize_name(Requirement(line).name) for line in PYPROJECT["dependencies"]}
    assert colab.NOT_FOR_CHAPTERS | colab.COLABS_OWN <= own, "a name that pyproject.toml no longer has"


def test_colab_installs_once_and_makes_lib_findable(monkeypatch):
    ran = []
    monkeypatch.setattr(colab.subprocess, "run", lambda command, check: ran.append(command))
    monkeypatch.setattr(colab, "is_installed", lambda: bool(ran))
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.chdir(ROOT)
    assert colab.set_up((3, 12)) and not colab.set_up((3, 12))
    assert sys.path == [str(ROOT)] and os.environ["PYTHONPATH"] == str(ROOT)
    (command,) = ran
    assert command[:4] == [sys.executable, "-m", "pip", "install"] and "mediapipe==0.10.21" in command


def test_this_environment_counts_as_installed_and_another_version_does_not(monkeypatch):
    have = {canonicalize_name(Requirement(line).name): Requirement(line) for line in colab.locked()}
    versions = {name: str(pin.specifier)[2:] for name, pin in have.items()} | {"opencv-contrib-python": "4.11.0.86"}
    monkeypatch.setattr(colab.metadata, "version", lambda name: versions[name])
    assert colab.is_installed()
    versions["numpy"] = "2.3.0"
    assert not colab.is_installed()


def test_a_python_that_is_too_new_is_one_sentence():
    with pytest.raises(RuntimeError, match=r"runs Python 3\.13, .* ends at 3\.12: choose"):
        colab.set_up((3, 13))


def test_binder_builds_what_make_builds():
    python = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert python in SpecifierSet(PYPROJECT["requires-python"])
    text = POST_BUILD.read_text()
    assert os.access(POST_BUILD, os.X_OK) and text.startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", POST_BUILD], check=True)
    (target,) = re.findall(r"^make (\S+) PYTHON=python3$", text, re.M)
    assert f"\n{target}:" in (ROOT / "Makefile").read_text()
    assert "--name python3 " in text and nbformat.read(CHAPTERS[0], 4).metadata.kernelspec.name == "python3"


def test_binders_kernel_is_the_courses_python(tmp_path):
    """The script as it stands, with a `make` that only notes what it is asked for."""
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    make.chmod(0o755)
    fresh = tmp_path / "course"
    (fresh / ".venv" / "bin").mkdir(parents=True)
    (fresh / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (fresh / ".venv" / "bin" / "python").chmod(0o755)
    (tmp_path / "env" / "bin").mkdir(parents=True)
    settings = os.environ | {"PATH": f"{make.parent}:{os.environ['PATH']}", "NB_PYTHON_PREFIX": str(tmp_path / "env")}
    subprocess.run([POST_BUILD], cwd=fresh, env=settings, check=True, capture_output=True)
    kernel = json.loads((tmp_path / "env/share/jupyter/kernels/python3/kernel.json").read_text())
    assert kernel["argv"][0] == sys.executable and "ipykernel_launcher" in kernel["argv"]
    assert (tmp_path / "asked").read_text() == ".venv/ready PYTHON=python3\n"
    assert (tmp_path / "env" / "bin" / "jupyter-book").readlink() == fresh / ".venv" / "bin" / "jupyter-book"


def test_neurolibre_finds_the_book_where_it_looks():
    """In content/, beside binder/: the same files under another name, so that nothing can differ."""
    for name in ("_toc.yml", "_config.yml", "book"):
        link = ROOT / "content" / name
        assert link.is_symlink() and not link.readlink().is_absolute() and link.resolve() == ROOT / name
    assert {path.name for path in (ROOT / "content").iterdir()} == {"_toc.yml", "_config.yml", "book"}
    assert not (ROOT / ".binder").exists(), "repo2docker wants one of the two"
    assert "repo2data" in (ROOT / "binder" / "requirements.txt").read_text()


def test_ci_runs_on_pushes_on_pull_requests_and_weekly():
    assert {"push", "pull_request", "schedule"} <= set(TRIGGERS)
    minute, hour, day, month, weekday = TRIGGERS["schedule"][0]["cron"].split()
    assert minute.isdigit() and hour.isdigit() and (day, month) == ("*", "*") and weekday in set("0123456")


def test_ci_may_read_and_nothing_else():
    assert WORKFLOW["permissions"] == {"contents": "read"} and "permissions" not in JOB
    assert STEPS[0]["with"] == {"persist-credentials": False} and "secrets." not in WORKFLOW_TEXT


def test_actions_are_githubs_own_and_pinned():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[\w-]+@v\d+\.\d+\.\d+", action) for action in used)


def test_ci_runs_the_one_script_last():
    assert STEPS[-1] == {"run": ".ci/run"} and os.access(ROOT / ".ci" / "run", os.X_OK)
    assert JOB["env"]["PYTHON"] == "python" and "PYTHON ?=" in (ROOT / "Makefile").read_text()


def test_ci_covers_linux_and_macos_and_every_python():
    machines = JOB["strategy"]["matrix"]["include"]
    assert {re.match("[a-z]+", machine["os"]).group() for machine in machines} == {"ubuntu", "macos"}
    pythons = {machine["python"] for machine in machines}
    assert all(isinstance(python, str) for python in pythons), "3.10 without quotes would be 3.1"
    assert pythons == {python for python in ("3.10", "3.11", "3.12", "3.13") if python in requires_python()}


def requires_python() -> SpecifierSet:
    return SpecifierSet(PYPROJECT["requires-python"])


def test_the_weekly_run_takes_nothing_from_earlier_ones():
    (cache,) = [step for step in STEPS if step.get("uses", "").startswith("actions/cache")]
    assert cache["if"] == "github.event_name != 'schedule'" and cache["with"]["path"] == ".venv"
    assert {"requirements.lock", "pyproject.toml"} <= set(re.findall(r"'([^']+)'", cache["with"]["key"]))


def test_expressions_refer_to_what_exists():
    ids = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"steps\.(\w+)\.", WORKFLOW_TEXT)) <= ids
    keys = set(JOB["strategy"]["matrix"]["include"][0])
    assert set(re.findall(r"matrix\.(\w+)", WORKFLOW_TEXT)) == keys
    assert not [step["run"] for step in STEPS if "${{" in step.get("run", "")], "an expression in a shell line"
