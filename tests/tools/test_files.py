"""lib.tools.files: whole files or none, one writer at a time, and nothing of anybody else's is touched."""

import errno
import os
import signal
import stat
import subprocess
import sys

import pytest

from lib.tools.errors import BadInput
from lib.tools.files import one_writer, written_whole
from lib.video import write_video


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path, text: str, **how) -> None:
    with written_whole(path, **how) as partial:
        partial.write_text(text)


def test_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write(path, "first")
    with pytest.raises(KeyError), written_whole(path) as partial:
        partial.write_text("half")
        assert (partial.parent, partial.suffix, partial.name[:9]) == (path.parent, ".txt", ".partial-")
        raise KeyError
    assert path.read_text() == "first" and names(path.parent) == ["a.txt"]


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_rights_are_those_of_any_new_file_and_a_private_one_stays_private(tmp_path, mask):
    before = os.umask(mask)
    try:
        write(tmp_path / "a.txt", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o666 & ~mask
    (tmp_path / "a.txt").chmod(0o600)
    write(tmp_path / "a.txt", "again")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o600


def test_file_and_folder_are_on_the_disk_before_the_name_is_given(tmp_path, monkeypatch):
    done, fsync, replace = [], os.fsync, type(tmp_path).replace
    monkeypatch.setattr(os, "fsync", lambda file: done.append(stat.S_IFMT(os.fstat(file).st_mode)) or fsync(file))
    monkeypatch.setattr(type(tmp_path), "replace", lambda *paths: done.append("named") or replace(*paths))
    write(tmp_path / "a.txt", "text")
    assert done == [stat.S_IFREG, "named", stat.S_IFDIR]


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to a pipe"])
def test_only_regular_files_are_written(tmp_path, kind):
    path, pipe = tmp_path / "a.mp4", tmp_path / "pipe"
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path if kind == "pipe" else pipe)
    if kind == "link to a pipe":
        path.symlink_to(pipe)
    before = names(tmp_path)
    for attempt in (lambda: write(path, "text"), lambda: write_video(path, iter(()), 25)):
        with pytest.raises(BadInput, match=r"a\.mp4 is a .*give the name of a file"):
            attempt()
    assert names(tmp_path) == before


def test_two_writers_give_one_whole_file_or_the_second_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    with written_whole(path) as first:
        first.write_text("first")
        with pytest.raises(BadInput, match=r"a\.txt is being written by another run"):
            write(path, "refused", alone=True)
        write(path, "second")
        assert path.read_text() == "second"
    assert path.read_text() == "first" and names(tmp_path) == ["a.txt"]
    write(path, "alone again", alone=True)
    assert path.read_text() == "alone again"


WRITER = """
import sys, time
from pathlib import Path
from lib.tools.files import written_whole

with written_whole(sys.argv[1]) as partial:
    partial.write_text("half")
    partial.with_name(f"{partial.name}-more").write_text("half")
    print(partial.name, flush=True)
    time.sleep(600)
"""


def killed_run(path) -> str:
    """The name of what it leaves."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    left = process.stdout.readline().strip()
    with pytest.raises(BadInput, match="is being written by another run"):
        write(path, "meanwhile", alone=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return left


def test_a_killed_run_leaves_no_file_of_that_name_and_the_next_one_clears_up(tmp_path):
    path, other = tmp_path / "a.txt", tmp_path / ".partial-0123456789abcdef-a.txt"
    other.write_text("mine, whatever it is called")
    left = killed_run(path)
    assert not path.exists() and left in names(tmp_path)
    write(tmp_path / "b.txt", "nothing to do with it")
    assert left in names(tmp_path)
    write(path, "whole", alone=True)
    assert names(tmp_path) == [other.name, "a.txt", "b.txt"] and path.read_text() == "whole"


def test_what_is_being_read_is_never_cleared_up(tmp_path):
    path = tmp_path / "a.txt"
    left = killed_run(path)
    write(path, "whole", spare=[tmp_path / left])
    assert names(tmp_path) == [left, "a.txt"] and (tmp_path / left).read_text() == "half"


@pytest.mark.parametrize("text", ["a film of mine", "0123456789abcdef", "0123456789abcdef host\nand more"])
def test_a_file_that_is_called_like_a_lock_is_left_alone(tmp_path, text):
    lock = tmp_path / ".partial-a.txt.lock"
    lock.write_text(text)
    write(tmp_path / "a.txt", "whole", alone=True)
    assert lock.read_text() == text and (tmp_path / "a.txt").read_text() == "whole"


def test_what_another_machine_left_is_left(tmp_path):
    (tmp_path / ".partial-a.txt.lock").write_text("0123456789abcdef elsewhere\n")
    (tmp_path / ".partial-0123456789abcdef-a.txt").write_text("its writer may be alive")
    write(tmp_path / "a.txt", "whole")
    assert names(tmp_path) == [".partial-0123456789abcdef-a.txt", "a.txt"]


def test_names_as_long_as_a_disk_allows(tmp_path):
    path = tmp_path / f"{'ä' * 125}.txt"
    write(path, "whole", alone=True)
    assert names(tmp_path) == [path.name]
    with pytest.raises(OSError, match="too long") as caught, written_whole(tmp_path / f"{'a' * 300}.txt"):
        pytest.fail("that is known before any work begins")
    assert "a" * 300 in str(caught.value)


def test_many_writers_at_once_each_hold_it_alone(tmp_path):
    """The lock's file comes and goes; no two may hold it at once."""
    code = """
import sys, time
from pathlib import Path
from lib.tools.errors import BadInput
from lib.tools.files import one_writer
held, end = 0, time.time() + 2
while time.time() < end:
    try:
        with one_writer(Path(sys.argv[1]), alone=True):
            mark = Path(sys.argv[1] + ".held")
            mark.touch(exist_ok=False)
            mark.unlink()
            held += 1
    except BadInput:
        pass
print(held)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "a.txt")]
    team = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    held = [process.communicate()[0] for process in team]
    assert all(process.returncode == 0 for process in team) and sum(map(int, held)) > 10
    assert names(tmp_path) == []


def test_a_folder_of_frames_is_written_by_one_run(tmp_path, monkeypatch):
    import numpy as np

    frames, folder = np.zeros((3, 8, 8, 3), np.uint8), tmp_path / "frames"
    (tmp_path / ".partial-frames").mkdir()
    (tmp_path / ".partial-frames" / "mine.txt").touch()
    with one_writer(folder), pytest.raises(BadInput, match="frames is being written by another run"):
        write_video(folder, frames, 25)
    write_video(folder, frames, 25)
    assert len(names(folder)) == 3 and names(tmp_path) == [".partial-frames", "frames"]
    assert names(tmp_path / ".partial-frames") == ["mine.txt"]
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="file is a file"):
        write_video(tmp_path / "file", frames, 25)


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from lib.tools.commands import command
from lib.tools.files import written_whole
from lib.video import write_video

noise = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), np.uint8)

def json(path):
    with written_whole(path) as partial:
        partial.write_text("1" * 20_000)

def npy(path):
    with written_whole(path) as partial:
        np.save(partial, noise)

def npz(path):
    with written_whole(path) as partial:
        np.savez_compressed(partial, noise=noise)

def mp4(path):
    write_video(path, noise, 25, crf=1)

def pt(path):
    import torch
    from lib.tools.checkpoints import write_tensors
    write_tensors(path, torch.from_numpy(noise))

@command
def main():
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
    globals()[sys.argv[1]](Path(sys.argv[2]))

sys.exit(main())
"""


@pytest.mark.parametrize("kind", ["json", "npy", "npz", "pt", "mp4"])
def test_where_no_room_is_left_the_old_file_stays(tmp_path, kind):
    """A limit on the size of files acts as a full disk does."""
    path = tmp_path / f"a.{kind}"
    path.write_text("what was there")
    run = subprocess.run([sys.executable, "-c", FULL, kind, str(path)], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (1, "") and run.stderr.count("\n") == 1, run.stderr
    assert f"a.{kind} was not written (" in run.stderr and "make room, or choose another place" in run.stderr
    assert path.read_text() == "what was there" and names(tmp_path) == [path.name]


def test_a_part_of_something_larger_is_named_as_the_reader_knows_it(tmp_path):
    with pytest.raises(BadInput, match=r"/a\.pose was not written"), written_whole(tmp_path / "a.pose") as partial:
        with written_whole(partial):
            raise OSError(errno.ENOSPC, "No space left on device")
