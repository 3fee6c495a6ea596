"""Jobs spread over processes of this machine: none outlives the program, and none takes the others with it."""

import os
import pickle
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Process, get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from lib.errors import BadInput

Job = TypeVar("Job")
Result = TypeVar("Result")


def in_parallel(
    make: Callable[[Job], Result],
    jobs: Sequence[Job],
    processes: int,
    lost: Callable[[Job], Result] | None = None,
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


def end_with_parent() -> None:
    """Have this process end at once when the one that started it is gone, also where that was killed."""

    def watch() -> None:
        wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def interruptible() -> None:
    """Have SIGTERM raise KeyboardInterrupt, and leave Ctrl-C, which a terminal sends to all, to the first process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


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
    """One process: a job after the other, until no more come."""
    end_with_parent()
    interruptible()
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


def _portable(error: Exception) -> Exception:
    """The error with its traceback as a note, or its text alone, where it cannot be sent to another process."""
    error.add_note(traceback.format_exc())
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
