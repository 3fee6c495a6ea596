"""R1 beside two reproductions of it, studies of single choices, and PSNR's order against UHP's; rows made by hand."""

import pytest

from book.chapters.ch06_set_ups import NONE, OURS, crossed, set_ups
from book.chapters.ch07_realness import agreement
from book.ledger.claim_answers import most
from book.shared import r1_studies
from book.studies.rows import shipped_rows
from lib.evaluation.intervals import Interval
from lib.tools.errors import BadInput
from lib.tools.papers import look_up


def rows_of(name, lost, **more):
    """Two clips of a set; ``lost`` is each method's share of lost hands, the same in both."""
    return [
        {"set": name, "clip": clip, "method": method, "path": "frames", "uhp_dominant": share, "uhp_both": share}
        | {key: values[method] for key, values in more.items()}
        for method, share in lost.items()
        for clip in "ab"
    ]


def test_r1_and_ours_side_by_side(tmp_path):
    lost = {"input": 0.4, "target": 0.0, "b-ae": 0.3, "bwa-unet": 0.1, "bwa-unet-camera": 0.2}
    rows = rows_of("d1_test_software", lost) + rows_of("d1_test", lost | {"b-ae-camera": 0.36})
    found = set_ups(rows, tmp_path)
    soft, camera = (one.title for one in OURS)
    assert found.loc["D1, gap closed by B-AE", "R1"] == str(look_up("R1 Table I, B-AE, gap closed %"))
    assert found.loc["D1, gap closed by B-AE", soft].startswith("25.0 % (")
    assert found.loc["D1, gap closed by B-AE", camera].startswith("10.0 % (")
    assert found.loc["D1, gap closed by B-UNet", soft] == NONE
    assert "60,000 in all" in found.loc["pictures seen", soft], "one budget for all"
    assert "96,000 to 396,000" in found.loc["pictures seen", camera], "BWA-UNet goes on from BA-UNet there"
    assert not found.isna().any().any()
    table = crossed(rows)
    assert [table.loc[down, across].mean for down in table.index for across in table] == pytest.approx([75, 75, 50, 50])


def test_before_there_are_rows_each_cell_says_so(tmp_path):
    found = set_ups(rows_of("td2", {"input": 0.4, "target": 0.1}), tmp_path)
    assert (found.loc["D1, gap closed by B-AE"][1:] == NONE).all() and crossed(
        rows_of("td2", {"input": 0.4})
    ).isna().all().all()


def test_an_order_by_hand():
    lost = {"bilinear": 0.4, "b-ae": 0.3, "b-unet": 0.2, "ba-unet": 0.2}
    psnr = {"bilinear": 20, "b-ae": 30, "b-unet": 29, "ba-unet": 31}
    rows = rows_of("td2", lost, psnr=psnr, phash={name: -value for name, value in psnr.items()})
    for measure in ("psnr", "phash"):  # six pairs, one ties in hands, b-ae and b-unet are the other way round
        assert agreement(rows, "td2", list(lost), measure).mean == pytest.approx(80)
    assert agreement(rows, "td2", [*lost, "bwa-unet"], "psnr") is None
    assert agreement(rows, "d1_test", list(lost), "psnr") is None


def test_of_several_differences_the_worst_counts():
    found = most([Interval(-3, -5, -1, 12), Interval(-2, -7, 2, 12)])
    assert (found.mean, found.low, found.high) == (-2, -5, 2)


def test_studies_stand_beside_the_first(tmp_path, monkeypatch):
    lost = {"fifth": 0.2, "fifth-l1": 0.3}
    rows = rows_of(r1_studies.SET, lost, psnr={"fifth": 34.0, "fifth-l1": 33.0}, ssim={"fifth": 0.9, "fifth-l1": 0.9})
    path = tmp_path / "r1_studies.json"
    monkeypatch.setattr(r1_studies, "SHIPPED", path)
    with pytest.raises(
        BadInput,
        match="r1_studies.json does not exist; make the rows again: each .fifth. of lib.upsampler.recipes",
    ):
        r1_studies.read()
    shipped_rows.write(rows, path, {}, {"validation": {"fifth": 0.1}})
    found = r1_studies.studies(r1_studies.read(), r1_studies.LOSSES)
    assert list(found.index) == [(r1_studies.SET, "SSIM + L1"), (r1_studies.SET, "L1")]
    assert found.iloc[0]["minus the first, points"] is None
    assert found.iloc[1]["minus the first, points"].mean == pytest.approx(10)
    assert r1_studies.validation() == {"fifth": 0.1}
    html = r1_studies.study_html(r1_studies.read(), r1_studies.LOSSES)
    assert html.count("<tr>") == 3 and "SSIM + L1 0.1000" in html
    differences = r1_studies.differences(rows, r1_studies.LOSSES)
    assert list(differences) == ["L1"] and differences["L1"].mean == pytest.approx(10)
    assert r1_studies.differences([], r1_studies.LOSSES) == {}
    assert r1_studies.studies([], r1_studies.LOSSES).empty
    assert shipped_rows.weights(path) == {}


@pytest.mark.parametrize("names", [r1_studies.LOSSES, r1_studies.HEADS], ids=["losses", "heads"])
def test_chapters_3_and_4_have_a_row_for_each_choice(names):
    assert r1_studies.studies(r1_studies.read(), names).index.get_level_values(1).tolist() == list(names)
