"""A corpus at once: every video gets its file, runs go on, one bad video stops nobody, and a cluster does the same."""

import os
import shutil
import time
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from odd_films import film

from lib.enhance.jobs import plan
from lib.holistic import corpus, extract_file
from lib.holistic.corpus import extract_folder, find_videos, main
from lib.keypoints import Keypoints
from lib.signer.clips import clips
from lib.tools import parallel
from lib.tools.errors import BadInput
from lib.tools.parallel import spread
from lib.video import probe, read_all, read_video, write_video


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


@pytest.mark.solutions
def test_every_video_gets_its_place(videos, tmp_path):
    outcomes = extract_folder(videos, tmp_path)
    assert not any(outcome.error for outcome in outcomes)
    assert len(Keypoints.load(tmp_path / "one.pose")) == 4
    assert len(Keypoints.load(tmp_path / "week2" / "two.pose")) == 2


@pytest.mark.solutions
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


@pytest.mark.solutions
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


def no_course(number: int) -> int:
    raise ModuleNotFoundError("No module named 'lib'")


def slow(seconds: int) -> int:
    time.sleep(seconds)
    return seconds


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_lacks_the_course_or_goes_away_is_one_sentence():
    distributed = pytest.importorskip("distributed")
    how = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(**how) as cluster:
        with pytest.raises(BadInput, match=r"lack this course \(No module named 'lib'\): start them in it"):
            list(spread(no_course, [1], scheduler=cluster.scheduler_address))
        results = spread(slow, [0, 3, 3], scheduler=cluster.scheduler_address)
        assert next(results) == 0
        cluster.close()
        with pytest.raises(BadInput, match="is gone; start it and give the command again, which goes on"):
            list(results)


def test_a_video_whose_process_is_lost_is_named(videos, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(parallel, "in_parallel", lambda make, jobs, processes, lost: [lost(jobs[0]), make(jobs[1])])
    assert main([str(videos), "--out", str(tmp_path), "--processes", "2"]) == 1
    said = capsys.readouterr()
    assert "one.mp4 failed: its process ended early, perhaps for want of memory" in said.err and "1 of 2" in said.out


def test_a_cluster_that_is_not_there(monkeypatch):
    monkeypatch.setattr(parallel, "SECONDS_TO_ANSWER", 1)
    with pytest.raises(BadInput, match="No dask scheduler answers"):
        list(spread(square, [1], scheduler="tcp://127.0.0.1:9"))
    with pytest.raises(BadInput, match="TLS, and dask knows no certificate"):
        list(spread(square, [1], scheduler="tls://127.0.0.1:9"))


@pytest.fixture
def odd_folder(videos, tmp_path):
    """One film among what is none: files of other systems, a pipe, a link to nowhere, a folder that is called so."""
    folder = tmp_path / "odd"
    (folder / "__MACOSX").mkdir(parents=True)
    (folder / "d.mp4").mkdir()
    for name in ("a.mp4", "._a.mp4", "__MACOSX/a.mp4", ".partial-0123-a.mp4"):
        shutil.copy(videos / "one.mp4", folder / name)
    os.mkfifo(folder / "b.mp4")
    (folder / "c.mp4").symlink_to(folder / "nowhere.mp4")
    return folder


def test_what_is_no_film_is_passed_over(odd_folder, tmp_path):
    assert find_videos(odd_folder) == [odd_folder / "a.mp4"]
    assert [job.source.name for job in plan([odd_folder], tmp_path / "out", None)] == ["a.mp4"]
    images = tmp_path / "images"
    images.mkdir()
    os.mkfifo(images / "0.png")
    (images / "1.png").symlink_to(images / "nowhere.png")
    (images / "._2.png").touch()
    with pytest.raises(BadInput, match="holds no images"):
        probe(images)
    write_video(images / "of", np.zeros((2, 16, 16, 3), np.uint8), 25)
    os.mkfifo(images / "of" / "000002.png")
    assert probe(images / "of").frames == 2


def test_films_on_other_disks_are_found_once_and_no_circle_is_run(tmp_path, monkeypatch, recwarn):
    folder, other = tmp_path / "tv", tmp_path / "disk" / "two"
    for place in (folder / "z" / "a.mp4", other / "b.mp4", folder / ".hidden" / "c.mp4", tmp_path / "disk" / "no.mp4"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    for name, target in {"a": "z", "more": other, "again": other, "up": tmp_path, "z/self": ".", "gone": "?"}.items():
        (folder / name).symlink_to(target)
    (other / "back").symlink_to(folder)
    found = [str(path.relative_to(folder)) for path in find_videos(folder)]
    assert found == ["more/b.mp4", "z/a.mp4"] and not recwarn.list
    assert [job.source for job in plan([folder], folder, None)] == find_videos(folder)

    def closed(path, usual=Path.iterdir):
        if path.name == "z":
            raise PermissionError(13, "Permission denied", str(path))
        return usual(path)

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.warns(UserWarning, match=r"z cannot be looked into \(Permission denied\): films in it are left out"):
        assert [path.name for path in find_videos(folder)] == ["b.mp4"]


def test_a_thousand_films_are_found_in_no_time(tmp_path):
    for number in range(3000):
        (tmp_path / f"{number}.mp4").touch()
    started = time.process_time()
    assert len(find_videos(tmp_path)) == len(plan([tmp_path], tmp_path / "out", None)) == 3000
    assert time.process_time() - started < 3  # comparing each with each took ten


@pytest.mark.parametrize("name", [b"-a.mp4", b"12:30.mp4", b"a\xe9.mp4", b"a b'c\".mp4", b"%03d.mp4", b"a\nb.mp4"])
def test_films_of_any_name_are_done(videos, tmp_path, name, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(videos / "one.mp4", os.fsencode(folder) + b"/" + name)
    assert main([str(folder), "--out", str(tmp_path / "out"), "--processes", "1"]) == 0
    assert "1 of 1 videos" in capsys.readouterr().out and len(list((tmp_path / "out").iterdir())) == 1


def test_what_a_film_is_like_is_said_by_the_corpus_too(tmp_path, capsys):
    uneven = film(tmp_path / "in" / "a.webm", [0, 0.04, 0.08, 0.5, 0.54, 1.0], "libvpx", sizes=[(152, 168)])
    film(tmp_path / "in" / "b.mp4", [0, 0.04, 0.08], aspects=[Fraction(64, 45)])
    out = ["--out", str(tmp_path / "out")]
    assert main([str(tmp_path / "in"), *out, "--processes", "2"]) == 0
    said = capsys.readouterr().err
    assert (
        "Note: " in said and "a.webm has a variable frame rate" in said and "b.mp4: its pixels are not square" in said
    )
    assert Keypoints.load(tmp_path / "out" / "a.pose").fps == pytest.approx(5)
    assert Keypoints.load(tmp_path / "out" / "b.pose").size == (91, 48)
    assert main([str(tmp_path / "in"), "--out", str(tmp_path / "o2"), "--fps", "12", "--processes", "1"]) == 0
    assert Keypoints.load(tmp_path / "o2" / "a.pose").fps == 12
    with pytest.warns(UserWarning, match="variable frame rate"):
        assert extract_file(uneven, progress=False).fps == pytest.approx(5)
    assert len(extract_file(uneven, fps=7, progress=False)) == 6


def test_images_have_the_rate_that_is_given(videos, tmp_path):
    write_video(tmp_path / "images", read_all(videos / "one.mp4"), 25)
    with pytest.warns(UserWarning, match="images does not say how fast it plays: 25"):
        assert extract_file(tmp_path / "images", progress=False).fps == 25
    assert extract_file(tmp_path / "images", fps=50, progress=False).fps == 50


def test_a_folder_that_is_a_link_to_itself_is_refused(tmp_path, capsys):
    (loop := tmp_path / "loop").symlink_to(loop)
    assert main([str(loop), "--out", str(tmp_path / "k")]) == 1
    assert "loop is a link that leads nowhere" in capsys.readouterr().err
