"""Jobs spread over processes of this machine, or over a cluster: none outlives the program or takes others with it."""

import argparse
import os
import pickle
import random
import signal
import socket
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import Process, get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from tqdm import tqdm

from lib.tools.commands import positive
from lib.tools.errors import BadInput

SECONDS_TO_ANSWER = 20  # for the scheduler of a cluster
Job = TypeVar("Job")
Result = TypeVar("Result")


def spread(
    make: Callable[[Job], Result],
    jobs: Sequence[Job],
    processes: int = 1,
    scheduler: str | None = None,
    lost: Callable[[Job], Result] | None = None,
) -> Iterator[Result]:
    """``make`` of every job, in any order: here, in ``processes`` of this machine, or on ``scheduler``'s cluster.

    A process takes one job at a time, and every job begins with a fresh graph of MediaPipe, so the result does not
    depend on how the jobs were spread. Where its process is lost, a job's result is ``lost(job)``, if that is given;
    on a cluster it is tried once more before. Raises BadInput where the scheduler is not there, or no longer.
    """
    if scheduler is None:
        yield from in_parallel(make, jobs, processes, lost)
        return
    with _client(scheduler) as client:
        from distributed import KilledWorker, as_completed

        # pure=False: a job that is given a second time is run a second time, and decides itself what is left to do
        given = dict(zip(client.map(partial(_in_turn, make), jobs, pure=False, retries=1), jobs))
        for future in as_completed(given):
            try:
                result = future.result()
            except KilledWorker:
                if lost is None:
                    raise
                result = lost(given[future])
            except CancelledError as error:
                again = "start it and give the command again, which goes on with what is left"
                raise BadInput(f"The dask scheduler at {scheduler} is gone; {again}.") from error
            except ImportError as error:  # no worker has come so far as to begin
                raise BadInput(f"The workers of {scheduler} lack this course ({error}): start them in it.") from error
            yield result
            future.release()  # the scheduler need not remember thousands of results


_turn = threading.Lock()


def _in_turn(make: Callable[[Job], Result], job: Job) -> Result:
    """One job at a time in a worker of several threads, too: torch and MediaPipe have threads of their own."""
    from distributed import get_worker

    with _turn, own_cores(get_worker().state.nthreads):
        return make(job)


@contextmanager
def own_cores(number: int) -> Iterator[None]:
    """Meanwhile this thread, and those that it starts, keep to ``number`` cores that no other worker here has taken.

    What a job calls has threads of its own, however few a worker was given, and they would run on its neighbours'
    cores. A core is taken by a name that Linux frees when the process ends; elsewhere, or where too few are left,
    nothing happens.
    """
    there = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else set()
    free = random.sample(sorted(there), len(there))  # two containers of one machine do not see each other's names
    own: set[int] = set()
    with ExitStack() as names:
        while free and len(own) < number:
            if _taken(core := free.pop(), names):
                own.add(core)
        if len(own) == number:
            os.sched_setaffinity(0, own)
            names.callback(os.sched_setaffinity, 0, there)
        yield


def _taken(core: int, names: ExitStack) -> bool:
    name = names.enter_context(socket.socket(socket.AF_UNIX))
    try:
        name.bind(f"\0hands-in-focus/core/{core}")
        return True
    except OSError:
        return False


def spread_options(
    parser: argparse.ArgumentParser, processes: int = os.cpu_count() or 1, about: str = "default: one a core"
) -> None:
    """The two options that say where the work is done."""
    parser.add_argument("--processes", type=positive, default=processes, metavar="N", help=about)
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a dask.distributed scheduler, such as tcp://HOST:8786")


def worker_threads(processes: int, scheduler: str | None) -> int | None:
    """How many threads a job should take of its machine's cores; None: as many as it likes, being alone."""
    if scheduler:
        from distributed import get_worker

        return get_worker().state.nthreads
    return max(1, (os.cpu_count() or 1) // processes) if processes > 1 else None


def in_parallel(
    make: Callable[[Job], Result], jobs: Sequence[Job], processes: int, lost: Callable[[Job], Result] | None = None
) -> Iterator[Result]:
    """Run the jobs, in this process or several, and give each result as it comes.

    What ``make`` raises is raised here. A process that the system ends (for want of memory, say) takes with it the job
    it was at: its result is ``lost(job)``, without which BadInput is raised, and another process takes its place.
    """
    if processes == 1:
        yield from map(make, jobs)
        return
    waiting, team = deque(jobs), {}
    try:
        while waiting or team:
            while waiting and len(team) < processes:
                _give(waiting.popleft(), *_started(make), team)
            for connection in wait(list(team)):
                process, job = team.pop(connection)
                answer = _answer(connection)
                if answer and waiting:
                    _give(waiting.popleft(), connection, process, team)
                else:
                    connection.close()  # on which the process ends, if it still lives
                    process.join()
                yield _result(answer, job, lost)
    finally:
        for process, _ in team.values():
            process.terminate()
        for process, _ in team.values():
            process.join()


def _started(make: Callable) -> tuple[Connection, Process]:
    context = get_context("spawn")  # threads and forks do not mix, and torch and MediaPipe have threads
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(make, there))
    process.start()
    there.close()  # so that the end of the process is the end of the line
    return here, process


def _give(job: Any, connection: Connection, process: Process, team: dict) -> None:
    team[connection] = process, job
    try:
        connection.send(job)
    except BrokenPipeError:
        pass  # it has just ended, as will be seen when its answer is waited for


def _answer(connection: Connection) -> tuple[Any, Exception | None] | None:
    """What the process sent, None where it has ended without."""
    try:
        return connection.recv()
    except (EOFError, ConnectionResetError):
        return None


def _result(answer: tuple[Any, Exception | None] | None, job: Any, lost: Callable | None) -> Any:
    if answer is None:
        if lost is None:
            raise BadInput(f"A process ended before its time at {job}, perhaps for want of memory; start fewer.")
        return lost(job)
    result, error = answer
    if error:
        raise error
    return result


def _work(make: Callable, connection: Connection) -> None:
    """One process: a job after the other, until no more come. It ends at once when the first one is gone or killed.

    Ctrl-C, which a terminal sends to all, is left to the first, which sends a SIGTERM.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tqdm.set_lock(threading.RLock())  # in place of a semaphore of the system's, which a killed process leaves behind
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            job = connection.recv()
            try:
                answer = make(job), None
            except Exception as error:
                answer = None, _portable(error)
            connection.send(answer)
    except EOFError:
        return
    except KeyboardInterrupt:
        sys.exit(130)


def _end_with_parent() -> None:
    wait([parent_process().sentinel])
    os._exit(1)


def _portable(error: Exception) -> Exception:
    """The error with its traceback as a note, or its text alone, where it cannot be sent to another process."""
    error.add_note(traceback.format_exc())
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")


def _client(scheduler: str):
    from distributed import Client

    try:
        return Client(scheduler, timeout=SECONDS_TO_ANSWER)
    except (OSError, ValueError) as error:
        raise BadInput(f"No dask scheduler answers at {scheduler}: start one with `dask scheduler`.") from error
    except TypeError as error:  # so dask says it
        why = "is reached by TLS, and dask knows no certificate"
        raise BadInput(f"{scheduler} {why}; name it in the variables that book/sixty_hours shows.") from error
