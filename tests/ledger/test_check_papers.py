"""book/check_papers.py: every passage is found in the papers' texts, and what a text does not bear out is reported."""

import os
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from lib.tools.errors import BadInput
from lib.tools.papers import look_up, read

PAPERS = read()
SMALL = """
[papers.R9]
title = "On Hands"
sections = ["1", "2", "Table 1"]
[[table]]
name = "R9 Table 1"
passage = "6 words, 0000000000000000"
columns = ["how", "UHP %"]
units = ["word", "%"]
[table.rows]
"input" = ["-", "41.50"]
"target" = ["SSIM", "3.25"]
[[passage]]
where = "R9 2"
passage = "9 words, 0000000000000000"
says = ["hands are lost"]
[passage.numbers]
"videos" = "1,500 videos"
[passage.silent]
"the batch size" = ["batch"]
[[derived]]
name = "R9 Table 1, {row} minus target"
rows = ["input"]
unit = "points"
difference = ["R9 Table 1, {row}, UHP %", "R9 Table 1, target, UHP %"]
"""
TEXT = """On Hands. Somebody. 1 Hands are lost. 2 Data: we *filmed* 1,500 videos, and lost
many <b>hands</b> in each. Table 1: how UHP input - 41.50 target SSIM 3.25% References: batch."""


@pytest.fixture(scope="module")
def check_papers():
    """The module book/check_papers.py."""
    sys.path.insert(0, str(ROOT / "book"))
    import check_papers

    return check_papers


@pytest.fixture
def small(tmp_path, check_papers):
    """A file of one small paper whose checksums fit the paper's text, which lies beside it."""
    (tmp_path / "paper.txt").write_text(TEXT)
    text = check_papers.words(TEXT)
    content = SMALL.replace("6 words, 0000000000000000", check_papers.added(text, "how UHP", "3.25").split('"')[1])
    content = content.replace(
        "9 words, 0000000000000000", check_papers.added(text, "we filmed", "in each").split('"')[1]
    )
    path = tmp_path / "papers.toml"
    path.write_text(content)
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"41.50"]', '"41.50", "1"]', "R9 Table 1, input, has 3 cells for 2 columns"),
        ("6 words, ", "six words, ", "R9 Table 1 rests on no passage"),
        ('where = "R9 2"\n', "", "a passage without a place"),
        ('"R9 Table 1, target, UHP %"]', '"R9 Table 1, target, SSIM"]', "computed from 'R9 Table 1, target, SSIM'"),
        ('says = ["hands are lost"]', 'says = ["videos"]', "'R9 2, videos' is there twice"),
        ("columns = [", "columns = ", "cannot be read"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(small, old, new, said):
    text = small.read_text()
    if "words, " in old:
        old, new = (text.split('passage = "')[1].split(", ")[0], "six words")
    assert old in text
    bad = small.with_name("bad.toml")
    bad.write_text(text.replace(old, new))
    with pytest.raises(BadInput, match=r"bad\.toml") as error:
        if "without a place" in said:
            look_up("R9 2, videos", bad)
        else:
            read(bad)
    assert said in str(error.value) or "without a place" in said


def test_every_passage_is_found_in_the_papers(check_papers):
    """With HANDS_PAPERS, a folder of the papers' texts, which are not part of the project."""
    folder = os.environ.get("HANDS_PAPERS")
    if not folder:
        pytest.skip("HANDS_PAPERS names no folder with the papers' texts")
    assert not list(check_papers.problems(PAPERS, check_papers.texts(Path(folder), PAPERS)))


def test_a_text_that_bears_everything_out(small, check_papers, capsys):
    assert check_papers.main(["--papers", str(small.parent), "--file", str(small)]) == 0
    assert "All 1 tables and 1 passages" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3.25", "3.75", "R9 Table 1, target, UHP %: the table does not have 3.75 there"),
        ('"1,500 videos"', '"1,600 videos"', "R9 2, videos: its passage does not have 1,600"),
        ('["batch"]', '["film"]', "R9 2, the batch size: R9 does have the word 'film'"),
        ('where = "R9 2"', 'where = "R9 3"', "R9 3: R9 has no such section"),
    ],
)
def test_what_the_text_does_not_bear_out_is_reported(small, check_papers, capsys, old, new, said):
    small.write_text(small.read_text().replace(old, new))
    assert check_papers.main(["--papers", str(small.parent), "--file", str(small)]) == 1
    assert capsys.readouterr().out.strip() == said


@pytest.mark.parametrize(("section", "wrong"), [("1", 0), ("2", 1)])
def test_a_passage_of_another_section_is_reported(small, check_papers, capsys, section, wrong):
    """A second passage, before the first in the text: if it is said to be of 2, the first cannot be of 1."""
    begins = check_papers.added(check_papers.words(TEXT), "Hands are lost", "Data")
    text = small.read_text().replace('where = "R9 2"', f'where = "R9 {2 - wrong}"')
    small.write_text(f'{text}[[passage]]\nwhere = "R9 {section}"\n{begins}\nsays = ["it begins"]\n')
    assert check_papers.main(["--papers", str(small.parent), "--file", str(small)]) == wrong
    assert capsys.readouterr().out.startswith("R9 1: a passage of it stands behind one of R9 2" if wrong else "All 1")


def test_a_wrong_checksum_is_reported(small, check_papers, capsys):
    right = [line for line in small.read_text().splitlines() if line.startswith("passage = ")]
    for line in right:
        digest = line.split(", ")[1].strip('"')
        small.write_text(small.read_text().replace(digest, "0123456789abcdef"))
    assert check_papers.main(["--papers", str(small.parent), "--file", str(small)]) == 1
    said = capsys.readouterr().out
    assert "R9 Table 1: no passage of the text has the checksum" in said
    assert "R9 2, hands are lost, videos, the batch size: no passage" in said


def test_line_breaks_and_marks_do_not_matter(small, check_papers):
    text = TEXT.replace("we *filmed* 1,500", "we\nfilmed\t1,500").replace("<b>hands</b>", "hands")
    (small.parent / "paper.txt").write_text(text)
    assert check_papers.main(["--papers", str(small.parent), "--file", str(small)]) == 0


def test_without_the_texts_it_says_so(check_papers, monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("HANDS_PAPERS", raising=False)
    assert check_papers.main([]) == 1
    assert "Nothing was checked" in capsys.readouterr().err
    assert check_papers.main(["--papers", str(tmp_path / "none")]) == 1
    assert "is no folder" in capsys.readouterr().err
    assert check_papers.main(["--papers", str(tmp_path)]) == 1
    assert "no text file that begins with the title of R1" in capsys.readouterr().err


def test_a_line_for_a_new_passage(small, check_papers, capsys):
    there = ["--papers", str(small.parent), "--file", str(small), "--add"]
    assert check_papers.main([*there, "R9", "we filmed", "videos"]) == 0
    line = capsys.readouterr().out.strip()
    assert line == f'passage = "{check_papers.checksum(("we", "filmed", "1,500", "videos"))}"'
    assert check_papers.main([*there, "R9", "we filmed", "feet"]) == 1
    assert "no passage from 'we filmed' to 'feet'" in capsys.readouterr().err
    assert check_papers.main([*there, "R8", "we", "filmed"]) == 1
    assert "There is no paper 'R8': choose R9" in capsys.readouterr().err


def test_no_sentence_of_a_paper_is_in_the_file(check_papers):
    """Whoever has the papers' texts sees it checked: no eight words of one stand in our words."""
    folder = os.environ.get("HANDS_PAPERS")
    if not folder:
        pytest.skip("HANDS_PAPERS names no folder with the papers' texts")
    known = check_papers.texts(Path(folder), PAPERS)
    ours = [check_papers.words(what) for one in PAPERS.passages for what in (*one.says, *one.silent)]
    assert not [" ".join(w) for w in ours if len(w) >= 8 and any(check_papers.contains(t, w) for t in known.values())]
