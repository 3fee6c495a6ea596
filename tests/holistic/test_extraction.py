"""A corpus at once: every video gets its file, runs go on, one bad video stops nobody, and a cluster does the same."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from lib.holistic import corpus
from lib.holistic.corpus import extract_folder, find_videos, main
from lib.keypoints import Keypoints
from lib.signer.clips import clips
from lib.tools import parallel
from lib.tools.errors import BadInput
from lib.tools.parallel import spread
from lib.video import read_video, write_video


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """Two short clips, one in a folder of its own."""
    folder, film = tmp_path_factory.mktemp("videos"), clips("d1_test")[0]
    frames = [frame for frame, _ in zip(read_video(film.input_path), range(4))]
    write_video(folder / "one.mp4", frames, 25)
    write_video(folder / "week2" / "two.mp4", frames[:2], 25)
    return folder


def square(number: int) -> int:
    return number * number


def test_every_video_gets_its_place(videos, tmp_path):
    outcomes = extract_folder(videos, tmp_path)
    assert not any(outcome.error for outcome in outcomes)
    assert len(Keypoints.load(tmp_path / "one.pose")) == 4
    assert len(Keypoints.load(tmp_path / "week2" / "two.pose")) == 2


def test_two_runs_give_the_same_and_the_second_does_nothing(videos, tmp_path, monkeypatch):
    extract_folder(videos, tmp_path / "a")
    extract_folder(videos, tmp_path / "b")
    first, second = (Keypoints.load(tmp_path / name / "one.pose").xyz for name in "ab")
    assert np.array_equal(first, second, equal_nan=True)
    monkeypatch.setattr("lib.holistic.graph.extract_file", lambda *_, **__: pytest.fail("it was there already"))
    extract_folder(videos, tmp_path / "a")


def test_the_largest_file_goes_first(tmp_path, monkeypatch):
    for name, size in (("a.mp4", 10), ("b.mp4", 30), ("c.mp4", 20)):
        (tmp_path / name).write_bytes(bytes(size))
    monkeypatch.setattr(corpus, "extract_video", lambda job: corpus.Outcome(job[0]))
    assert [outcome.path.name for outcome in extract_folder(tmp_path, tmp_path)] == ["b.mp4", "c.mp4", "a.mp4"]


def test_a_bad_video_is_named_and_the_others_are_done(videos, tmp_path, capsys):
    shutil.copytree(videos, tmp_path / "in")
    (tmp_path / "in" / "broken.mp4").write_bytes(b"no video")
    assert main([str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--processes", "1"]) == 1
    said = capsys.readouterr()
    assert "broken.mp4" in said.err and "2 of 3" in said.out
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["one.pose", "two.pose", "week2"]


def test_folders_that_cannot_be_used(tmp_path, capsys):
    with pytest.raises(BadInput, match="holds no videos"):
        find_videos(tmp_path)
    (tmp_path / "a.mp4").touch()
    (tmp_path / "a.webm").touch()
    with pytest.raises(BadInput, match="two videos called a"):
        find_videos(tmp_path)
    assert main([str(tmp_path), "--out", str(tmp_path), "--processes", "1"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_cluster_does_every_job():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        assert sorted(spread(square, range(6), scheduler=cluster.scheduler_address)) == [0, 1, 4, 9, 16, 25]


def lost_machine(number: int) -> int:
    from distributed import KilledWorker

    raise KilledWorker(f"square-{number}", SimpleNamespace(address="tcp://nowhere"), 1)


def test_a_job_that_a_cluster_loses_again_and_again_has_its_result():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster:
        work = spread(lost_machine, [1, 2], scheduler=cluster.scheduler_address, lost=lambda number: -number)
        assert sorted(work) == [-2, -1]
        with pytest.raises(distributed.KilledWorker):
            list(spread(lost_machine, [1], scheduler=cluster.scheduler_address))


def test_a_video_whose_process_is_lost_is_named(videos, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(parallel, "in_parallel", lambda make, jobs, processes, lost: [lost(jobs[0]), make(jobs[1])])
    assert main([str(videos), "--out", str(tmp_path), "--processes", "2"]) == 1
    said = capsys.readouterr()
    assert "one.mp4 failed: its process ended early, perhaps for want of memory" in said.err and "1 of 2" in said.out


def test_a_cluster_that_is_not_there(monkeypatch):
    monkeypatch.setattr(parallel, "SECONDS_TO_ANSWER", 1)
    with pytest.raises(BadInput, match="No dask scheduler answers"):
        list(spread(square, [1], scheduler="tcp://127.0.0.1:9"))
