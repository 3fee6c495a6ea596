"""What the papers say: looked up by name, and at one with itself where the papers are."""

import pytest

from lib.tools.errors import BadInput
from lib.tools.papers import filled, look_up, read

PAPERS = read()
CELLS = {table.name: table.rows for table in PAPERS.tables}


def test_a_figure_by_its_name():
    one = look_up("R1 Table I, BWA-UNet, UHP %")
    assert one.printed == CELLS["R1 Table I"]["BWA-UNet"][2] and one.printed.endswith("0"), "as it is printed"
    assert (one.value, one.unit, one.source) == (float(one.printed), "%", "R1, Table I")
    count = look_up("R1 III-C, training frames")
    assert str(count) == f"{count.value:,.0f}" and "," in count.printed and count.unit == ""
    assert look_up("R1 Table I, B-AE, loss").value is None and str(look_up("R1 Table I, B-AE, loss")) == "SSIM+L1"
    assert look_up("R1 Table I, target, FID").printed is None, "a dash is no figure"


def test_what_a_paper_says_and_what_it_does_not():
    said, silent = look_up("R2 3.2, gaps inside are filled by straight lines"), look_up("R2 3.4, the learning rate")
    assert (said.printed, said.source, said.silent) == (None, "R2, 3.2", False)
    assert (silent.printed, silent.source, silent.silent) == (None, "not in R2", True)


def test_an_unknown_name_is_refused_with_its_neighbours():
    with pytest.raises(BadInput, match=r"papers\.toml has no .*did you mean 'R1 Table I, BWA-UNet, UHP %'"):
        look_up("R1 Table I, BWA-Unet, UHP%")


def test_a_sentence_is_filled():
    assert filled("{R3 4.5, batch} photos, {R2 4.1, body missing} gone") == "128 photos, 0.005 % gone"
    with pytest.raises(BadInput, match="papers.toml has no"):
        filled("{R9 1, hands}")


def test_differences_and_shares_are_computed():
    derived = look_up("R1 Table I, BWA-UNet, UHP % minus input")
    uhp = {row: float(cells[2]) for row, cells in CELLS["R1 Table I"].items()}
    assert derived.value == pytest.approx(uhp["BWA-UNet"] - uhp["input"]) and derived.source == "R1, from Table I"
    for row in ("bilinear", "B-AE", "BWA-UNet"):
        share = 100 * (uhp["input"] - uhp[row]) / (uhp["input"] - uhp["target"])
        assert look_up(f"R1 Table I, {row}, gap closed %").printed == f"{share:.1f}"
    td2 = {row: float(cells[2]) for row, cells in CELLS["R1 Table II"].items()}
    fewer = 100 * (1 - td2["BWFA-UNet"] / td2["input"])
    assert look_up("R1 Table II, BWFA-UNet, fewer than the input %").printed == f"{fewer:.1f}"
    took = 1000 / look_up("R2 4.1, MediaPipe").value
    assert look_up("R2 4.1, MediaPipe, milliseconds a frame").printed == f"{took:.0f}"


def test_counts_and_shares_of_r1_agree_but_for_the_one_that_the_page_names():
    """Of the frames that a video has; R1 cuts one share where it rounds all others."""
    tables = [table for table in PAPERS.tables if table.name.startswith("R1")]
    apart = []
    for table in tables:
        for row in table.rows:
            share = look_up(f"{table.name}, {row}, UHP frames of a video %").number
            if share != look_up(f"{table.name}, {row}, UHP %").number:
                apart.append(f"{table.name}, {row}")
    assert apart == ["R1 Table I, B-UNet"]


def test_r1_takes_its_differences_from_its_tables_but_for_one():
    pairs = {
        "R1 IV-C, skips, on D1": ("R1 Table I, B-AE, UHP %", "R1 Table I, B-UNet, UHP %"),
        "R1 IV-C, skips, on TD2": ("R1 Table II, B-AE, UHP %", "R1 Table II, B-UNet, UHP %"),
        "R1 IV-C, fine-tuning, on TD2": ("R1 Table II, BWA-UNet, UHP %", "R1 Table II, BWFA-UNet, UHP %"),
        "R1 IV-C, bilinear worse than the input": ("R1 Table I, bilinear, UHP %", "R1 Table I, input, UHP %"),
    }
    apart = [name for name, (a, b) in pairs.items() if look_up(name).number != look_up(a).number - look_up(b).number]
    assert apart == ["R1 IV-C, bilinear worse than the input"]


def test_r2_gains_are_its_differences():
    (table,) = (table for table in PAPERS.tables if table.name == "R2 Table 5")
    gains = 0
    for row in table.rows:
        gain = look_up(f"R2 Table 5, {row}, gain").number
        if gain is not None:
            alone = look_up(f"R2 Table 5, {row.rpartition(',')[0]}, alone, target").number
            assert look_up(f"R2 Table 5, {row}, target").number - alone == gain
            gains += 1
    assert gains == 9


def test_r2_tables_agree_with_each_other_and_its_text_with_them():
    counted, told = look_up("R2 Table 1, all, examples"), look_up("R2 3.1, examples kept")
    assert counted.number == told.number - 1, "the page names it"
    best = look_up("R2 Table 2, PTN MediaPipe 2D, validation").number
    assert best == look_up("R2 Table 4, MediaPipe 2D, both, accuracy").number
    assert best == look_up("R2 Table 5, PTN to VGT, alone, target").number
    assert look_up("R2 Table 2, VTN, validation").number == look_up("R2 Table 5, VTN to VGT, alone, target").number


def test_r3_text_repeats_its_table():
    for kind in ("static", "dynamic"):
        assert look_up(f"R3 6, accuracy, {kind}").number == look_up(f"R3 Table 2, {kind}, accuracy").number


def test_no_file_no_figure(tmp_path):
    with pytest.raises(BadInput, match="is missing"):
        read(tmp_path / "papers.toml")
