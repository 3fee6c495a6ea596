"""lib.enhance on many films: folders in folders, a table with a row a film, a cluster, and workers that die."""

import csv
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from enhance_films import FPS, signer, varying_rate, weight_file

from lib.enhance import table
from lib.enhance.cli import main
from lib.enhance.jobs import Job, plan
from lib.keypoints import load
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.video import write_video


@pytest.fixture
def films(tmp_path):
    """A folder with two films, one of them in a folder of its own, and the weights of a network."""
    write_video(tmp_path / "tv" / "a.mp4", signer(12), FPS)
    write_video(tmp_path / "tv" / "monday" / "b.mp4", signer(5), FPS)
    weight_file(tmp_path)
    return tmp_path


def run(films: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--weights", str(films / "tiny.safetensors"), "--looks", "1"])


def rows(folder: Path) -> list[dict[str, str]]:
    with open(folder / table.NAME, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def untimed(table: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row | {"seconds": ""} for row in table]


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_lies_in_folders_keeps_its_place(films):
    out = films / "sharp"
    write_video(out / "old.mp4", signer(2), FPS)
    jobs = plan([films / "tv"], out, films / "poses")
    assert [(job.source.name, job.out) for job in jobs] == [("a.mp4", out / "a.mp4"), ("b.mp4", out / "monday/b.mp4")]
    assert jobs[1].keypoints == films / "poses" / "monday" / "b.pose"
    assert [job.source.name for job in plan([films], out, None)] == ["a.mp4", "b.mp4"]  # what is ours is no film
    write_video(films / "tv" / "monday" / "b.avi", signer(2), FPS)
    with pytest.raises(BadInput, match="Two films are called monday/b"):
        plan([films / "tv"], out, None)


def test_a_film_that_was_replaced_is_done_again(tmp_path):
    job = Job(tmp_path / "a.mp4", tmp_path / "o.mp4", tmp_path / "o.pose")
    for second, path in enumerate((job.source, job.out, job.keypoints), start=1000):
        assert not job.done
        path.touch()
        os.utime(path, (second, second))
    assert job.done
    os.utime(job.source, (2000, 2000))
    assert not job.done


@pytest.mark.solutions
def test_the_table_has_a_row_a_film_and_outlives_the_run(films, capsys):
    (films / "tv" / 'bad, "film".mp4').write_text("no film")
    varying_rate(films / "tv" / "uneven.mp4", signer(12))
    out = films / "sharp"
    arguments = (films / "tv", "--out", out, "--keypoints", films / "poses")
    assert run(films, *arguments) == 1
    assert "4 films: 3 done, 1 failed" in capsys.readouterr().out
    first = rows(out)
    assert tuple(first[0]) == table.COLUMNS
    assert [(Path(row["film"]).name, row["state"]) for row in first] == [
        ("a.mp4", "done"),
        ('bad, "film".mp4', "failed"),
        ("b.mp4", "done"),
        ("uneven.mp4", "done"),
    ]
    a, bad, b, uneven = first
    assert (a["frames"], float(a["fps"]), a["compared_frames"]) == ("12", FPS, "2")
    found = load(films / "poses" / "a.pose").present("right_hand")
    assert float(a["right_hand"]) == pytest.approx(found.mean(), abs=1e-4)
    assert float(a["right_hand_after"]) == found[5:7].mean() and a["right_hand_before"] != ""
    assert "cannot be opened" in bad["notes"] and "variable frame rate" in uneven["notes"] and a["notes"] == ""
    assert run(films, *arguments) == 1 and rows(out) == first
    left = [row if row != uneven else row | {"state": table.LEFT, "notes": ""} for row in first]
    table.write(left, out / table.NAME)  # as a kill between the film and its row leaves it
    assert run(films, *arguments) == 1 and untimed(rows(out)) == untimed(first)
    (out / table.NAME).unlink()
    (films / "tv" / 'bad, "film".mp4').unlink()
    assert run(films, *arguments) == 0
    again = rows(out)
    assert [row["state"] for row in again] == ["done"] * 3
    assert (again[0]["right_hand"], again[0]["frames"], again[0]["seconds"]) == (a["right_hand"], "12", "")


def test_without_keypoints_the_table_says_nothing_of_hands(films):
    assert run(films, films / "tv", "--out", films / "sharp") == 0
    assert {row["right_hand"] + row["compared_frames"] for row in rows(films / "sharp")} == {""}


@pytest.mark.parametrize("text", ["", "state\n", "\0", "film,result,state\n\xff,o,done\n"])
def test_whatever_lies_under_the_tables_name_is_no_obstacle(tmp_path, text):
    (tmp_path / table.NAME).write_text(text, encoding="latin-1")
    assert set(table.read(tmp_path / table.NAME)) <= {"o"}
    assert table.row_of_earlier(Job(tmp_path / "a.mp4", tmp_path / "gone.mp4", None), {})["state"] == "failed"


@pytest.mark.parametrize("name", [b"a.mp4", b"caf\xe9.mp4", "süß.mp4".encode()])
def test_a_table_knows_its_films_again_whatever_their_names(tmp_path, name):
    job = Job(tmp_path / "in.mp4", tmp_path / os.fsdecode(name), None)
    table.write([table.row_of_failed(job, "", table.LEFT)], tmp_path / table.NAME)
    assert table.is_left(table.read(tmp_path / table.NAME), job)
    table.write([table.row_of_failed(job, "n", "done")], tmp_path / table.NAME)
    known = table.read(tmp_path / table.NAME)
    assert not table.is_left(known, job) and table.row_of_earlier(job, known)["notes"] == "n"
    assert not table.is_left({}, job)  # of another run, or in a table that is no table: as its results are


def start(films: Path, scheduler: str, out: str, *arguments: str) -> subprocess.Popen:
    """The command in a terminal of its own, its places given as a user in that folder would."""
    words = ("tv", "--out", out, "--keypoints", f"{out}-poses", "--weights", "tiny.safetensors", "--looks", "1")
    return subprocess.Popen(
        [sys.executable, "-m", "lib.enhance", *words, "--always", "--scheduler", scheduler, *arguments],
        cwd=films,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def cluster(tmp_path):
    """Two workers of one thread each, in folders of their own."""
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=tmp_path / "dask"
        ) as cluster:
            yield cluster


@pytest.mark.slow
def test_a_cluster_gives_what_this_machine_gives_though_a_worker_is_killed(films, cluster):
    write_video(films / "tv" / "c.mp4", [*signer(60), *signer(40)], FPS)
    varying_rate(films / "tv" / "uneven.mp4", signer(12))
    assert run(films, films / "tv", "--out", films / "here", "--keypoints", films / "here-poses") == 0
    process = start(films, cluster.scheduler_address, "there")
    _kill_who_writes(films / "there", "c.mp4", [worker.pid for worker in cluster.workers.values()])
    said, noted = process.communicate(timeout=240)
    assert process.returncode == 0 and "4 films: 4 done, 0 failed." in said, noted
    assert "Note: " in noted and "variable frame rate" in noted
    for part in ("", "-poses"):
        results = [name for name in names(films / f"here{part}") if name != table.NAME]
        assert [name for name in names(films / f"there{part}") if name != table.NAME] == results
        for name in results:
            assert sha256(films / f"here{part}" / name) == sha256(films / f"there{part}" / name), name
    assert [row["frames"] for row in rows(films / "there")] == [row["frames"] for row in rows(films / "here")]


def _kill_who_writes(folder: Path, name: str, workers: list[int]) -> None:
    """SIGKILL the worker that has the unfinished film open, once part of it is on the disk."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for partial in folder.glob(f".partial-*-{name}"):
            for pid in workers if partial.stat().st_size else ():
                if any(_opens(link, partial) for link in Path(f"/proc/{pid}/fd").iterdir()):
                    os.kill(pid, signal.SIGKILL)
                    return
        time.sleep(0.05)
    raise AssertionError(f"nobody wrote {name}")


def _opens(link: Path, path: Path) -> bool:
    try:
        return os.path.samefile(link, path)
    except OSError:
        return False
