"""paper.md, as the Journal of Open Source Education asks for it: what it cites is there, as the book has it."""

import re

import yaml
from conftest import ROOT

ENTRY = re.compile(r"^@\w+\{(\w+),.*?^\}$", re.M | re.S)


def entries(path) -> dict[str, str]:
    return {entry[1]: entry[0] for entry in ENTRY.finditer(path.read_text(encoding="utf-8"))}


def test_the_paper_cites_what_the_book_cites():
    cited = set(re.findall(r"@(\w+)", (ROOT / "paper.md").read_text(encoding="utf-8")))
    own, book = entries(ROOT / "paper.bib"), entries(ROOT / "book" / "references.bib")
    assert cited == own.keys() and all(own[key] == book[key] for key in own)


def test_the_papers_head_and_sections():
    _, head, text = (ROOT / "paper.md").read_text(encoding="utf-8").split("---\n", 2)
    head = yaml.safe_load(head)
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= head.keys()
    assert (ROOT / head["bibliography"]).is_file()
    wanted = {"Summary", "Statement of need", "Learning objectives", "Experience of use", "References"}
    assert wanted <= set(re.findall(r"^# (.*)$", text, re.M)) and len(text.split()) < 1500
