"""Build the book: run the chapters whose results may be out of date, then write the pages.

    python book/build_book.py                            the pages, in _build/html
    python book/build_book.py --profile ci --out DIR     small sizes, in DIR/_build/html

Jupyter's cache of executed chapters looks at their cells only. A chapter also depends on the code it imports, the
clips and data it reads, the installed versions and the profile, so the whole cache goes when one of these changes.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE, DATA = ("chapters", "exercises", "ledger", "shared", "studies"), ("clips", "keypoints", "results", "weights")
INPUTS = ["lib", "data_scripts", "requirements.lock", *(f"book/{name}" for name in (*CODE, *DATA, "papers.toml"))]
# They gather what the others have written; pages are read, and so run, in the names' order.
LAST = ("book/15_claims.ipynb", "book/papers_tables.ipynb")


def input_files(root: Path) -> Iterator[Path]:
    """Every file, in order, that chapters depend on besides their own cells; a manifest stands for its data set."""
    for name in INPUTS:
        path = root / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)
    yield from sorted(Path(os.environ.get("HANDS_DATA", root / "data")).glob("**/manifest.json"))


def digest(root: Path, profile: str) -> str:
    """A hex number that changes with the profile, the Python version, the data mirror and every input file."""
    state = hashlib.sha256(repr((profile, sys.version_info[:2], os.environ.get("HANDS_MIRROR"))).encode())
    for file in input_files(root):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        state.update(f"{os.path.relpath(file, root)} {content}\n".encode())
    return state.hexdigest()


def forget_stale_results(build: Path, current: str) -> bool:
    """Empty the cache of executed chapters in ``build`` unless it was made with ``current``; say whether it did.

    The old note goes first and the new one is written last: whenever this is interrupted, the next call starts over.
    """
    note = build / "executed-with"
    if note.exists() and note.read_text() == current:
        return False
    note.unlink(missing_ok=True)
    for folder in [".jupyter_cache", ".doctrees", "jupyter_execute", "html"]:
        shutil.rmtree(build / folder, ignore_errors=True)
    build.mkdir(parents=True, exist_ok=True)
    note.write_text(current)
    return True


def forget_last_pages(build: Path, root: Path) -> None:
    """Let the last pages run in every build: what they gather may be new though their own cells are not."""
    if (build / ".jupyter_cache").is_dir():
        from jupyter_cache import get_cache

        cache = get_cache(str(build / ".jupyter_cache"))
        for record in cache.list_cache_records():
            if Path(record.uri) in [root / name for name in LAST]:
                cache.remove_cache(record.pk)


def run_chapters(build: Path, root: Path, environment: dict[str, str]) -> None:
    """Run what has to be run, several notebooks at a time; then, in turn, those that gather what the others write."""
    from book.run_pages import run_pages

    last = [root / name for name in LAST]
    pages = sorted((root / "book").glob("*.ipynb"))
    run_pages([page for page in pages if page not in last], build / ".jupyter_cache", environment)
    run_pages([page for page in pages if page in last], build / ".jupyter_cache", environment, processes=1)


def build_book(out: Path, profile: str, root: Path = ROOT) -> int:
    """Build the book below ``out``; any warning is an error. Returns the exit status."""
    build = out / "_build"
    current = digest(root, profile)
    if not (Path(os.environ.get("HANDS_RESULTS", root / "results")) / profile).is_dir():
        (build / "executed-with").unlink(missing_ok=True)  # someone cleared the results; only a run writes them
    if forget_stale_results(build, current):
        print(f"Running every chapter (profile {profile}): their code, data or versions are new.", flush=True)
    forget_last_pages(build, root)
    run_chapters(build, root, {"HANDS_PROFILE": profile})
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    # --all: pages that did not change would keep their warnings to themselves
    command = [jupyter_book, "build", root, "--path-output", out, "--all", "-n", "-W", "--keep-going"]
    status = subprocess.run(command, env=os.environ | {"HANDS_PROFILE": profile}, check=False).returncode
    if digest(root, profile) != current:  # edited meanwhile: nobody knows which chapter saw what
        (build / "executed-with").unlink(missing_ok=True)
    return status


def main() -> None:
    """Build, and say where to look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", choices=["ci", "laptop", "paper"], default=os.environ.get("HANDS_PROFILE"))
    parser.add_argument("--out", type=Path, default=ROOT, help="the folder that gets _build/ (default: the project)")
    arguments = parser.parse_args()
    status = build_book(arguments.out.resolve(), arguments.profile or "laptop")
    page = arguments.out / "_build" / "html" / "index.html"
    if status:
        sys.exit(f"The book has errors or warnings: see above. Pages that could be built are beside {page}")
    print(f"\nThe book is ready. Open it in a browser:\n    {os.path.relpath(page)}")


if __name__ == "__main__":
    main()
