"""The list of claims: whole, answered by rows that somebody writes, and judged by rule."""

import ast
import re
from dataclasses import replace
from functools import cache

import nbformat
import pytest
from conftest import ROOT

from book.chapters.ch02_examples import R2_TABLE1
from book.chapters.ch12_answers import minus
from book.chapters.ch12_tables import LETTERS_READ, PAPER
from book.ledger.claim_chart import board, forest, margin
from book.ledger.claim_tables import by_paper, claims_html
from book.ledger.claims import PAPERS, Claim, counts, judge, judge_all, read_claims, report_all
from book.shared.pages import numbered_pages, pages_of
from book.studies import limits
from book.studies.rows import shipped_rows
from lib.evaluation.intervals import Interval
from lib.evaluation.verdicts import EXACT, FAILS, HOLDS, NO_RUN, OPEN, UNTESTABLE, parse
from lib.report import gather, report
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.papers import look_up

CLAIMS = read_claims()
ROWS = [claim for claim in CLAIMS if "row" in (claim.answer or {})]
FIGURE = "R1 Table II, BWFA-UNet minus BWA-UNet, UHP %"
CLAIM = Claim("id", "short", "It is less.", FIGURE, "made up", "points", "< 0", {"row": "a", "chapter": 6})


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)


def tell(low, high, profile="ci", claim="a", n=12):
    value = Interval((low + high) / 2, low, high, n)
    report(claim, value, paper=None, source="R1", profile=profile, chapter="6 Counting hands")


def test_the_list_is_long_and_each_paper_is_on_it():
    assert len(CLAIMS) >= 30
    assert {claim.source for claim in CLAIMS} == set(PAPERS)
    assert len({claim.id for claim in CLAIMS}) == len({claim.short for claim in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_each_claim_has_a_rule_or_a_reason(claim):
    if claim.rule == EXACT:
        assert claim.theirs is not None
    elif claim.rule:
        parse(claim.limit)
    assert bool(claim.rule) != bool(claim.why)


def test_papers_figures_are_those_of_the_chapters():
    exact = {claim.answer["row"].replace(": ", "/"): claim.paper for claim in CLAIMS if claim.rule == EXACT}
    assert exact == {f"{language}/{quantity}": name for (language, quantity), name in R2_TABLE1.items()}
    third = {claim.id: claim.paper for claim in CLAIMS if claim.source == "R3"}
    assert [third["r3-accuracy"], third["r3-median"], third["r3-auc"]] == [LETTERS_READ["dynamic"], *PAPER.values()]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_what_the_paper_says_stands_in_its_file(claim):
    assert not claim.problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"paper": "R1 Table II, BWFA, UHP %"},
            "Claim id: papers.toml has no 'R1 Table II, BWFA, UHP %'; did you mean",
        ),
        ({"paper": ""}, "Claim id: it has no source: let its paper name what book/papers.toml says"),
        ({"paper": -3.0}, "Claim id: it has no source: let its paper name what book/papers.toml says"),
        ({"unit": "%"}, f"Claim id: it is in '%' and {FIGURE!r} in 'points': take one unit"),
    ],
)
def test_a_claim_whose_paper_figure_is_not_in_the_file_is_refused_and_the_others_are_judged(change, said):
    tell(-4, -1)
    wrong, right = judge_all(gather(), "ci", [replace(CLAIM, **change), CLAIM])
    assert (wrong.verdict, wrong.ours) == (NO_RUN, None) and wrong.reason.startswith(said)
    assert right.verdict == HOLDS
    html = claims_html([wrong, right], "c")
    assert "It is less." in html and HOLDS in html
    assert len(report_all([wrong], "ci")) == 1 and gather("ci").note.str.contains("Claim id").any()


def test_a_rule_may_name_the_papers_figure():
    figure = replace(CLAIM, rule="<= paper")
    assert figure.limit == f"<= {CLAIM.theirs}"
    tell(-4, -1.2)
    assert judge(figure, gather(), "ci").verdict == HOLDS
    assert margin(judge(figure, gather(), "ci"))[3] == 0, "the paper's own figure is the limit"


def test_the_papers_side_of_a_claim_in_words():
    tell(-4, -1)
    after, before = (look_up(f"R1 Table II, {name}, UHP %").printed for name in ("BWFA-UNet", "BWA-UNet"))
    wanted = f"{CLAIM.theirs:+.2f} points ({after} less {before})".replace("-", "−")
    assert wanted in claims_html([judge(CLAIM, gather(), "ci")], "c")
    words = replace(CLAIM, paper="R2 3.2, gaps inside are filled by straight lines", besides="chosen so")
    html = claims_html([judge(words, gather(), "ci")], "c")
    assert "R2, 3.2; chosen so" in html and "no figure" in html
    count = replace(CLAIM, paper="R2 Table 1, all, examples", unit="")
    assert f"{count.theirs:,.0f}" in claims_html([judge(count, gather(), "ci")], "c")


@cache
def patterns(chapter: int) -> list[re.Pattern]:
    """What the chapter's string literals can become: an f-string's {...} stands for any text."""
    cells = [cell for path in pages_of(chapter) for cell in nbformat.read(path, as_version=4).cells]
    found = []
    for node in ast.walk(ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(re.escape(p.value) if isinstance(p, ast.Constant) else "(.*?)" for p in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(re.escape(node.value))
    return [re.compile(pattern) for pattern in found if pattern.replace("(.*?)", "").strip()]


@cache
def known_words() -> str:
    """All that chapters and `lib` are made of: what fills an f-string's gaps comes from there."""
    files = [*(ROOT / "lib").rglob("*.py"), *(ROOT / "book").rglob("*.py"), *numbered_pages()]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if not path.name.startswith("15_"))


@pytest.mark.parametrize("claim", ROWS, ids=lambda claim: claim.id)
def test_some_cell_of_the_named_chapter_writes_the_row(claim):
    row = claim.answer["row"]
    fits = [found for pattern in patterns(claim.answer["chapter"]) if (found := pattern.fullmatch(row))]
    assert any(all(text in known_words() for text in found.groups()) for found in fits), f"who reports {row!r}?"


def methods(*files: str) -> set[str]:
    """Which methods the claims ask for in these shipped files."""
    named = [claim.answer for claim in CLAIMS if (claim.answer or {}).get("file") in files]
    ends = [answer[end] for answer in named for end in ("method", "minus") if end in answer]
    ends += [end for answer in named for end in (*answer.get("order", ()), *answer.get("beyond", ()))]
    return {end if isinstance(end, str) else end["method"] for end in ends}


def test_methods_of_shipped_rows_exist():
    from book.studies.signs import RUNS
    from lib.joins2sign.recipes import KINDS
    from lib.ptn.training import STAGES

    assert methods("r1.json", "real.json") <= {row["method"] for row in shipped_rows.read(shipped_rows.R1)}
    assert methods("transfer.json") <= {"scratch", *STAGES}
    assert methods("languages.json") <= {"scratch", "alone", "together", *STAGES}
    assert methods("r2.json") <= {*RUNS, *(f"{run}, {stage}" for run in RUNS for stage in STAGES)}
    assert methods("limits.json") <= {*limits.RUNS}
    assert {kind.split()[0] for kind in methods("r3.json")} <= set(KINDS)


@pytest.mark.parametrize(("low", "high", "wanted"), [(-4, -1, HOLDS), (1, 4, FAILS), (-1, 1, OPEN), (-2, 0, OPEN)])
def test_a_chapters_row_is_judged(low, high, wanted):
    tell(low, high)
    one = judge(CLAIM, gather(), "ci")
    assert (one.verdict, one.ours.place, one.ours.n) == (wanted, "chapter 6", 12)


def test_a_count_of_hands_has_a_twin_through_a_film():
    tell(-4, -1)
    assert judge(CLAIM, gather(), "ci").filmed.verdict == NO_RUN  # chapter 6 has not reported it
    tell(1, 4, claim="a, through a film")
    one = judge(CLAIM, gather(), "ci")
    assert (one.verdict, one.filmed.verdict) == (HOLDS, FAILS)
    assert "through a film: 2.50" in claims_html([one], "c") and FAILS in claims_html([one], "c")
    rows = [claim for claim in CLAIMS if (claim.answer or {}).get("file") in ("r1.json", "real.json")]
    assert rows and all("frames straight" in claim.on for claim in rows)
    assert all(judge(claim, gather(), "ci").filmed.ours for claim in rows)


def test_what_is_missing_has_no_run_and_says_where_to_get_it():
    one = judge(CLAIM, gather(), "ci")
    assert one.verdict == NO_RUN and one.ours is None and "Chapter 6 has not been run" in one.reason
    gone = replace(CLAIM, answer={"file": "r1.json", "set": "d1_test", "method": "x", "minus": "y", "measure": "psnr"})
    assert judge(gone, gather(), "ci").verdict == NO_RUN


def test_a_chapter_that_ran_without_its_data_is_not_called_unrun():
    tell(-4, -1)
    other = replace(CLAIM, answer=CLAIM.answer | {"row": "another row"})
    assert "Chapter 6 has run without the data" in judge(other, gather(), "ci").reason


def test_no_reason_names_a_folder_of_this_machine(monkeypatch):
    monkeypatch.setattr("book.studies.rows.sign_rows.R2", ROOT / "nowhere.json")
    assert not [one.reason for one in judge_all(gather(), "ci") if str(ROOT) in one.reason]


def test_another_profile_stands_in_and_is_named():
    tell(1, 4, "laptop")
    one = judge(CLAIM, gather(), "ci")
    assert one.verdict == FAILS and one.ours.place == "chapter 6, profile laptop"
    tell(-4, -1, "ci")
    assert judge(CLAIM, gather(), "ci").verdict == HOLDS


def test_few_clips_decide_nothing():
    tell(-4, -1, n=2)
    assert judge(CLAIM, gather(), "ci").verdict == OPEN


def test_what_cannot_be_tested_gets_no_verdict_though_there_is_a_figure():
    tell(-4, -1)
    one = judge(replace(CLAIM, why="other recordings"), gather(), "ci")
    assert (one.verdict, one.reason, one.ours.value) == (UNTESTABLE, "other recordings", -2.5)


def test_a_claim_needs_rule_and_answer(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text('[[claim]]\nid = "x"\nshort = "x"\nsays = "x"\non = "x"\nrule = "> 0"\n')
    with pytest.raises(BadInput, match=r"Claim x in claims\.toml needs a rule and an answer"):
        read_claims(path)
    path.write_text(path.read_text() + 'where = "R1, Table I"\n')
    with pytest.raises(BadInput, match=r"Claim x in claims\.toml has 'where', which is no field of one"):
        read_claims(path)


def test_difference_of_two_figures_measured_apart():
    gap = minus(Interval(90, 88, 92, 100), Interval(70, 64, 75, 10))
    assert (gap.mean, gap.n) == (20, 10)
    assert gap.low == pytest.approx(20 - (4 + 25) ** 0.5) and gap.high == pytest.approx(20 + (4 + 36) ** 0.5)


def test_margin_turns_every_claim_to_the_right():
    tell(-4, -1)
    assert margin(judge(CLAIM, gather(), "ci")) == (2.5, 1, 4, -CLAIM.theirs)
    assert margin(judge(replace(CLAIM, rule="> -5"), gather(), "ci")) == pytest.approx((2.5, 1, 4, 5 + CLAIM.theirs))
    psnr = replace(CLAIM, unit="dB", paper="R1 Table I, BWA-UNet minus bilinear, PSNR")
    assert margin(judge(psnr, gather(), "ci")) is None


def test_tables_pictures_and_rows_show_every_claim():
    tell(-4, -1)
    judged = judge_all(gather(), "ci", [*CLAIMS, CLAIM])
    assert counts(judged).to_numpy().sum() == len(CLAIMS) + 1
    html = "".join(claims_html(part, title) for title, part in by_paper(judged).items())
    assert all(f'id="claim-{one.claim.id}"' in html for one in judged)
    assert board(counts(judged)) and forest(judged, "R1") and forest([], "R1")
    rows = report_all(judged, "ci")
    assert len(gather("ci")) == len(rows) + 1
    assert rows[-1].verdict == HOLDS and rows[-1].low == -4
