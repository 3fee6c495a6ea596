"""A table that a phone can show, too: on a narrow screen each row becomes a card."""

from collections.abc import Sequence
from html import escape

STYLE = """<style>
.cards { border-collapse: collapse; width: 100%; font-size: .92em; margin: 1.2em 0; }
.cards caption { text-align: left; font-weight: bold; padding: .4em .6em; caption-side: top; }
.cards th, .cards td { text-align: left; vertical-align: top; padding: .45em .6em; border-bottom: 1px solid #8888; }
.cards small { font-size: .85em; line-height: 1.3; display: inline-block; }
@media (max-width: 720px) {
 .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
 .cards, .cards caption, .cards tbody, .cards tr, .cards td { display: block; }
 .cards tr { border: 1px solid #8888; border-radius: .5em; margin: .7em 0; padding: .3em; }
 .cards td { border: 0; padding: .2em .5em; overflow-wrap: anywhere; }
 .cards td:empty { display: none; }
 .cards td::before { content: attr(data-label) ": "; font-size: .85em; }
 .cards td:first-child::before { content: ""; }
}
</style>"""


def card_table(columns: Sequence[str], rows: Sequence[Sequence[str]], caption: str, names: Sequence[str] = ()) -> str:
    """HTML of a table whose cells are HTML already; ``names`` are the rows' ids.

    The roles are spelled out, since `display: block` would take them away. Pages that hold it need `STYLE` once.
    """
    head = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in columns)
    ids = [f' id="{escape(name)}"' for name in names] or [""] * len(rows)
    body = "\n".join(f'<tr role="row"{name}>{_cells(columns, row)}</tr>' for name, row in zip(ids, rows, strict=True))
    return (
        f'<table class="cards" role="table"><caption>{escape(caption)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n<tbody role="rowgroup">\n{body}\n</tbody></table>'
    )


def _cells(columns: Sequence[str], row: Sequence[str]) -> str:
    pairs = zip(columns, row, strict=True)
    return "".join(f'<td role="cell" data-label="{escape(name)}">{cell}</td>' for name, cell in pairs)
