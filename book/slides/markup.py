"""Markdown of the chapters as HTML that needs nothing else: formulas as MathML, citations and terms as words."""

import re
from collections.abc import Sequence
from pathlib import Path

BREAK = "between-two-pieces-of-a-slide"
CITATION = re.compile(r"\s?\{cite:(?P<kind>[tp])\}`(?P<keys>[^`]+)`")
TERM = re.compile(r"\{(?:term|download)\}`(?P<shown>[^`<]+?)(?: <[^>`]+>)?`", re.S)
SIZE_ONLY = re.compile(r"\\(?:big|Big|bigg|Bigg)[lr]?(?![a-z])")  # docutils' MathML does not know them; brackets grow
EXTENSIONS = ["amsmath", "colon_fence", "deflist", "dollarmath"]


def cited_names(bibliography: Path) -> dict[str, tuple[str, str]]:
    """For each key of a BibTeX file the authors' names, shortened, and the year: ("Taşyürek et al.", "2024")."""
    from pybtex.database import parse_file

    found = {}
    for key, entry in parse_file(str(bibliography)).entries.items():
        people = entry.persons.get("author") or entry.persons.get("editor") or []
        names = [" ".join(map(str, person.rich_prelast_names + person.rich_last_names)) for person in people]
        short = " and ".join(names) if len(names) <= 2 else f"{names[0]} et al."
        found[key] = (short or entry.fields.get("title", key), entry.fields.get("year", ""))
    return found


def with_names(markdown: str, names: dict[str, tuple[str, str]]) -> str:
    """Citations in words: {cite:t}`key` becomes "Authors (year)", {cite:p}`key` becomes "(Authors year)"."""

    def words(match: re.Match) -> str:
        cited = [names.get(key.strip(), (key.strip(), "")) for key in match["keys"].split(",")]
        if match["kind"] == "t":
            return " " + ", ".join(f"{who} ({year})" if year else who for who, year in cited)
        return " (" + "; ".join(f"{who} {year}".strip() for who, year in cited) + ")"

    return CITATION.sub(words, markdown).strip()


def to_html(pieces: Sequence[str], names: dict[str, tuple[str, str]]) -> list[str]:
    """Each piece of Markdown as HTML. All go through MyST and docutils in one turn, since a turn costs a while."""
    from docutils.core import publish_parts
    from myst_parser.docutils_ import Parser

    text = f"\n\n{BREAK}\n\n".join(_for_docutils(with_names(piece, names)) for piece in pieces)
    settings = {
        "math_output": "MathML",
        "myst_enable_extensions": EXTENSIONS,
        "myst_all_links_external": True,
        "report_level": 5,
        "raw_enabled": False,
        "file_insertion_enabled": False,
        "embed_stylesheet": False,
        "stylesheet_path": "",
    }
    body = publish_parts(text, parser=Parser(), writer_name="html5", settings_overrides=settings)["body"]
    return [piece.strip() for piece in body.split(f"<p>{BREAK}</p>")]


def _for_docutils(markdown: str) -> str:
    """Links between chapters lead to their slides; what only Sphinx or no MathML has is spelled otherwise."""
    markdown = TERM.sub(r"\g<shown>", markdown)
    markdown = SIZE_ONLY.sub("", markdown).replace(r"\dots", r"\ldots")
    return re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.html)", markdown)
