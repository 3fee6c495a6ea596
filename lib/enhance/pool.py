"""Several films at once, each in a process of its own.

One film keeps about two cores busy, since MediaPipe follows the signer from frame to frame and cannot be in two
places of a film. A machine with more cores, and more than one film, is used up by more processes. Each takes the next
film as soon as it has done one, so long and short films even out.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from typing import Any, TypeVar

from lib.tools.parallel import end_with_parent, interruptible

Job = TypeVar("Job")
Work = Callable[[Iterable[Job]], Iterator[bool]]

_UNTOUCHED, _DONE, _FAILED = range(3)


def side_by_side(work: Work, jobs: Sequence[Job], processes: int) -> tuple[list[bool], int]:
    """``list(work(jobs))``, its jobs shared among processes; and how many processes ended before their time.

    ``work`` draws jobs and gives for each whether it succeeded; it is a module's function, or a `partial` of one, as
    it is sent to other processes. A process that the system ends (for want of memory, say) takes with it the job it
    was at, which counts as failed; the others go on with the rest. On Ctrl-C or SIGTERM, which must raise
    KeyboardInterrupt here, each process gets a SIGTERM that raises it there, and has tidied up when it is raised here.
    """
    context = get_context("spawn")  # threads and forks do not mix, and torch and MediaPipe have threads
    taken, outcomes = context.Value("i", 0), context.Array("b", len(jobs))
    share = (work, jobs, _threads_each(processes), taken, outcomes)
    pool = [context.Process(target=_take_part, args=share) for _ in range(min(processes, len(jobs)))]
    try:
        for process in pool:
            process.start()
        for process in pool:
            process.join()
    finally:
        for process in pool:
            if process.is_alive():
                process.terminate()
        for process in pool:
            if process.pid:
                process.join()
    return [outcome == _DONE for outcome in outcomes], sum(process.exitcode != 0 for process in pool)


def _threads_each(processes: int) -> int:
    import torch

    return max(1, torch.get_num_threads() // processes)


def _take_part(work: Work, jobs: Sequence[Job], threads: int, taken: Any, outcomes: Any) -> None:
    """One process: draw jobs until none is left."""
    import torch

    end_with_parent()
    interruptible()
    torch.set_num_threads(threads)
    mine = 0

    def drawn() -> Iterator[Job]:
        nonlocal mine
        while (mine := _next(taken)) < len(jobs):
            yield jobs[mine]

    try:
        for succeeded in work(drawn()):
            outcomes[mine] = _DONE if succeeded else _FAILED
    except KeyboardInterrupt:
        sys.exit(130)


def _next(taken: Any) -> int:
    with taken.get_lock():
        taken.value += 1
        return taken.value - 1
