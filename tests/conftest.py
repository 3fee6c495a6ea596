"""What all tests share: a quiet, headless setting, results kept out of the project, an order that suits two cores."""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import matplotlib
import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
CI_BUILD = ROOT / ".cache" / "book-ci"

# Set before anything is imported, and inherited by every notebook kernel.
os.environ["HANDS_PROFILE"] = "ci"
os.environ["HANDS_RESULTS"] = str(ROOT / ".cache" / "test-results")
if "PYTEST_XDIST_WORKER" in os.environ:  # one of several processes: a thread for each is enough
    os.environ.setdefault("OMP_NUM_THREADS", "1")
matplotlib.use("Agg")  # here only: an environment variable would also reach the chapters and hide their pictures


# what tells the two generations of MediaPipe apart, without importing it: a folder that only the one has
GENERATIONS = {
    "solutions": ("python/solutions", "needs mediapipe 0.10.21: make test"),
    "tasks": ("tasks/c", "needs a newer mediapipe and its bundle: make next"),
}
# what such an error says: ours, Python's, and pose-format's
ASKS_FOR_0_10_21 = ("pip install mediapipe==0.10.21", "No module named 'mediapipe.python'", '"mediapipe<0.10.30"')


def is_installed(generation: str) -> bool:
    """Whether the MediaPipe that is installed is of that generation, a key of `GENERATIONS`."""
    found = find_spec("mediapipe")
    folders = found.submodule_search_locations if found else []
    return any((Path(folder) / GENERATIONS[generation][0]).is_dir() for folder in folders)


OF_THE_BOOK = ("test_book.py", "test_browser.py", "test_decks.py")


def group(item: pytest.Item) -> str | None:
    """What one of several processes (``-n 2 --dist loadgroup``) keeps together: the book, every file of tests.

    A slow test goes alone wherever there is room, unless it waits for what all chapters leave.
    """
    if item.path.name in OF_THE_BOOK or item.get_closest_marker("after_chapters"):
        return "book"
    return None if item.get_closest_marker("slow") else str(item.path)


def turn(item: pytest.Item) -> int:
    """Which tests come when: chapters, the longest, first; then the book, which takes over what they have run."""
    return (
        1 if group(item) == "book" else
        0 if item.path.name == "test_notebooks.py" and item.get_closest_marker("slow") else
        2 if item.get_closest_marker("slow") else
        3
    )  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of `turn`, in the groups of `group`; what needs the other generation of MediaPipe is skipped."""
    from lib.holistic.tasks import BUNDLE

    for generation, (_, reason) in GENERATIONS.items():
        if not is_installed(generation) or (generation == "tasks" and not BUNDLE.is_file()):
            for item in items:
                if item.get_closest_marker(generation):
                    item.add_marker(pytest.mark.skip(reason=reason))
    for item in items:
        if name := group(item):
            item.add_marker(pytest.mark.xdist_group(name))
    items.sort(key=turn)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where only the newer MediaPipe is, a test that ends because something asks for 0.10.21 is skipped.

    So nobody has to know which of two thousand tests come to look for a hand. Those that end otherwise are marked.
    """
    report = yield
    if report.failed and call.excinfo and not is_installed("solutions"):
        error, said = call.excinfo.value, "".join(text for _, text in report.sections)
        while error:  # and what it came from
            error, said = error.__cause__ or error.__context__, said + str(error)
        if any(words in said for words in ASKS_FOR_0_10_21):
            report.outcome, reason = "skipped", GENERATIONS["solutions"][1]
            report.longrepr = (str(item.path), (item.location[1] or 0) + 1, f"Skipped: {reason}")
    return report


@pytest.fixture(scope="module")
def one_thread():
    """On a machine that is busy, two threads wait for each other most of the time."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def build_book():
    """The module book/build_book.py."""
    sys.path.insert(0, str(ROOT / "book"))
    import build_book

    return build_book


@pytest.fixture(scope="session")
def chapter_cache(build_book):
    """The Jupyter cache of the tests' book: chapters that ran against today's sources, whoever ran them."""
    from jupyter_cache import get_cache

    CI_BUILD.mkdir(parents=True, exist_ok=True)
    with FileLock(CI_BUILD / "cache.lock"):  # several processes begin at once
        build_book.forget_stale_results(CI_BUILD / "_build", build_book.digest(ROOT, "ci"))
        cache = get_cache(str(CI_BUILD / "_build" / ".jupyter_cache"))
        cache.list_cache_records()  # makes the database
    return cache


def toc_entries() -> list[str]:
    """Every page of the table of contents, as _toc.yml names it."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    return [toc["root"]] + [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]


@pytest.fixture(scope="session")
def build_log(chapter_cache) -> tuple[int, str]:
    """Exit status and all that was said by a build that warnings make fail (-n -W --keep-going)."""
    command = [sys.executable, ROOT / "book" / "build_book.py", "--profile", "ci", "--out", CI_BUILD]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.returncode, run.stdout


@pytest.fixture(scope="session")
def html(build_log) -> Path:
    """The folder of the tests' book."""
    return CI_BUILD / "_build" / "html"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program, under the name that it has here."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None) or pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every file that is tracked, or would be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(autouse=True)
def open_gate(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Films of `enhance`'s tests are sharpened whatever it brings, but where that trial is what is tested."""
    if request.path.parent.name == "enhance" and request.path.stem != "test_enhance_gate":
        monkeypatch.setattr("lib.enhance.film.worth_it", lambda *_: True)
