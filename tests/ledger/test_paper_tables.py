"""The page "The papers' tables": every cell of every table, with ours or the reason why not; and what is at odds."""

import tomllib
from collections import Counter

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from book.ledger import paper_answers, paper_answers_r2
from book.ledger.paper_answers import ours
from book.ledger.paper_answers_r2 import number
from book.ledger.paper_cells import Ours, Run, reasons
from book.ledger.paper_tables import CONTRADICTIONS, contradictions_html, numbers_html, table_html, tables_html
from book.studies.rows import shipped_rows, sign_rows
from book.studies.rows.sign_rows import SignResults
from lib.evaluation.intervals import Interval
from lib.report import gather, report
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.papers import NONE, WORD, look_up, read

TABLES = {table.name: table for table in read().tables}
METHODS = ("input", "target", "bilinear", "b-ae", "b-unet", "ba-unet", "bwa-unet", "bwfa-unet")


def rows_of_r1(path="frames"):
    """Two clips of each method, so that each figure is known: the mean of 0.1 and 0.3, and so on."""
    picture = {"psnr": 30.0, "ssim": 0.9, "phash": 1.5, "uhp_both": 0.2}
    empty = dict.fromkeys(("pck_found", "pck_all", "error", "false", "false_all"), 0.0)
    places = [(name, clip, lost) for name in ("d1_test_software", "td2") for clip, lost in (("a", 0.1), ("b", 0.3))]
    return [
        {"set": name, "clip": clip, "method": method, "path": path, "frames": 60, "uhp_dominant": lost}
        | (picture if method not in ("input", "target") else {})
        | empty
        for method in METHODS
        for name, clip, lost in places
    ]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A course in which chapter 10 has counted and R1's methods were run on two clips a set."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    monkeypatch.setattr(shipped_rows, "read", lambda: rows_of_r1() + rows_of_r1("film"))
    for place, (examples, signers) in {"train": (1234, 9), "val": (567, 8), "test": (89, 7)}.items():
        for what, count in (("examples", examples), ("signers", signers)):
            report(f"VGT: {place} {what}", count, paper=None, source="R2", profile="ci", chapter="10 Reading")
    said = "Points of the right hand missing, synthetic clips, 152 x 168"
    report(said, Interval(4.0, 1.0, 7.0, 4), paper=None, source="R2", profile="ci", chapter="9 Repairing", unit="%")
    shares = "Frames without the left hand, synthetic signs"
    report(shares, Interval(5.0, 3.0, 7.0, 4), paper=None, source="R2", profile="ci", chapter="9 Repairing", unit="%")
    timed = "MediaPipe Holistic, frames a second, frames of 304x336"
    report(
        timed, Interval(25.0, 24.0, 26.0, 4), paper=None, source="R2", profile="ci", chapter="8 Pose", unit="frames/s"
    )
    return Run(gather(), "ci")


@pytest.fixture
def empty():
    """A course of which no chapter has been run."""
    return Run(pd.DataFrame(columns=["claim", "chapter", "profile", "value", "low", "high", "n", "paper"]), "ci")


def cells(html: str) -> dict[str, list[str]]:
    """Each row's cells as text, by the row's first line."""
    body = BeautifulSoup(html, "html.parser").select("tbody tr")
    texts = {row.find("strong").text: [cell.get_text(" ") for cell in row.find_all("td")[1:]] for row in body}
    return {row: [" ".join(text.split()) for text in of_row] for row, of_row in texts.items()}


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_has_theirs_and_ours_or_a_reason(name, run):
    table = TABLES[name]
    found = cells(table_html(table, run))
    measured = [i for i, unit in enumerate(table.units) if unit != WORD]
    for row, printed in table.rows.items():
        assert len(found[row]) == len(measured)
        for cell, i in zip(found[row], measured):
            if printed[i] not in NONE:
                assert f"{name[:2]}: {printed[i]}" in cell.replace("\xa0", " ")
                assert "ours:" in cell or "not run, because:" in cell
            assert "does not say why" not in cell and "nan" not in cell


def test_r1s_cells_are_the_rows_of_one_path(run):
    found = cells(table_html(TABLES["R1 Table I"], run))
    theirs = TABLES["R1 Table I"].rows["BWA-UNet"]
    frames, uhp, psnr, ssim, phash, fid = (cell.replace("\xa0", " ") for cell in found["BWA-UNet"])
    assert frames == f"R1: {theirs[1]} ours: 12.0 (6.0 to 18.0) of 60 in a clip"
    assert uhp == f"R1: {theirs[2]} ours: 20.0 (10.0 to 30.0)"
    assert psnr.startswith(f"R1: {theirs[3]} ours: 30.0 (") and (ssim[-9:], phash[-5:]) == ("to 0.900)", "1.50)")
    why = "FID needs Inception's weights; no package was found that holds them (lab notes)"
    assert fid == f"R1: {theirs[6]} not run, because: {why}"
    assert found["input"][2:5] == ["–"] * 3


def test_the_rows_that_ship_fill_r1s_tables_and_r3s(empty):
    """Of Table I all shares of lost hands and all that tells of pictures, of Table II all shares, of R3 every cell."""
    first, second = (Counter(column for _, column in ours(f"R1 Table {number}", empty).cells) for number in ("I", "II"))
    assert first == {"UHP frames": 7, "UHP %": 7, "PSNR": 5, "SSIM": 5, "pHash": 5}
    assert second == {"UHP frames": 7, "UHP %": 7}
    assert len(ours("R3 Table 1", empty).cells) + len(ours("R3 Table 2", empty).cells) == 18


def test_fid_stands_where_it_was_measured(run):
    measured = Run(run.reported, "ci", fids={("d1_test_software", "bwa-unet"): 61.23})
    assert ours("R1 Table I", measured).cells["BWA-UNet", "FID"] == "61.2"


def test_r2s_counts_and_r3s_accuracy_are_what_was_reported(run):
    assert ours("R2 Table 1", run).cells["train", "examples"] == "1,234"
    both = ours("R2 Table 2", run).cells
    assert {("PTN MediaPipe 2D", part) for part in ("train", "validation", "test")} <= set(both)
    assert not any(column.startswith("gain") and "ASL" in row for row, column in ours("R2 Table 5", run).cells)
    assert ours("R2 Table 3", run).more == {"synthetic, 152 x 168": {"right hand": "4.00 (1.00 to 7.00)"}}


def test_r2s_vtn_is_the_one_whose_eye_has_seen_imagenet(run, monkeypatch):
    def row(right):
        return [{"seed": seed, "micro": right.count("1") / 4, "right": right, "seconds": 1.0} for seed in (0, 1)]

    shipped = sign_rows.read()
    made = {"eye": row("0111"), "eye scratch": row("0001"), "vtn": row("0011")}
    made |= {f"eye transfer, {stage}": row("0011") for stage in ("frozen", "sequence", "all")}
    monkeypatch.setattr(sign_rows, "read", lambda *_: SignResults(shipped.facts, shipped.rows | made))
    table2, table5 = ours("R2 Table 2", run), ours("R2 Table 5", run).cells
    assert table2.cells["VTN", "test"].startswith("75.0 (") and ("VTN", "train") not in table2.cells
    assert table2.more["VTN from chance, 32 x 32 pixels"]["test"].startswith("50.0 (")
    found = [table5["VTN to VGT, all", column][:6] for column in ("NGT", "target", "gain")]
    assert found == ["75.0 (", "50.0 (", "25.0 ("] and table5["VTN to VGT, alone", "target"].startswith("25.0 (")
    made["eye scratch"].pop()
    assert not any(row.startswith("VTN") for row, _ in ours("R2 Table 5", run).cells), "one training has no interval"


def test_r3s_cells_are_of_all_photos_and_below_them_stand_several_trainings(run, monkeypatch):
    def row(kind, seed, every, right):
        hits = "".join("1" if place < 100 * right else "0" for place in range(100))
        joints = {"hands": 90, "median": 9.0, "epe": 11.0, "auc": 0.6, "median_ends": [8.0, 10.0], "auc_ends": []}
        row = {"kind": kind, "split": "random", "profile": "laptop", "seed": seed, "every": every, "accuracy": right}
        return row | {"n": 100, "right": hits, "precision": right, "recall": 0.5, "f1": 0.25} | joints

    kinds = ("dynamic", "static", "cnn")
    rows = [row(kind, seed, 3, 0.7) for kind in kinds for seed in (0, 1)] + [row("dynamic", 0, 1, 0.9)]
    monkeypatch.setattr(paper_answers, "read_results", lambda: {"rows": rows})
    assert ours("R3 Table 2", run).cells["CNN", "accuracy"].startswith("70.0 ("), "until all were run whole"
    assert list(ours("R3 Table 2", run).more) == ["dynamic, all photos"]
    rows += [row(kind, 0, 1, 0.9) for kind in kinds[1:]]
    joints, letters = ours("R3 Table 1", run), ours("R3 Table 2", run)
    assert joints.cells["dynamic", "EPE median"] == "9.0 (8.0 to 10.0)" and joints.cells["dynamic", "EPE mean"] == "11"
    assert letters.cells["dynamic", "accuracy"].startswith("90.0 (") and letters.cells["dynamic", "F1"] == "0.2500"
    assert len(letters.cells) == 12 and len(joints.cells) == 6
    assert letters.more["CNN, each 3rd photo"]["accuracy"].startswith("70.0 (")
    assert list(joints.more) == [f"{name}, each 3rd photo" for name in ("static", "dynamic")]


def test_a_reader_with_asl_signs_sees_table_5_whole(run):
    for name in paper_answers_r2.ASL.values():
        here = dict(paper=None, source="R2", profile="ci", chapter="11 From one", unit="points")
        report(f"Onto asl-signs: {name}, minus from scratch", Interval(-2.0, -3.0, -1.0, 40), **here)
    cells = ours("R2 Table 5", Run(gather(), "ci")).cells
    gains = {row: said for (row, column), said in cells.items() if column == "gain" and "ASL" in row}
    assert gains == {f"PTN to ASL, {stage}": "-2.00 (-3.00 to -1.00)" for stage in paper_answers_r2.ASL}


def test_numbers_of_the_text_have_ours_where_it_was_measured(run):
    machine = run.reported.hardware.iloc[0]["cpu"]
    assert number("R2 4.1, MediaPipe", run) == f"25 frames/s on {machine}"
    assert number("R2 4.1, left hand missing", run) == "5.00 (3.00 to 7.00) %, synthetic signs"
    assert number("R1 IV-A, epochs", run) == ""
    assert number("R2 5.2, NGT classes", run).startswith("not run: Chapter 10 has run without the data")
    soup = BeautifulSoup(numbers_html("R2", run), "html.parser")
    said = [" ".join(row.get_text(" ").split()) for row in soup.select("tbody tr")]
    kept = look_up("R2 3.1, examples kept").printed
    assert (
        f"examples kept 3.1 {kept} not run: Chapter 10 has run without the data that this needs, see `make data`: it "
    )
    assert f"MediaPipe 4.1 4.8 frames/s 25 frames/s on {machine}" in said
    numbers = sum(len(one.numbers) for one in read().passages if one.where.startswith("R2"))
    assert len(said) == numbers


@pytest.mark.parametrize("paper", ["R1", "R2", "R3"])
def test_a_course_that_was_not_run_still_shows_what_the_papers_say(paper, empty, monkeypatch):
    monkeypatch.setattr(shipped_rows, "read", gone)
    html = tables_html(paper, empty)
    for name, table in TABLES.items():
        if name.startswith(paper):
            assert all(cell in html for printed in table.rows.values() for cell in printed if cell not in NONE)
    if paper == "R1":
        assert html.count("r1.json is gone") == 2, "once a table, above it"
        assert "see what stands above the table" in html


def gone():
    raise BadInput("r1.json is gone")


def test_no_reason_is_left_over(run):
    """Every pattern gives the reason for some cell that has no figure of ours."""
    used = set()
    for name, table in TABLES.items():
        mine = Ours() if name.startswith("R3") else ours(name, run)  # R3's cells were all run
        for row, printed in table.rows.items():
            for column, unit, cell in zip(table.columns, table.units, printed):
                if unit != WORD and (row, column) not in mine.cells and cell not in NONE:
                    used.add((name, mine.why_not(name, row, column)))
    assert used == {(name, why) for name, of_table in reasons().items() for why in of_table.values()}


def test_an_unknown_table_or_cell_is_one_sentence(run, monkeypatch):
    with pytest.raises(BadInput, match="no figures of ours for 'R9 Table 1': choose among R1 Table I"):
        ours("R9 Table 1", run)
    with pytest.raises(BadInput, match=r"not_run\.toml does not say why R1 Table I, BWA-UNet, beauty was not run"):
        Ours().why_not("R1 Table I", "BWA-UNet", "beauty")
    monkeypatch.delitem(paper_answers.TABLES, "R3 Table 1")
    html = tables_html("R3", run)
    assert html.count("There are no figures of ours") == 1
    letters = ours("R3 Table 2", run).cells["dynamic", "accuracy"]
    assert look_up("R3 Table 1, dynamic, EPE median").printed in html
    assert f"ours:&nbsp;{letters}" in html, "the other table is whole"


def test_contradictions_name_figures_that_are_there():
    entries = tomllib.loads(CONTRADICTIONS.read_text())["contradiction"]
    html = contradictions_html()
    assert html.count("<strong>") == len(entries) >= 10
    assert "papers.toml has no" not in html and "{" not in html.split("</style>")[1]
    for name in ("R1 IV-C, bilinear worse than the input", "R2 3.1, examples kept", "R3 4.6, learning rate chosen"):
        assert str(look_up(name)) in html


def test_a_contradiction_with_an_unknown_figure_is_one_sentence_and_the_rest_is_there(tmp_path):
    path = tmp_path / "contradictions.toml"
    entry = '[[contradiction]]\ntitle = "{}"\npaper = "R1"\nsays = "It is {{{}}}."\nlesson = "Look."\n'
    path.write_text(entry.format("Wrong", "R1 IV-A, epoch") + entry.format("Right", "R1 IV-A, epochs"))
    html = contradictions_html(path)
    assert "papers.toml has no &#x27;R1 IV-A, epoch&#x27;; did you mean" in html
    assert "Right.</strong> It is 50." in html
