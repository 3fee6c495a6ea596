"""Minutes to run come from a build, through one table, and stand wherever a page says them."""

import nbformat
import pytest
from conftest import ROOT
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from book import run_times
from lib.tools.errors import BadInput

PAGES = sorted((ROOT / "book").glob("*.ipynb"))
MACHINES = {
    "fast": {"told": "a fast one", "kind": "measured", "seconds": {"01a_page": 59.9, "02_page": 200.0}},
    "slow": {"told": "one core", "kind": "measured", "seconds": {"01a_page": 60.5}},
    "full": {"told": "a machine of many", "kind": "crowded", "seconds": {"01a_page": 9000.0, "03_page": 20.0}},
}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_says_its_slowest_measured_run(path):
    opening = nbformat.read(path, as_version=4).cells[0].source
    assert run_times.OPENING.search(opening), "say: **Time:** about ... minutes to run on a laptop"
    assert run_times.renewed(opening, path.stem, run_times.read()) == opening, "run: python -m book.run_times"


def test_each_page_has_run_on_the_slower_machine_or_is_said_to_be_computed():
    """What the earlier machine ran lacks the pages that have been divided since."""
    machines, names = run_times.read(), {path.stem for path in PAGES}
    slow, computed = (set(machines[name]["seconds"]) for name in ("one_core", "computed"))
    assert not slow & computed and slow | computed == names
    assert len(names & set(machines["earlier"]["seconds"])) > len(names) / 2
    assert {machine["kind"] for machine in machines.values()} <= {"measured", "crowded", "computed"}
    assert all(machine["told"] for machine in machines.values())


@pytest.mark.parametrize("name", ["README.md", "book/intro.md"])
def test_lists_say_the_same(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert run_times.LISTED.search(text) or run_times.MEANWHILE.search(text)
    assert run_times.renewed_list(text, run_times.read()) == text, "run: python -m book.run_times"


def test_the_slowest_counts_and_a_crowded_one_does_not():
    assert [run_times.minutes(page, MACHINES) for page in ("01a_page", "02_page")] == [2, 4]
    with pytest.raises(BadInput, match=r"run_times.toml has no run of 03_page: `make book`, then"):
        run_times.minutes("03_page", MACHINES)


def test_what_is_computed_gives_way_to_what_is_measured():
    machines = {"guess": {"told": "g", "kind": "computed", "seconds": {"a": 500, "b": 61}}}
    assert [run_times.minutes(page, machines) for page in "ab"] == [9, 2]
    after = run_times.kept(machines, "one", {"a": 30.0}, "one core", "measured")
    assert [run_times.minutes(page, after) for page in "ab"] == [1, 2] and after["guess"]["seconds"] == {"b": 61}
    crowded = run_times.kept(after, "full", {"b": 900.0}, "", "crowded")
    assert run_times.minutes("b", crowded) == 2 and crowded["full"]["kind"] == "crowded"


def test_minutes_are_written_in_their_number():
    text = "# T\n\n**Time:** about 9 minutes to run on a laptop, about 9 minutes to read."
    assert "about 2 minutes to run" in run_times.renewed(text, "01a_page", MACHINES)
    one = {"fast": {"told": "", "kind": "measured", "seconds": {"a": 3}}}
    assert run_times.renewed(text, "a", one).endswith("about 1 minute to run on a laptop, about 9 minutes to read.")


def test_a_builds_times_are_kept_and_come_back(tmp_path):
    cache = get_cache(str(tmp_path / ".jupyter_cache"))
    for name, seconds in {"b": 3.21, "a": 70.0}.items():
        data = {"execution_seconds": seconds, "processor_seconds": 2 * seconds}
        page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"'{name}'")])
        page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        bundle = CacheBundleIn(page, str(tmp_path / f"{name}.ipynb"), data=data)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    assert run_times.of_build(tmp_path / ".jupyter_cache", processor=False) == {"a": 70.0, "b": 3.2}
    assert run_times.of_build(tmp_path / ".jupyter_cache", processor=True) == {"a": 140.0, "b": 6.4}
    run_times.write(MACHINES, tmp_path / "table.toml")
    assert run_times.read(tmp_path / "table.toml") == MACHINES


def test_without_a_build_one_sentence(tmp_path):
    with pytest.raises(BadInput, match="is not there: run `make book` first"):
        run_times.of_build(tmp_path / "nowhere", processor=True)
