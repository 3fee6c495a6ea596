"""Ours beside the cells of R2's five tables and the numbers of its text, from shipped rows and chapters' reports."""

from book.ledger.claim_answers import find, from_chapter
from book.ledger.paper_cells import Cells, Ours, Run, text
from book.studies import real_transfer
from book.studies.rows import sign_rows
from lib.evaluation.intervals import Interval
from lib.tools.errors import BadInput

MISSING = {"pose": "body", "left hand": "left hand", "right hand": "right hand"}  # R2's columns, by chapter 9's words
RATE = "MediaPipe Holistic, frames a second, frames of 304x336"  # chapter 8's
SHARES = {f"R2 4.1, {part} missing": f"Frames without the {part}, synthetic signs" for part in MISSING.values()}
COUNTED = {  # numbers of R2's text, and the rows of chapter 10 that count the same
    "R2 3.1, examples kept": "VGT: examples",
    "R2 3.1, glosses kept": "VGT: glosses",
    "R2 5.2, NGT samples": "NGT: examples",
    "R2 5.2, NGT classes": "NGT: glosses",
}
STAGES = {"classifier": "frozen", "sequence": "sequence", "all": "all"}  # Table 5's, by `lib.ptn.training`'s names
ASL = {"classifier": "a new classifier only", "sequence": "from there the transformer", "all": "from there everything"}


def table1(run: Run) -> Ours:
    """VGT's parts, counted."""
    names = {"train": "train", "validation": "val", "test": "test"}
    cells = {}
    for row, short in names.items():
        for column in ("examples", "signers"):
            found = from_chapter(f"VGT: {short} {column}", 10, run.reported, run.profile)
            cells[row, column] = f"{found.value:,.0f}"
    return Ours(cells)


def table2(run: Run) -> Ours:
    """PTN and VTN on the synthetic source language; a VTN from chance below."""
    results, cells = sign_rows.read(), {}
    for row, name in {"PTN MediaPipe 2D": "ptn", "PTN MediaPipe 3D": "3D", "VTN": "eye"}.items():
        if results.complete(name):
            cells[row, "test"] = text(results.mean(name))
            parts = [part for part in ("train", "validation") if results.has(name, part)]
            cells |= {(row, part): text(results.mean(name, part)) for part in parts}
    below = {"VTN from chance, 32 x 32 pixels": {"test": text(results.mean("vtn"))}}
    return Ours(cells, below if results.complete("vtn") else {})


def table3(run: Run) -> Ours:
    """Films of other sizes: rows below R2's."""
    more: dict[str, dict[str, str]] = {}
    for column, part in MISSING.items():
        begins = f"Points of the {part} missing, synthetic clips, "
        mine = run.reported[run.reported.claim.str.startswith(begins) & (run.reported.profile == run.profile)]
        for row in mine.itertuples():
            said = text(Interval(row.value, row.low, row.high, 0))
            more.setdefault(f"synthetic, {row.claim.removeprefix(begins)}", {})[column] = said
    return Ours(more=more)


def table4(run: Run) -> Ours:
    """What normalisation and imputation are worth, on test signers where R2 has validation."""
    results = sign_rows.read()
    names = {"both": "ptn", "normalised only": "not imputed", "neither": "neither"}
    cells = {(f"MediaPipe 2D, {name}", "accuracy"): text(results.mean(row)) for name, row in names.items()}
    return Ours(cells, {"MediaPipe 2D, imputed only": {"accuracy": text(results.mean("not normalised"))}})


def _gain(run: Run, **answer) -> str | None:
    """The gain of one training over another as the claims have it: over trainings or clips, whichever is wider."""
    return text(find(answer, run.reported, run.profile).interval)


def table5(run: Run) -> Ours:
    """Transfer between the two synthetic languages, and from ASL words to DGS words."""
    results, few, cells = sign_rows.read(), {}, {}
    for name, stage in STAGES.items():
        few[f"three clips a sign, {name}"] = {
            "target": text(results.mean(f"few transfer, {stage}")),
            "gain": _gain(run, file="r2.json", method=f"few transfer, {stage}", minus="few scratch"),
        }
    for network, (source, before) in {"PTN": ("ptn", ""), "VTN": ("eye", "eye ")}.items():
        alone = f"{before}scratch"
        if results.complete(source, alone, *(f"{before}transfer, {stage}" for stage in STAGES.values())):
            cells[f"{network} to VGT, alone", "target"] = text(results.mean(alone))
            for name, stage in STAGES.items():
                row, way = f"{network} to VGT, {name}", f"{before}transfer, {stage}"
                cells[row, "NGT"] = text(results.mean(source))
                cells[row, "target"] = text(results.mean(way))
                cells[row, "gain"] = _gain(run, file="r2.json", method=way, minus=alone)
    return Ours(cells | _asl_signs(run), few | _real_words(run))


def _asl_signs(run: Run) -> Cells:
    """Onto Kaggle's asl-signs, where a reader has them and chapter 11 has run on them."""
    cells = {}
    for row, name in ASL.items():
        try:
            gain = from_chapter(f"Onto asl-signs: {name}, minus from scratch", 11, run.reported, run.profile)
        except BadInput:
            return {}
        cells[f"PTN to ASL, {row}", "gain"] = text(gain.interval)
    return cells


def _real_words(run: Run) -> dict[str, dict[str, str]]:
    """From ASL to DGS words: R2's kind of transfer on real keypoints, with ASL as the source."""
    rows = real_transfer.read()
    return {
        f"ASL to DGS words, 5 examples, {name}": {
            "target": text(real_transfer.accuracy(rows, stage, 5)),
            "gain": _gain(run, file="transfer.json", method=stage, minus="scratch", shots=5),
        }
        for name, stage in STAGES.items()
    }


def number(name: str, run: Run) -> str:
    """Our figure for a number of R2's text by its name, empty where the course has none."""
    try:
        if name in COUNTED:
            return f"{from_chapter(COUNTED[name], 10, run.reported, run.profile).value:,.0f}"
        if name in SHARES:
            found = from_chapter(SHARES[name], 9, run.reported, run.profile)
            return f"{text(found.interval)} %, synthetic signs"
        if name == "R2 4.1, MediaPipe":
            found = from_chapter(RATE, 8, run.reported, run.profile)
            same = run.reported[run.reported.claim == RATE].set_index("profile")
            here = same.loc[[run.profile]] if run.profile in same.index else same
            return f"{found.value:.3g} frames/s on {here.hardware.iloc[0]['cpu']}"
    except BadInput as error:
        return f"not run: {error}"
    return ""
