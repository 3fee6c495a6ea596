"""The public word sets: out of an archive, whole or not at all, and ready for a network."""

import hashlib
import io
import json
import os
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from book.studies.real_transfer import kept_back, sign_set
from data_scripts.shared.manifest import command_line
from data_scripts.shared.word_archive import SETS, make, read_words
from data_scripts.shared.word_folders import read_folder
from lib.keypoints import HOLISTIC_67
from lib.ptn.corpora import Inputs
from lib.tools.errors import BadInput

WORDS = ("bitte", "vielglück")


def frame(rng: np.random.Generator) -> bytes:
    """One frame's file: a body, no left hand, a right hand."""
    values = rng.uniform(0.2, 0.8, 1662)
    values[-126:-63] = 0
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


@pytest.fixture
def small(tmp_path):
    """(a set of two words with 4 recordings of 3 frames, its archive)"""
    rng, sums = np.random.default_rng(0), {}
    with zipfile.ZipFile(tmp_path / "small.zip", "w") as archive:
        archive.writestr("GSL-abc/LICENSE", "free")
        for word in WORDS:
            digest = hashlib.sha256()
            for name in (f"GSL-abc/MP_Data/{word}/{number}/{at}.npy" for number in range(4) for at in range(3)):
                content = frame(rng)
                digest.update(content)
                archive.writestr(name, content)
            sums[word] = digest.hexdigest()
    return replace(SETS["DGS"], recordings=4, frames=3, sha256=sums), tmp_path / "small.zip"


def test_script_writes_recordings_and_manifest(small, tmp_path, capsys):
    words, source = small
    out = tmp_path / "dgs_words"
    assert command_line("", partial(make, words), "unused", ["--out", str(out), "--source", str(source)]) == 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert len(manifest) == 9 and all({"file", "source", "licence", "sha256"} <= set(entry) for entry in manifest)
    assert str(tmp_path) not in (out / "manifest.json").read_text()
    found = read_words(out)
    assert found.names == WORDS and found.labels.tolist() == [0] * 4 + [1] * 4
    assert len(found.clips[0]) == 3 and not found.clips[0].present("left_hand").any()
    source.unlink()
    make(words, out, str(source))
    said = capsys.readouterr().out
    assert said.count("Licence: ") == 1 and said.index("Licence: ") < said.index("already made")
    (out / "bitte" / "00.npy").write_bytes(b"half")
    with pytest.raises(BadInput, match=r"00\.npy is damaged"):
        read_words(out)
    with pytest.raises(BadInput, match=r"small\.zip"):  # not intact any more, and the archive is gone
        make(words, out, str(source))


def test_network_gets_numbers_of_r2s_size(small, tmp_path):
    make(small[0], tmp_path / "out", str(small[1]))
    signs = sign_set(read_words(tmp_path / "out"))
    assert signs.clips[0].shape == (3, 134) and np.isfinite(np.concatenate(signs.clips)).all()
    clip = read_words(tmp_path / "out", only=("bitte",)).clips[1]
    assert Inputs()(clip, HOLISTIC_67).tolist() == signs.clips[1].tolist()


def test_the_last_recordings_are_kept_back(small, tmp_path):
    make(small[0], tmp_path / "out", str(small[1]))
    words = read_words(tmp_path / "out")
    assert words.numbers[kept_back(words, 2)].tolist() == [2, 3, 2, 3]
    with pytest.raises(BadInput, match="too few"):
        kept_back(words, 4)


@pytest.mark.parametrize("wrong", ["other frame", "no word", "huge", "truncated", "not there", "http"])
def test_wrong_archive_is_one_sentence_and_no_manifest(small, tmp_path, wrong, capsys):
    words, source = small
    if wrong == "other frame":
        words = replace(words, sha256=words.sha256 | {"vielglück": "0" * 64})
    elif wrong == "no word":
        words = replace(words, sha256={"wo": "0" * 64})
    elif wrong == "huge":
        with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("GSL-abc/LICENSE", b"0" * 10_000_000)
    elif wrong == "truncated":
        source.write_bytes(source.read_bytes()[:500])
    elif wrong == "not there":
        source.unlink()
    address = "http://127.0.0.1:9/archive.zip" if wrong == "http" else str(source)
    out = tmp_path / "out"
    assert command_line("", partial(make, words), "unused", ["--out", str(out), "--source", address]) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert ("--source" in said or "again" in said) and not (out / "manifest.json").exists()


def test_no_words_names_the_script(tmp_path):
    with pytest.raises(BadInput, match=r"data_scripts/dgs_words\.py"):
        read_words(tmp_path / "dgs_words")


REAL = {"ASL": ((20, 258), (14, 840)), "DGS": ((30, 1662), (5, 150)), "BISINDO": ((30, 1662), (10, 150)),
        "ISL": ((30, 258), (32, 480)), "Bhutanese": ((30, 1662), (15, 150))}  # fmt: skip


def test_a_set_without_a_licence_says_so_and_brings_none(small, tmp_path, capsys):
    words = replace(small[0], licence="none stated", oddities="one word is odd.")
    make(words, tmp_path / "out", str(small[1]))
    assert not (tmp_path / "out" / "LICENSE").exists()
    said = capsys.readouterr().out
    assert "Licence: none stated" in said and "Good to know: one word is odd." in said


def test_words_may_lie_deeper_in_the_archive(small, tmp_path):
    words, source = small
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "deep.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/MP_Data/", "/gru/MP_Data/"), old.read(name))
    make(replace(words, folder="gru/MP_Data"), tmp_path / "out", str(tmp_path / "deep.zip"))
    assert read_words(tmp_path / "out").names == WORDS


@pytest.mark.parametrize(("language", "shape", "counts"), [(name, *facts) for name, facts in REAL.items()])
def test_real_words(language, shape, counts, tmp_path):
    mirror, words = os.environ.get("HANDS_MIRROR"), SETS[language]
    if not mirror:
        pytest.skip("HANDS_MIRROR does not name a folder with the word archives")
    [source] = Path(mirror, "github").glob(f"{words.repository.replace('/', '-')}-*.zip")
    make(words, tmp_path / "out", str(source))
    found = read_folder(tmp_path / "out")
    assert (len(found.names), len(found)) == counts and len(found.left_out) == (language == "Bhutanese")
    first = np.load(tmp_path / "out" / found.names[0] / "00.npy")
    assert first.shape == shape and first.dtype == np.float32
    assert all(np.isfinite(Inputs()(clip, HOLISTIC_67)).all() for clip in found.clips[::10])
