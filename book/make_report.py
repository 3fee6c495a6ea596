"""Write one page that can be handed in or filed: what was run, on what, every number, and every claim.

    python book/make_report.py                        results/report.html, from the results of the chapters
    python book/make_report.py --profile paper --out my-report.html

The page stands alone: pictures are inside it, and it asks nothing of the network.
"""

import base64
import io
import os
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from itertools import groupby
from pathlib import Path

from book.ledger import claim_chart
from book.ledger.claim_tables import badge, by_paper, claims_html
from book.ledger.claims import CHAPTER, Judged, counts, judge_all
from book.shared.page import CARD_STYLE, beside_code, card_table
from lib.evaluation.verdicts import VERDICTS
from lib.report import Row, gather, gather_rows
from lib.tools import paths
from lib.tools.commands import arguments, command
from lib.tools.files import sha256, written_whole

EMPTY = "No chapter has been run yet: run some with make lab, or all with make book, and make this page again."
SYNTHETIC = (
    "Most figures come from synthetic clips and signs. They do not confirm or refute a number that a paper measured "
    "on its own data: a verdict is about a claim's direction, on our data."
)
PAGE_STYLE = f"<style>\n{beside_code('report.css')}\n</style>"


def page(rows: Sequence[Row], judged: Sequence[Judged], profile: str) -> str:
    """The whole page as HTML."""
    chapters = [(name, list(of)) for name, of in groupby(rows, key=lambda row: row.chapter) if name != CHAPTER]
    parts = [f"<h1>Hands in Focus: report</h1>\n<p>Made on {date.today().isoformat()}, profile {escape(profile)}.</p>"]
    parts += [f'<p class="note">{SYNTHETIC}</p>']
    if not chapters:
        parts += [f'<p class="note"><strong>{EMPTY}</strong></p>']
    parts += [_contents([name for name, _ in chapters]), _runs(chapters), _claims(judged)]
    parts += [_chapter(name, of) for name, of in chapters]
    parts += [_shipped(sorted((paths.ROOT / "book" / "results").glob("*.json")))]
    body = "\n".join(parts)
    head = '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">'
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n<title>Hands in Focus: report</title>\n'
        f"{PAGE_STYLE}\n{CARD_STYLE}\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _contents(names: Sequence[str]) -> str:
    links = [("#runs", "What was run"), ("#claims", "Claims")]
    links += [(f"#{_anchor(name)}", f"Chapter {name}") for name in names] + [("#shipped", "Results that ship")]
    lines = "".join(f'<li><a href="{target}">{escape(text)}</a></li>' for target, text in links)
    return f'<nav aria-label="Contents"><ul>{lines}</ul></nav>'


def _runs(chapters: Sequence[tuple[str, list[Row]]]) -> str:
    """A line a chapter: profile, date, seeds, versions and hardware of its rows, several of each where they differ."""
    columns = ("chapter", "profile", "date", "numbers", "seeds", "versions", "hardware")
    lines = [
        (
            escape(name),
            _distinct(row.profile for row in rows),
            _distinct(row.date or "not noted" for row in rows),
            str(len(rows)),
            _distinct(("none" if row.seed is None else str(row.seed) for row in rows), ", "),
            _distinct(", ".join(f"{key} {value}" for key, value in row.versions.items()) for row in rows),
            _distinct(", ".join(f"{key}: {value}" for key, value in row.hardware.items()) for row in rows),
        )
        for name, rows in chapters
    ]
    return '<h2 id="runs">What was run</h2>\n' + card_table(columns, lines, "Runs, by chapter")


def _distinct(texts: Iterable[str], between: str = "<br>") -> str:
    return between.join(escape(text) for text in dict.fromkeys(texts))


def _claims(judged: Sequence[Judged]) -> str:
    table = counts(judged)
    said = ", ".join(f"{word}: {many}" for word, many in table.sum().items())
    parts = ['<h2 id="claims">Claims</h2>', f"<p>{len(judged)} claims; {said}.</p>"]
    parts += [_picture(claim_chart.board(table), f"A tile for each claim, by paper. In all: {said}.")]
    for title, of_paper in by_paper(judged).items():
        alt = "Ours and the paper's, in points from each claim's limit; the table below has the same figures."
        parts += [f"<h3>{escape(title)}</h3>", _picture(claim_chart.forest(of_paper, title[:2]), f"{title}. {alt}")]
        parts += [claims_html(of_paper, f"Claims of {title[:2]}").removeprefix(CARD_STYLE)]
    return "\n".join(parts)


def _chapter(name: str, rows: Sequence[Row]) -> str:
    """All numbers of a chapter."""
    columns = ("what", "in the paper", "where", "this run", "95 % interval", "n", "seed", "profile", "verdict, note")
    lines = []
    for row in rows:
        cells = [escape(cell) for cell in row.cells().values()]
        seed = "" if row.seed is None else str(row.seed)
        verdict = " ".join(filter(None, (badge(row.verdict) if row.verdict in VERDICTS else "", escape(row.note))))
        lines.append((*cells[:6], seed, escape(row.profile), verdict))
    return f'<h2 id="{_anchor(name)}">Chapter {escape(name)}</h2>\n' + card_table(columns, lines, "All its numbers")


def _shipped(files: Sequence[Path]) -> str:
    columns = ("file in book/results", "sha256", "bytes")
    lines = [(escape(path.name), sha256(path), f"{path.stat().st_size:,}") for path in files]
    return '<h2 id="shipped">Results that ship with the course</h2>\n' + card_table(columns, lines, "Shipped results")


def _anchor(name: str) -> str:
    return "chapter-" + "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def _picture(figure, alt: str) -> str:
    """A matplotlib figure inside the page."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<p><img src="data:image/png;base64,{data}" alt="{escape(alt)}" width="400"></p>'


def write_report(out: Path, profile: str) -> Path:
    """Gather all that there is, and write the page. Raises BadInput for a result that cannot be read."""
    text = page(gather_rows(), judge_all(gather(), profile), profile)
    with written_whole(out) as partial:
        partial.write_text(text, encoding="utf-8")
    return out


@command
def main(argv: Sequence[str] | None = None) -> None:
    parser = arguments(__doc__)
    default = os.environ.get("HANDS_PROFILE", "laptop")
    parser.add_argument("--profile", choices=["ci", "laptop", "paper"], default=default, help="whose results count")
    parser.add_argument("--out", type=Path, default=paths.RESULTS / "report.html", help="default: %(default)s")
    options = parser.parse_args(argv)
    out = write_report(options.out, options.profile)
    print(f"The report is ready. Open it in a browser:\n    {os.path.relpath(out)}")


if __name__ == "__main__":
    raise SystemExit(main())
