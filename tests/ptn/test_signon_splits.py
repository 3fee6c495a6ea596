"""R2's split: the rule itself, the script on a small archive of the same shape, and the real tables where there are."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from book.chapters.ch02_examples import figure1, table1
from book.chapters.ch05_steps import FRAMES, FULLEST, LONGEST
from book.studies import paper_signs
from data_scripts import signon_splits
from data_scripts.corpus_films import CORPORA, FPS, read_cuts
from data_scripts.shared.manifest import command_line
from data_scripts.signon_splits import read_examples
from lib.ptn.splits import SUBSETS, in_every_subset, signer_independent_split
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.papers import look_up

SCRIPT = Path(__file__).parents[2] / "data_scripts" / "signon_splits.py"


@pytest.fixture
def signon(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    return signon_splits


def small_corpus(seed=0):
    """600 examples of 12 glosses by 30 signers; one gloss is too rare to be in every subset."""
    rng = np.random.default_rng(seed)
    glosses = np.array([*"ABCDEFGHIJK", "NULL"])[rng.choice(12, 600, p=[*[0.09] * 11, 0.01])]
    glosses[0] = "RARE"
    return glosses, np.array([f"s{signer:03}" for signer in rng.integers(0, 30, 600)])


def test_no_signer_is_in_two_parts():
    glosses, signers = small_corpus()
    parts = signer_independent_split(glosses, signers)
    assert sorted(np.concatenate(parts)) == list(range(600))
    train, val, test = (set(signers[part]) for part in parts)
    assert not (train & val or train & test or val & test)
    assert len(parts[0]) > 400 and min(len(parts[1]), len(parts[2])) > 30


def test_split_has_no_seed_and_takes_lists_and_series():
    glosses, signers = small_corpus()
    first = signer_independent_split(glosses, signers)
    for again in (
        signer_independent_split(glosses.tolist(), signers.tolist()),
        signer_independent_split(pd.Series(glosses, index=range(7, 607)), pd.Series(signers)),
    ):
        for a, b in zip(first, again, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("labels", "signers"),
    [(["a"] * 20, list(range(19))), (["a"] * 20, [1, 2] * 10), (list(range(20)), list(range(20))), ([], [])],
)
def test_too_little_to_split_is_said(labels, signers):
    with pytest.raises(BadInput):
        signer_independent_split(labels, signers)


def test_only_glosses_of_every_subset_stay():
    kept = in_every_subset(list("aaabbcc"), ["train", "val", "test", "train", "val", "test", "train"])
    assert kept.tolist() == [True, True, True, False, False, False, False]


def small_archive(signon, path):
    """A zip with the real archive's member names, and the sums to expect."""
    glosses, signers = small_corpus()
    ids = np.arange(600) * 3
    vgt = pd.DataFrame({"Id": ids, "Gloss": glosses, "Participant": signers, "SampleVideo": [f"{i}.mp4" for i in ids]})
    vgt = vgt.assign(start_ms=ids * 10, end_ms=ids * 10 + 200, SourceVideo="A/" + vgt.Participant + ".mp4")
    subset = np.empty(600, object)
    for name, rows in zip(SUBSETS, signer_independent_split(glosses, signers), strict=True):
        subset[rows] = name
    published = vgt.assign(subset=subset)[in_every_subset(glosses, subset)]
    counts = published.Gloss.value_counts().rename_axis("Gloss").reset_index(name="Count")
    label = published.Gloss.map({gloss: rank for rank, gloss in enumerate(counts.Gloss)})
    ngt = published.rename(columns={"SampleVideo": "Video", "subset": "Subset"}).assign(Label=label)
    tables = {
        signon.VGT_ALL: vgt,
        signon.VGT_PUBLISHED: published,
        signon.VGT_GLOSSES: counts,
        signon.NGT_PUBLISHED: ngt[["Id", "Label", "Participant", "Video", "Subset"]],
        signon.NGT_GLOSSES: counts,
    }
    texts = {name: table.to_csv(index=False) for name, table in tables.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"wp3-abc/{name}", text)
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}, published


@pytest.fixture
def archive(signon, tmp_path, monkeypatch):
    sums, published = small_archive(signon, tmp_path / "small.zip")
    monkeypatch.setattr(signon, "SHA256", sums)
    return tmp_path / "small.zip", published


def test_script_writes_tables_and_manifest(signon, archive, tmp_path, capsys):
    source, published = archive
    out = tmp_path / "out"
    assert command_line("", signon.make, "unused", ["--out", str(out), "--source", str(source)]) == 0
    examples = read_examples(out)
    vgt, ngt = (examples[examples.language == language] for language in ("VGT", "NGT"))
    assert dict(zip(vgt.id, vgt.subset, strict=True)) == dict(zip(published.Id, published.subset, strict=True))
    assert vgt.gloss.tolist() == ngt.gloss.tolist() and "NULL" in set(vgt.gloss) and "RARE" not in set(vgt.gloss)
    manifest = json.loads((out / "manifest.json").read_text())
    assert len(manifest) == 7 and all({"file", "source", "licence", "sha256"} <= set(entry) for entry in manifest)
    assert str(tmp_path) not in (out / "manifest.json").read_text()
    source.unlink()
    assert command_line("", signon.make, "unused", ["--out", str(out), "--source", str(source)]) == 0
    said = capsys.readouterr().out
    assert said.count("Licence: ") == 1 and said.index("Licence: ") < said.index("already made")


def test_each_example_has_its_place_in_a_film(signon, archive, tmp_path, capsys):
    source, published = archive
    signon.make(tmp_path / "out", str(source))
    cuts = pd.read_csv(tmp_path / "out" / "vgt_cuts.csv", keep_default_na=False)
    assert sorted(cuts.id) == sorted(published.Id) and (cuts.end_ms - cuts.start_ms == 200).all()
    assert cuts.set_index("id").film.to_dict() == published.set_index("Id").SourceVideo.to_dict()
    assert not (tmp_path / "out" / "ngt_cuts.csv").exists() and "lacks ngt/" in capsys.readouterr().out
    (tmp_path / "out" / "vgt_cuts.csv").unlink()  # as an earlier version left it
    signon.make(tmp_path / "out", str(source))
    assert (tmp_path / "out" / "vgt_cuts.csv").is_file()


@pytest.mark.parametrize("whole", [True, False])
def test_the_ngts_places_are_taken_where_they_fit_the_published_split(signon, archive, tmp_path, whole):
    source, published = archive
    times = published.assign(Side="left", SourceVideo="CNGT0004_S003_b.mpg")
    with zipfile.ZipFile(source, "a") as opened:
        opened.writestr(f"wp3-abc/{signon.NGT_TIMES}", times[0 if whole else 1 :].to_csv(index=False))
    if not whole:
        with pytest.raises(BadInput, match="ngt_458.csv does not fit"):
            signon.make(tmp_path / "out", str(source))
        return
    signon.make(tmp_path / "out", str(source))
    cuts = pd.read_csv(tmp_path / "out" / "ngt_cuts.csv")
    assert sorted(cuts.id) == sorted(published.Id) and set(cuts.film) == {"CNGT0004.mpg"} and set(cuts.side) == {"left"}


def test_a_damaged_table_is_made_again(signon, archive, tmp_path):
    signon.make(tmp_path / "out", str(archive[0]))
    whole = (tmp_path / "out" / "vgt_val.csv").read_bytes()
    (tmp_path / "out" / "vgt_val.csv").write_bytes(whole[:50])
    signon.make(tmp_path / "out", str(archive[0]))
    assert (tmp_path / "out" / "vgt_val.csv").read_bytes() == whole


def test_another_split_than_the_published_is_refused(signon, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(signon, "signer_independent_split", lambda *_: np.array_split(np.arange(600), 3))
    with pytest.raises(BadInput, match="split differs"):
        signon.make(tmp_path / "out", str(archive[0]))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", ["truncated", "text", "other", "missing"])
def test_wrong_archive_is_one_sentence_and_nothing_written(tmp_path, wrong):
    source, out = tmp_path / f"{wrong}.zip", tmp_path / "out"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("other-abc/a.csv", "a,b\n" * 100)
    if wrong == "truncated":
        source.write_bytes(source.read_bytes()[:200])
    elif wrong == "text":
        source.write_text("<html>no such page</html>")
    elif wrong == "missing":
        source.unlink()
    run = subprocess.run(
        [sys.executable, SCRIPT, "--out", out, "--source", source],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SCRIPT.parent.parent)},
    )
    assert run.returncode == 1 and not out.exists()
    assert source.name in run.stderr and run.stderr.strip().count("\n") == 0 and "Traceback" not in run.stderr


def test_no_network_and_unusable_folder(signon, archive, tmp_path, capsys):
    unreachable = "http://127.0.0.1:9/archive.zip"
    assert command_line("", signon.make, unreachable, ["--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert unreachable in said and "--source" in said and said.count("\n") == 1
    (tmp_path / "taken").write_text("")
    assert command_line("", signon.make, str(archive[0]), ["--out", str(tmp_path / "taken")]) == 1
    assert "taken" in capsys.readouterr().err.splitlines()[-1]
    with pytest.raises(BadInput, match=r"vgt_train\.csv is missing"):
        read_examples(tmp_path / "out")


def test_a_signer_in_two_subsets_is_refused(signon, archive, tmp_path):
    signon.make(tmp_path / "out", str(archive[0]))
    train, test = (tmp_path / "out" / f"ngt_{name}.csv" for name in ("train", "test"))
    test.write_text(test.read_text() + train.read_text().splitlines()[1].replace(",train", ",test") + "\n")
    with pytest.raises(BadInput, match=r"NGT in .* has signer s\d+ in .* and .*: keep each signer in one subset"):
        read_examples(tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\0\0", b'id,gloss\n"1,2\n'])
def test_a_spoilt_table_is_one_sentence(signon, archive, tmp_path, content):
    signon.make(tmp_path / "out", str(archive[0]))
    (tmp_path / "out" / "ngt_val.csv").write_bytes(content)
    with pytest.raises(BadInput, match=r"ngt_val\.csv is no table of examples \(.*\); delete it and run"):
        read_examples(tmp_path / "out")


def test_figure_shows_each_language(signon, archive, tmp_path):
    signon.make(tmp_path / "out", str(archive[0]))
    axes = figure1(read_examples(tmp_path / "out")).axes
    assert [axis.get_title().split(":")[0] for axis in axes] == ["VGT", "NGT"]
    for axis in axes:
        heights = [bar.get_height() for bar in axis.patches]
        assert axis.get_yscale() == "log" and heights == sorted(heights, reverse=True)


def test_real_tables_give_the_papers_rows(signon, tmp_path):
    mirror = os.environ.get("HANDS_MIRROR")
    if not mirror:
        pytest.skip("HANDS_MIRROR does not name a folder with github/signon-project-*.zip")
    [source] = Path(mirror, "github").glob("signon-project-*.zip")
    signon.make(tmp_path / "out", str(source))
    examples = read_examples(tmp_path / "out")
    table = table1(examples)
    vgt = table[table.language == "VGT"]
    assert len(vgt) == 8 and [look_up(name).value for name in vgt.paper] == vgt.ours.tolist()
    ngt = table[table.language == "NGT"]
    assert [look_up(name).value for name in ngt.paper.dropna()] == ngt.ours.tolist()[:2]
    assert ngt.ours.tolist()[2:] == [54499, 6991, 7364, 67, 8, 7]
    assert examples.groupby(["language", "signer"]).subset.nunique().max() == 1
    assert (examples.groupby(["language", "gloss"]).subset.nunique() == 3).all()
    assert (examples.groupby(["language", "label"]).gloss.nunique() == 1).all()
    cuts = read_cuts(tmp_path / "out", CORPORA["vgt"])
    frames = np.ceil((cuts.end_ms - cuts.start_ms)[cuts.subset == "train"].to_numpy() * FPS / 1000)
    assert (frames.sum(), frames.max()) == (FRAMES, LONGEST), "what book.chapters.ch05_steps counts with"
    batch = paper_signs.PAPER["vtn"].batch
    drawn = (np.random.default_rng([0, epoch]).permutation(frames) for epoch in range(paper_signs.PAPER["vtn"].epochs))
    assert max(np.add.reduceat(epoch, np.arange(0, len(epoch), batch)).max() for epoch in drawn) == FULLEST
