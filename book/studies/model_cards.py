"""A card for each network that ships: what it learned from, how, and what it does (Mitchell et al., 2019).

    python -m book.studies.model_cards            writes book/weights/NAME.md beside each weight file

Training facts come out of the weight file; figures out of the rows that ship (`book.studies.rows.shipped_rows`).
"""

from collections.abc import Sequence
from pathlib import Path

from book.shared.second_judge import MEASURES, opinions
from book.studies.rows import shipped_rows
from lib.evaluation.evaluation import PATHS, of_path, table
from lib.evaluation.intervals import Interval
from lib.tools.commands import command
from lib.tools.errors import BadInput
from lib.tools.files import sha256, written_whole
from lib.tools.paths import WEIGHTS
from lib.upsampler import read_weights

SHOWN = ("UHP dominant, %", "UHP both, %", "minus input", "PCK of found, %", "false of found, %", "PSNR, dB")
SEEN = MEASURES["second_present"][0]
CARD = Path(__file__).with_name("model_card.txt")


def card(path: Path, rows: Sequence[dict], second: Sequence[dict] = ()) -> str:
    """The card of one weight file, in Markdown; ``rows`` are the evaluation's, "input" and "target" among them, and
    ``second`` a second judge's (`book.studies.second_judge_rows`)."""
    facts = read_weights(path)[2]
    if not facts:
        raise BadInput(f"{path} does not say how it was trained; write it with: python -m lib.train_upsampler --ship")
    best = facts["best_epoch"]
    told = facts | {
        "about": facts["about"][:1].upper() + facts["about"][1:],
        "file": path.name,
        "digest": sha256(path),
        "start": facts["start"] or "nothing",
        "clips": ", ".join(f"{count} {name}" for name, count in facts["clips"].items()),
        "curve": ", ".join(f"{train:.4f} / {judged:.4f}" for train, judged in facts["curve"]),
        "kept": ", the last one's weights are kept" if facts.get("kept_epoch", best) != best else "",
        "figures": figures(rows, second),
    }
    return CARD.read_text(encoding="utf-8").format(**told)


def figures(rows: Sequence[dict], second: Sequence[dict] = ()) -> str:
    """The rows as a Markdown table: one line for each set, path and method."""
    lines = ["| set | path | method | " + " | ".join((*SHOWN, SEEN)) + " |", "|---" * (len(SHOWN) + 4) + "|"]
    methods = {row["method"] for row in rows}
    for path in PATHS:
        shown = table(of_path(rows, path))
        seen = opinions([row for row in of_path(second, path) if row["method"] in methods]).get(SEEN, {})
        for name, method in dict.fromkeys([*shown.index, *seen.keys()]):  # of films of people there are no others
            known = shown.loc[name, method] if (name, method) in shown.index else {}
            cells = [known.get(column) for column in SHOWN] + [seen.get((name, method))]
            words = [str(cell) if isinstance(cell, Interval) else "" for cell in cells]
            lines.append(f"| {name} | {path} | {method} | " + " | ".join(words) + " |")
    return "\n".join([*lines[:2], *sorted(lines[2:], key=lambda line: line.split(" | ")[0])])


@command
def main(folder: Path = WEIGHTS) -> None:
    """Write every card."""
    rows, second = (shipped_rows.read(file, folder) for file in (shipped_rows.R1, shipped_rows.SECOND_JUDGE))
    for path in sorted(Path(folder).glob("*.safetensors")):
        of_network = [row for row in rows if row["method"] in ("input", path.stem, "target")]
        if path.stem not in {row["method"] for row in of_network}:
            raise BadInput(f"{path.name} is not in {shipped_rows.R1.name}; evaluate it: {shipped_rows.EVALUATE}")
        with written_whole(path.with_suffix(".md")) as partial:
            partial.write_text(card(path, of_network, second), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
