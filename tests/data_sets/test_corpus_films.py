"""R2's corpora, for readers who have access: clips cut by the tables out of stand-ins, and what training reads."""

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from stand_ins import on_stage, script, signing

from book.studies.signs import sets
from data_scripts import corpus_films
from data_scripts.shared.corpus_pictures import read_pictures
from data_scripts.shared.manifest import is_complete
from lib.keypoints import HOLISTIC_67, HOLISTIC_75, Keypoints
from lib.ptn.corpora import Inputs, load_corpus
from lib.tools.errors import BadInput
from lib.video import write_video


@pytest.fixture
def tables(tmp_path) -> Path:
    """What data_scripts/signon_splits.py writes, of five Flemish examples and two Dutch ones."""
    folder = tmp_path / "signon"
    folder.mkdir()
    columns = ["id", "gloss", "label", "signer", "video", "language", "subset"]
    vgt = [
        [7, "NULL", 1, "i001", "a.mp4", "VGT", "train"],
        [8, "WG-1", 0, "i001", "b.mp4", "VGT", "train"],
        [9, "WG-1", 0, "i002", "c.mp4", "VGT", "val"],
        [11, "WG-1", 0, "i003", "d.mp4", "VGT", "test"],
        [12, "WG-1", 0, "i003", "e.mp4", "VGT", "test"],
    ]
    ngt = [[1, "PO", 0, "S001", "f.mp4", "NGT", "train"], [2, "PO", 0, "S002", "g.mp4", "NGT", "val"]]
    examples = pd.DataFrame(vgt + ngt, columns=columns)
    for language in ("VGT", "NGT"):
        for subset in ("train", "val", "test"):
            part = examples[(examples.language == language) & (examples.subset == subset)]
            part.to_csv(folder / f"{language.lower()}_{subset}.csv", index=False)
    cut = [[7, "CVGT_01/x_i001.mp4", 100, 340, ""], [8, "CVGT_01/x_i001.mp4", 400, 412, ""]]
    cut += [[9, "CVGT_01/x_i002.mp4", 0, 200, ""], [11, "CVGT_02/y_i003.mp4", 0, 200, ""]]
    cut += [[12, "CVGT_01/x_i001.mp4", 5000, 5200, ""]]
    columns = ["id", "film", "start_ms", "end_ms", "side"]
    pd.DataFrame(cut, columns=columns).to_csv(folder / "vgt_cuts.csv", index=False)
    halves = [[1, "CNGT0001.mpg", 0, 200, "left"], [2, "CNGT0001.mpg", 0, 200, "right"]]
    pd.DataFrame(halves, columns=columns).to_csv(folder / "ngt_cuts.csv", index=False)
    return folder


def test_the_corpus_vgt_becomes_what_ptn_reads(tables, tmp_path, capsys):
    films, out = tmp_path / "films", tmp_path / "vgt"
    write_video(films / "CVGT_01" / "x_i001.mkv", on_stage(signing()[:12], (960, 540), (200, 0), 540), 25)
    write_video(films / "elsewhere" / "x_i002.mp4", on_stage(signing()[:5], (480, 270), (100, 0), 270), 25)
    argv = ["--source", films, "--tables", tables, "--out", out, "--processes", "1"]
    argv, corpus_vgt = [str(word) for word in argv], script("corpus_vgt")
    assert corpus_vgt.main(argv) == 1
    said = capsys.readouterr()
    assert "x_i002.mp4 is 480 x 270" in said.err and "Ghent University" in said.out
    assert "2 of 5 clips, 1 signers" in said.out
    assert "1 films are missing (CVGT_02/y_i003.mp4 ...), with 1 clips" in said.out
    assert "1 clips lie behind the end" in said.out
    corpus = load_corpus("vgt", out)
    assert corpus.labels.tolist() == [1, 0] and np.diff(corpus.starts).tolist() == [6, 1]
    assert corpus.facts["glosses"] == {"0": "WG-1", "1": "NULL"} and [len(part) for part in corpus.split] == [2, 0, 0]
    clip = corpus.keypoints(0)
    assert clip.layout == HOLISTIC_67 and clip.size == (960, 540) and clip.present("pose").all()
    assert np.isfinite(corpus.each(Inputs())[1]).all()
    kept = out / "films" / "x_i001.npz"
    stamp = kept.stat().st_mtime_ns
    assert corpus_vgt.main(argv) == 1 and kept.stat().st_mtime_ns == stamp and is_complete(out)
    cut = pd.read_csv(tables / "vgt_cuts.csv", keep_default_na=False)
    cut.assign(end_ms=cut.end_ms + 40).to_csv(tables / "vgt_cuts.csv", index=False)
    assert corpus_vgt.main(argv) == 1 and np.diff(load_corpus("vgt", out).starts).tolist() == [7, 2]


def test_of_a_film_of_the_ngt_the_signers_half_is_taken(tables, tmp_path):
    films, out = tmp_path / "films", tmp_path / "ngt"
    write_video(films / "CNGT0001.mp4", on_stage(signing()[:5], (704, 288), (40, 0), 288), 25)
    argv = ["--language", "ngt", "--source", films, "--tables", tables, "--out", out, "--processes", "1"]
    assert script("corpus_vgt").main([str(word) for word in argv]) == 0
    corpus = load_corpus("ngt", out)
    left, right = corpus.keypoints(0), corpus.keypoints(1)
    assert left.present("pose").all() and not right.present("pose").any() and left.size == (352, 288)
    learn, judge, _ = (corpus.split[part] for part in range(3))
    assert learn.tolist() == [0] and judge.tolist() == [1]


def test_vtns_pictures_lie_beside_the_keypoints_clip_by_clip(tables, tmp_path, monkeypatch):
    """Of two films, whose examples alternate in the corpus; keypoints are none of this test's business."""
    monkeypatch.setattr(corpus_films, "extract", lambda frames, **_: seen_nowhere(len(frames)))
    films, out, corpus_vgt = tmp_path / "films", tmp_path / "vgt", script("corpus_vgt")
    levels = {"x_i001": 40, "x_i002": 200}
    for name, level in levels.items():
        picture = np.zeros((540, 960, 3), np.uint8)
        picture[:, 210:750] = level  # the square in the middle
        write_video(films / f"{name}.mp4", [picture] * 12, 25)
    argv = ["--source", films, "--tables", tables, "--out", out, "--processes", "1", "--pictures", "8"]
    assert corpus_vgt.main([str(word) for word in argv]) == 1  # the third film is missing
    corpus = load_corpus("vgt", out)
    clips = read_pictures(corpus, "vgt", out)
    assert [clip.shape for clip in clips] == [(6, 3, 8, 8), (1, 3, 8, 8), (5, 3, 8, 8)]
    assert np.abs([clip.mean() for clip in clips] - np.array([40, 40, 200])).max() < 6 and clips[0].dtype == np.uint8
    assert is_complete(out) and not list((out / "films").glob("*.npy"))
    np.save(out / "pictures_vgt.npy", clips[0])
    with pytest.raises(BadInput, match=r"has not the 12 pictures of signs_vgt.npz: run .*--pictures"):
        read_pictures(corpus, "vgt", out)
    (out / "pictures_vgt.npy").unlink()
    with pytest.raises(BadInput, match=r"pictures_vgt.npy is missing: run .*--language vgt again, with --pictures"):
        read_pictures(corpus, "vgt", out)


def seen_nowhere(frames: int) -> Keypoints:
    nothing = np.full((frames, 75, 3), np.nan, np.float32)
    return Keypoints(nothing, np.zeros(nothing.shape[:2], np.float32), HOLISTIC_75, 25, (960, 540))


@pytest.fixture
def small_corpus(tmp_path):
    numbers = {"labels": [0, 1, 0, 1], "signers": [0, 0, 1, 2], "subsets": [0, 0, 2, 1]}
    clips = [np.zeros((3, 67, 3), np.float32)] * 4
    corpus_films.write_corpus(tmp_path / "signs_vgt.npz", clips, numbers, {"fps": 25, "size": [960, 540]})
    return load_corpus("vgt", tmp_path)


def test_the_published_split_is_fold_0(small_corpus):
    parts = sets(small_corpus, lambda clip: np.nan_to_num(clip.xyz[..., :2]).reshape(len(clip), -1), 0)
    assert [part.labels.tolist() for part in parts] == [[0, 1], [1], [0]]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("notes.txt", "holds no videos"),
        ("other.mp4", "holds none of the 3 films, such as CVGT_01/x_i001.mp4"),
        ("x_i001.mp4", "None of the films can be used: .*is empty"),
    ],
)
def test_bad_input_is_a_sentence(tables, tmp_path, capsys, made, words):
    source, out = tmp_path / "films", tmp_path / "out"
    if made:
        (source / made).parent.mkdir(parents=True)
        (source / made).touch()
    argv = ["--source", source, "--out", out, "--processes", "1", "--tables", tables]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert script("corpus_vgt").main([str(word) for word in argv]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.search(words, last), last
    assert not out.exists() or not any(path.is_file() for path in out.rglob("*"))


def test_the_ngt_without_its_times_is_a_sentence(tables, tmp_path, capsys):
    (tables / "ngt_cuts.csv").unlink()
    argv = ["--language", "ngt", "--source", tmp_path, "--tables", tables, "--out", tmp_path / "out"]
    assert script("corpus_vgt").main([str(word) for word in argv]) == 1
    said = capsys.readouterr().err
    assert "ngt_cuts.csv is missing" in said and "whole archive" in said and said.count("\n") == 1
