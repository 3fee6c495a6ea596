"""Run the book's notebooks, several at a time, and leave them in Jupyter's cache.

The book's builder runs one notebook after another; what it finds in the cache it need not run.
"""

import os
import resource
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution

from lib.tools.parallel import in_parallel

PROCESSES = min(2, os.cpu_count() or 1)  # a notebook takes up to 2 GB of memory, and more cores help it by themselves
SECONDS_A_CELL = 1800  # as in _config.yml


def run_pages(pages: Sequence[Path], cache: Path, environment: Mapping[str, str], processes: int = PROCESSES) -> None:
    """Run those notebooks that the folder ``cache`` does not hold yet, and tell of each as it ends.

    One that fails is not kept: the builder runs it once more and shows its error in the page.
    """
    known = get_cache(str(cache))
    known.list_cache_records()  # makes the database, before several processes want it
    waiting = [page for page in pages if not _is_kept(page, known)]
    threads = {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // processes))}  # or all wait for each other
    run = partial(run_page, cache=cache, environment={**threads, **environment})
    for number, told in enumerate(in_parallel(run, waiting, processes, lost=_lost), 1):
        print(f"{number} of {len(waiting)}: {told}", flush=True)


def run_page(page: Path, cache: Path, environment: Mapping[str, str]) -> str:
    """Run one notebook in its folder and keep it; what is to be said of it.

    Two times are kept with it, in seconds: by the clock, and of all processors, which other programs hardly change.
    """
    os.environ.update(environment)  # the kernel inherits it
    notebook, before = nbformat.read(page, as_version=4), _processor_seconds()
    run = single_nb_execution(notebook, cwd=str(page.parent), timeout=SECONDS_A_CELL, allow_errors=False)
    if run.err:
        return f"{page.name} fails ({type(run.err).__name__}) and is run once more below"
    worked = _processor_seconds() - before
    bundle = CacheBundleIn(notebook, str(page), data={"execution_seconds": run.time, "processor_seconds": worked})
    get_cache(str(cache)).cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    return f"{page.name}, {run.time:.0f} s, {worked:.0f} of a processor"


def _processor_seconds() -> float:
    """What the kernels that this process began and ended have used, with all that these began."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _is_kept(page: Path, known) -> bool:
    try:
        known.match_cache_notebook(nbformat.read(page, as_version=4))
    except KeyError:
        return False
    return True


def _lost(page: Path) -> str:
    return f"{page.name} was ended by the system (no memory?) and is run once more below"
