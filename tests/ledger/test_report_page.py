"""`make report`: one page with all tables. And, after the chapters have run: the rows that claims ask for are there."""

import os
import re
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT

from book.ledger.claims import read_claims
from lib.evaluation.intervals import Interval
from lib.report import gather, report
from lib.tools import paths
from lib.tools.papers import look_up

THEIRS = "R1 Table I, bilinear, UHP %"


@pytest.fixture(scope="module")
def make_report():
    """The module book/make_report.py."""
    sys.path.insert(0, str(ROOT / "book"))
    import make_report

    return make_report


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    return tmp_path


def read(make_report, folder) -> BeautifulSoup:
    assert make_report.main(["--profile", "ci", "--out", str(folder / "report.html")]) == 0
    return BeautifulSoup((folder / "report.html").read_text(encoding="utf-8"), "html.parser")


def test_page_has_every_table(make_report, results, capsys):
    where = dict(paper=THEIRS, profile="ci", chapter="1 Missing hands", unit="%")
    report("Right hand not found & lost", Interval(26.7, 24.1, 29.3, 12), seed=7, verdict="holds", **where)
    report("Left hand not found", 12.5, n=9, **where)
    report("PSNR", 31.2, **where | {"chapter": "10 Reading signs", "paper": None, "source": "ours <I>"})
    soup = read(make_report, results)
    assert [head.text for head in soup.select("h2")][:4] == [
        "What was run", "Claims", "Chapter 1 Missing hands", "Chapter 10 Reading signs",
    ]  # fmt: skip
    text = " ".join(soup.text.split())
    theirs = (str(look_up(THEIRS)), "R1, Table I")
    for said in (*theirs, "Right hand not found & lost", "24.1 to 29.3", "ours <I>", "✓ holds", "python 3."):
        assert said in text
    assert len(soup.select('tr[id^="claim-"]')) == len(read_claims())
    rows = {table.caption.text: table.select("tbody tr") for table in soup.select("table")}
    assert len(rows["Runs, by chapter"]) == 2 and len(rows["Shipped results"]) >= 3
    assert "report.html" in capsys.readouterr().out


def test_page_stands_alone_and_can_be_read_without_pictures(make_report, results):
    soup = read(make_report, results)
    links = [node[name] for name in ("src", "href") for node in soup.find_all(attrs={name: True})]
    assert links and all(link.startswith(("data:image/png;base64,", "#")) for link in links)
    targets = {node["id"] for node in soup.find_all(id=True)}
    assert {link[1:] for link in links if link.startswith("#")} <= targets
    assert soup.select("img") and all(image["alt"] for image in soup.select("img"))
    assert soup.html["lang"] == "en" and str(ROOT) not in str(soup)
    assert not re.search(r"@import|url\(|<script|<link", str(soup))


def test_no_chapter_run_yet(make_report, results):
    assert "No chapter has been run yet" in read(make_report, results).text
    report("a", 1.0, paper=None, source="R1", profile="ci", chapter="1 Missing hands")
    assert "No chapter has been run yet" not in read(make_report, results).text


def test_a_foreign_result_is_named(make_report, results, capsys):
    (results / "ci").mkdir()
    (results / "ci" / "old.json").write_text("{}")
    assert make_report.main(["--out", str(results / "report.html")]) == 1
    assert "old.json" in capsys.readouterr().err and not (results / "report.html").exists()


@pytest.mark.slow
@pytest.mark.after_chapters
def test_chapters_that_ran_wrote_the_rows_that_claims_ask_for(monkeypatch):
    """After tests/building/test_notebooks.py; what needs data that this machine lacks is not asked for."""
    monkeypatch.setattr(paths, "RESULTS", Path(os.environ["HANDS_RESULTS"]))
    reported = gather()
    ran = {int(name.split()[0]) for name in reported.chapter}
    wanted = {(c.answer["chapter"], c.answer["row"]) for c in read_claims() if "row" in (c.answer or {})}
    there = set(reported.claim)
    lacked = tuple(data for data in ("VGT", "NGT", "Onto asl-signs") if not any(row.startswith(data) for row in there))
    asked = {row for chapter, row in wanted if chapter in ran and not row.startswith(lacked)}
    assert asked <= there
