"""Many films: one after the other, several at once, or on a cluster. What one film is like never stops the others."""

import argparse
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import torch
from tqdm import tqdm

from lib.enhance import enhance, table
from lib.enhance.jobs import Job
from lib.tools.commands import print_any_name
from lib.tools.errors import BadInput, in_a_line, printable
from lib.tools.parallel import spread, worker_threads
from lib.tools.processes import share_memory
from lib.upsampler import UNet, load, load_pretrained

LOST = "its process ended early, perhaps for want of memory"


@dataclass(frozen=True)
class Outcome:
    """What became of one film: whether it is done, a sentence, its row of the table and what there is to know."""

    job: Job
    done: bool
    text: str
    row: table.Row
    notes: Sequence[str] = ()


def work_through(jobs: Sequence[Job], options: argparse.Namespace) -> int:
    """All films, the largest first; the exit status. With ``options.again``, those also that are done already.

    Several films leave a table beside their results (`lib.enhance.table`), written anew after each of them, so that a
    run that ends early leaves the rows of what is done, and the next one takes them up. A film that was killed before
    its row was written is "to do" there, and is done again: what there was to know of it was lost.
    """
    path = options.out / table.NAME if len(jobs) > 1 else None
    known = table.read(path) if path else {}
    earlier = [job for job in jobs if job.done and not options.again and not table.is_left(known, job)]
    rows = {}
    if path:
        rows = {job.out: table.row_of_failed(job, "", table.LEFT) for job in jobs}
        rows |= {job.out: table.row_of_earlier(job, known) for job in earlier}
        table.write(rows.values(), path)
    for job in earlier:
        print(f"{job.out} is done already.")
    left = sorted(set(jobs).difference(earlier), key=lambda job: (-job.size, job.source))
    options.processes = max(1, min(options.processes, len(left)))
    outcomes = []
    with _bar(left, shown=len(jobs) > 1) as bar:
        work = partial(attempt, options=options, compare=path is not None)
        for outcome in spread(work, left, options.processes, options.scheduler, lost=_lost):
            outcomes.append(outcome)
            rows[outcome.job.out] = outcome.row
            if path:
                table.write(rows.values(), path)
            _tell(outcome, notes_too=bool(options.scheduler))
            bar.update(outcome.job.size)
    return _end(len(jobs), outcomes, options)


def _bar(jobs: Sequence[Job], shown: bool) -> tqdm:
    """One bar for all films, in bytes: what is left of it tells the time that is left."""
    size = sum(job.size for job in jobs)
    return tqdm(total=size, desc=f"{len(jobs)} films", unit="B", unit_scale=True, disable=not shown, leave=False)


def _tell(outcome: Outcome, notes_too: bool) -> None:
    """Its sentences, above the bar; a cluster's worker has said its notes where nobody reads them."""
    for note in outcome.notes if notes_too else ():
        tqdm.write(f"Note: {note}", file=sys.stderr)
    tqdm.write(printable(outcome.text), file=sys.stdout if outcome.done else sys.stderr)


def _end(films: int, outcomes: Sequence[Outcome], options: argparse.Namespace) -> int:
    if lost := sum(LOST in outcome.text for outcome in outcomes):
        fewer = max(1, options.processes // 2)
        again = f"give the command again with --processes {fewer}, and it goes on with what is left."
        print(f"{lost} processes ended early, perhaps for want of memory: {again}", file=sys.stderr)
    failed = sum(not outcome.done for outcome in outcomes)
    if films > 1:
        print(f"{films} films: {films - failed} done, {failed} failed.")
    return 1 if failed else 0


def _lost(job: Job) -> Outcome:
    return _failed(job, f"{job.source} failed: {LOST}.")


def _failed(job: Job, why: str, notes: Sequence[str] = ()) -> Outcome:
    return Outcome(job, False, why, table.row_of_failed(job, " ".join([*notes, why])), notes)


def attempt(job: Job, options: argparse.Namespace, compare: bool) -> Outcome:
    """One film, in whichever process: whatever is wrong with it, the others can be done."""
    if job.done and not options.again and not compare:  # a worker had just done it when it was lost, and needs no row
        return Outcome(job, True, f"{job.out} is done already.", {})
    share_memory()
    if threads := worker_threads(options.processes, options.scheduler):
        torch.set_num_threads(threads)
    notes: list[str] = []
    with _plain_words(notes):
        try:
            return _enhanced(job, options, compare, notes)
        except Exception as error:
            told = error if isinstance(error, BadInput) else f"{job.source} failed: {in_a_line(error)}."
            return _failed(job, str(told), notes)


def _enhanced(job: Job, options: argparse.Namespace, compare: bool, notes: list[str]) -> Outcome:
    part = {"crop": options.crop, "height": options.height, "fps": options.fps}
    alone = options.processes == 1 and not options.scheduler
    settings = {"device": _device(options.device), "looks": options.looks, "whole": options.whole}
    settings |= {"exact": options.exact, "always": options.always, "least": options.least, "progress": alone}
    summary = enhance(job.source, job.out, job.keypoints, model=network(options), **part, **settings)
    row = table.row_of(job, summary, options.height) | {"notes": " ".join(notes)} if compare else {}
    return Outcome(job, True, str(summary), row, notes)


def network(options: argparse.Namespace) -> UNet:
    """The network that the options name, read once by each process."""
    return _read(options.weights, options.model)


@lru_cache(maxsize=1)
def _read(weights: Path | None, model: str) -> UNet:
    return load(weights) if weights else load_pretrained(model)


def _device(name: str) -> str:
    """ "auto" is this machine's GPU, where it has one."""
    return name if name != "auto" else "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def _plain_words(notes: list[str]) -> Iterator[None]:
    """The course's own warnings as sentences, each time, other libraries' not at all; see `_own_stderr`."""

    def show(message: Warning, *_: object) -> None:
        notes.append(printable(str(message)))
        print(f"\nNote: {notes[-1]}", file=sys.stderr)

    print_any_name()  # in each process
    with _own_stderr(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("always", category=UserWarning, module=r"lib\.")
        warnings.showwarning = show
        yield


@contextmanager
def _own_stderr() -> Iterator[None]:
    """Python's messages past `lib.tools.quiet`, which holds back what descriptor 2 gets while MediaPipe works."""
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (OSError, ValueError):  # a stream without descriptor needs no other
        yield
        return
    names = "backslashreplace"  # a file's name may be no UTF-8
    with open(descriptor, "w", buffering=1, encoding="utf-8", errors=names) as stream, redirect_stderr(stream):
        yield
