"""lib.enhance twice at once, and after a run that was killed: one whole film, and nothing left over."""

import signal
import subprocess
import time

import numpy as np
import pytest
from enhance_films import FPS, command, names, run, weight_file

from lib.tools.files import written_whole
from lib.video import write_video
from lib.video.containers import frame_count


@pytest.fixture
def films(tmp_path):
    """A folder with the weights of a network."""
    weight_file(tmp_path)
    return tmp_path


def test_the_same_command_twice_at_once_works_once(films, capsys):
    film, results = write_video(films / "a.mp4", np.zeros((200, 96, 96, 3), np.uint8), FPS), films / "results"
    both = [subprocess.Popen(command(films, film, "--out", results / "o.mp4"), stderr=subprocess.PIPE, text=True)]
    while not results.exists():
        assert both[0].poll() is None
        time.sleep(0.01)
    both.append(subprocess.Popen(command(films, film, "--out", results / "o.mp4"), stderr=subprocess.PIPE, text=True))
    said = [process.communicate()[1] for process in both]
    assert frame_count(results / "o.mp4") == 200 and names(results) == ["o.mp4"]
    assert [process.returncode for process in both] in ([0, 1], [0, 0])  # the second may have come when all was done
    assert both[1].returncode == 0 or "o.mp4 is being written by another run; wait" in said[1]
    with written_whole(results / "p.mp4"):
        assert run(films, film, "--out", results / "p.mp4") == 1
    assert capsys.readouterr().err.count("p.mp4 is being written by another run") == 1


def test_a_killed_run_leaves_no_film_and_the_next_clears_up(films):
    film, results = films / "a.mp4", films / "results"
    write_video(film, np.random.default_rng(0).integers(0, 256, (300, 96, 96, 3), dtype=np.uint8), FPS)
    process = subprocess.Popen(command(films, film, "--out", results / "o.mp4"), stderr=subprocess.DEVNULL)
    while not results.exists() or not any(path.stat().st_size > 10_000 for path in results.glob("*.mp4")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert names(results) and all(name.startswith(".partial-") for name in names(results))
    write_video(film, np.zeros((2, 32, 32, 3), np.uint8), FPS)
    assert run(films, film, "--out", results / "o.mp4") == 0 and names(results) == ["o.mp4"]
