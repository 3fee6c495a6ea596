"""The course outlives its wrapper: Sphinx alone builds the same pages from what `jupyter-book config sphinx` writes.

So it does from `content`, where NeuroLibre looks for the book.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, toc_entries

pytestmark = pytest.mark.slow
COPIED = (".ipynb", ".md", ".bib", ".svg", ".png", ".css", ".js", ".py", ".html", ".toml", ".json")


@pytest.mark.parametrize("source", [".", "content"])
def test_sphinx_alone_builds_every_page(tmp_path, source):
    project = tmp_path / "project"
    shutil.copytree(
        ROOT / "book",
        project / "book",
        ignore=lambda _, names: [n for n in names if "." in n and not n.endswith(COPIED)],
    )
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, project)
    shutil.copytree(ROOT / "content", project / "content", symlinks=True)
    run("jupyter-book", ["config", "sphinx", source], project)
    assert (project / source / "conf.py").is_file()
    said = run(
        "sphinx-build", ["-q", "-b", "html", "-D", "nb_execution_mode=off", source, str(tmp_path / "html")], project
    )
    own = [line for line in said.splitlines() if "tornado" not in line]  # its kernels' pipes are none of Sphinx's
    assert not [line for line in own if "WARNING:" in line or "ERROR:" in line]
    missing = [page for page in toc_entries() if not (tmp_path / "html" / f"{page}.html").is_file()]
    assert not missing
    page = (tmp_path / "html" / "book" / "06a_a_fair_count.html").read_text(encoding="utf-8")
    assert "6a. Counting hands" in page and 'href="05a_training.html"' in page  # our own extension runs here, too


def run(program: str, options: list[str], folder: Path) -> str:
    """What a program beside Python says; it must succeed."""
    command = [Path(sys.executable).with_name(program), *options]
    settings = os.environ | {"PYTHONPATH": str(ROOT)}  # the book's own extensions
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr
