"""lib.tools.parallel: every job has a result, whatever becomes of its process, and no process outlives the first."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tqdm import tqdm

from lib.tools.errors import BadInput
from lib.tools.parallel import in_parallel, own_cores


class Unportable(Exception):
    """An error that cannot be sent to another process, like FFmpeg's."""

    def __init__(self, code: int, text: str):
        super().__init__(text)


def square(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 13:
        raise KeyError("thirteen")
    if number == 14:
        raise Unportable(14, "fourteen")
    return number * number


@pytest.mark.parametrize("processes", [1, 2])
def test_every_job_has_its_result(processes):
    assert sorted(in_parallel(square, [1, 2, 4, 5], processes)) == [1, 4, 16, 25]
    assert list(in_parallel(square, [], processes)) == []


def test_a_process_that_is_killed_costs_its_job_and_no_other():
    assert sorted(in_parallel(square, [3, 1, 2, 3, 4], 2, lost=lambda number: -number)) == [-3, -3, 1, 4, 16]
    with pytest.raises(BadInput, match="ended before its time at 3, perhaps for want of memory"):
        list(in_parallel(square, [3, 1], 2))


def test_errors_are_raised_here_as_they_are():
    with pytest.raises(KeyError, match="thirteen") as caught:
        list(in_parallel(square, [13, 1], 2))
    assert "in square" in caught.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Unportable: fourteen"):
        list(in_parallel(square, [14, 1], 2))


def counted(number: int) -> int:
    """With a bar, as nearly all jobs have one, be it out of sight."""
    return square(list(tqdm([number], disable=True))[0])


def test_a_process_that_is_killed_is_no_reason_for_pythons_own_words(tmp_path):
    program = PROGRAM.replace("sleep", "counted").replace("sys.argv[1:], 2", "[3, 1], 2, lost=abs")
    (tmp_path / "program.py").write_text(program)
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    command = [sys.executable, str(tmp_path / "program.py")]
    run = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")  # once it was "1 leaked semaphore", with a line of Python's


def sleep(mark: str) -> None:
    Path(mark).write_text(str(os.getpid()))
    time.sleep(600)


PROGRAM = """
import sys
from test_parallel import sleep
from lib.tools.parallel import in_parallel, own_cores

if __name__ == "__main__":
    list(in_parallel(sleep, sys.argv[1:], 2))
"""


def test_no_process_outlives_the_first(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    marks = [tmp_path / "a", tmp_path / "b"]
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    command = [sys.executable, str(tmp_path / "program.py"), *map(str, marks)]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths})
    while not all(mark.exists() and mark.read_text() for mark in marks):
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    end = time.monotonic() + 10
    while alive := [mark for mark in marks if is_alive(int(mark.read_text()))]:
        assert time.monotonic() < end, f"{alive} live on"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state.strip()) and "Z" not in state


def kept(job: tuple[Path, int]) -> set[int]:
    """The cores that a process of this kind keeps to; it lives on until so many have taken theirs."""
    folder, others = job
    with own_cores(1):
        (folder / str(os.getpid())).touch()
        while len(list(folder.iterdir())) < others:
            time.sleep(0.05)
        return os.sched_getaffinity(0)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system gives no cores away")
def test_workers_keep_to_a_core_each_and_one_too_many_to_none(tmp_path):
    if "hands-in-focus/core" in Path("/proc/net/unix").read_text():
        pytest.skip("other workers are at work on this machine")
    there = os.sched_getaffinity(0)
    count = len(there) + 1
    found = list(in_parallel(kept, [(tmp_path, count)] * count, count))
    assert sorted(core for cores in found if len(cores) == 1 for core in cores) == sorted(there)
    assert [cores for cores in found if len(cores) > 1] == [there]
    with own_cores(len(there) + 1):  # what has ended has given its cores back, but so many there are not
        assert os.sched_getaffinity(0) == there
    with own_cores(1):
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == there
