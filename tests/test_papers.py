"""What the papers say: looked up by name, and at one with itself where the papers are."""

import pytest

from lib.errors import BadInput
from lib.papers import figure, filled, read

PAPERS = read()


def test_a_figure_by_its_name():
    one = figure("R1 Table I, BWA-UNet, UHP %")
    assert (one.printed, one.value, one.unit, one.source) == ("6.60", 6.6, "%", "R1, Table I")
    assert (
        str(figure("R1 III-C, training frames")) == "180,000" and figure("R1 III-C, training frames").value == 180_000
    )
    assert figure("R1 Table I, B-AE, loss").value is None and str(figure("R1 Table I, B-AE, loss")) == "SSIM+L1"
    assert figure("R1 Table I, target, FID").printed is None, "a dash is no figure"


def test_what_a_paper_says_and_what_it_does_not():
    said, silent = figure("R2 3.2, gaps inside are filled by straight lines"), figure("R2 3.4, the learning rate")
    assert (said.printed, said.source, said.silent) == (None, "R2, 3.2", False)
    assert (silent.printed, silent.source, silent.silent) == (None, "not in R2", True)


def test_an_unknown_name_is_refused_with_its_neighbours():
    with pytest.raises(BadInput, match=r"papers\.toml has no .*did you mean 'R1 Table I, BWA-UNet, UHP %'"):
        figure("R1 Table I, BWA-Unet, UHP%")


def test_a_sentence_is_filled():
    assert filled("{R3 4.5, batch} photos, {R2 4.1, body missing} gone") == "128 photos, 0.005 % gone"
    with pytest.raises(BadInput, match="papers.toml has no"):
        filled("{R9 1, hands}")


def test_differences_and_shares_are_computed():
    derived = figure("R1 Table I, BWA-UNet, UHP % minus input")
    assert (derived.printed, derived.source) == ("-26.53", "R1, from Table I")
    closed = [figure(f"R1 Table I, {row}, gap closed %").printed for row in ("bilinear", "B-AE", "B-UNet", "BWA-UNet")]
    assert closed == ["-9.4", "84.1", "85.0", "86.5"]
    assert figure("R1 Table II, BWFA-UNet, fewer than the input %").printed == "19.7"


def test_counts_and_shares_of_r1_agree_but_for_the_one_that_the_page_names():
    """A video has about 1500 frames; R1 prints 106 of them as 7.06 %."""
    tables = [table for table in PAPERS.tables if table.name.startswith("R1")]
    apart = []
    for table in tables:
        for row in table.rows:
            share = figure(f"{table.name}, {row}, UHP frames of a video %").number
            if share != figure(f"{table.name}, {row}, UHP %").number:
                apart.append(f"{table.name}, {row}")
    assert apart == ["R1 Table I, B-UNet"]


def test_r1_takes_its_differences_from_its_tables_but_for_one():
    pairs = {
        "R1 IV-C, skips, on D1": ("R1 Table I, B-AE, UHP %", "R1 Table I, B-UNet, UHP %"),
        "R1 IV-C, skips, on TD2": ("R1 Table II, B-AE, UHP %", "R1 Table II, B-UNet, UHP %"),
        "R1 IV-C, fine-tuning, on TD2": ("R1 Table II, BWA-UNet, UHP %", "R1 Table II, BWFA-UNet, UHP %"),
        "R1 IV-C, bilinear worse than the input": ("R1 Table I, bilinear, UHP %", "R1 Table I, input, UHP %"),
    }
    apart = [name for name, (a, b) in pairs.items() if figure(name).number != figure(a).number - figure(b).number]
    assert apart == ["R1 IV-C, bilinear worse than the input"]


def test_r2_gains_are_its_differences():
    (table,) = (table for table in PAPERS.tables if table.name == "R2 Table 5")
    gains = 0
    for row in table.rows:
        gain = figure(f"R2 Table 5, {row}, gain").number
        if gain is not None:
            alone = figure(f"R2 Table 5, {row.rpartition(',')[0]}, alone, target").number
            assert figure(f"R2 Table 5, {row}, target").number - alone == gain
            gains += 1
    assert gains == 9


def test_r2_tables_agree_with_each_other_and_its_text_with_them():
    assert figure("R2 Table 1, all, examples").number == figure("R2 3.1, examples kept").number - 1, "the page names it"
    best, shown = figure("R2 Table 2, PTN MediaPipe 2D, validation"), figure("R2 Table 4, MediaPipe 2D, both, accuracy")
    assert best.number == shown.number == figure("R2 Table 5, PTN to VGT, alone, target").number
    assert figure("R2 Table 2, VTN, validation").number == figure("R2 Table 5, VTN to VGT, alone, target").number


def test_r3_text_repeats_its_table():
    for kind in ("static", "dynamic"):
        assert figure(f"R3 6, accuracy, {kind}").number == figure(f"R3 Table 2, {kind}, accuracy").number


def test_no_file_no_figure(tmp_path):
    with pytest.raises(BadInput, match="is missing"):
        read(tmp_path / "papers.toml")
