"""The pages around the chapters: quizzes with one right answer each, a glossary in use, messages that the code says."""

import re

import nbformat
import pytest
import yaml
from conftest import ROOT

BOOK = ROOT / "book"
QUIZZES = sorted(BOOK.glob("quiz_*.md"))
PAGES = ["glossary", "notation", "troubleshooting", "execution_statistics", "data_and_ethics", "references"]
CHOICE = re.compile(r"^:::\{dropdown\} ([A-Z])\. (.+?)\n(.*?)^:::$", re.M | re.S)
FOREIGN = ("No matching distribution", "ImportError")  # said by pip and Python


def questions(text: str) -> dict[str, list[tuple[str, str, str]]]:
    """Each question by its heading: (letter, choice, what opens) of its choices, in order."""
    parts = re.split(r"^## (.+)$", text, flags=re.M)[1:]
    return {title: CHOICE.findall(body) for title, body in zip(parts[::2], parts[1::2], strict=True)}


EVERY_QUESTION = [
    pytest.param(choices, id=f"{path.stem}: {title}")
    for path in QUIZZES
    for title, choices in questions(path.read_text(encoding="utf-8")).items()
]
each_quiz = pytest.mark.parametrize("path", QUIZZES, ids=lambda path: path.stem)


def toc() -> dict[str, list[str]]:
    """The pages of each part, by its caption."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    return {part["caption"]: [chapter["file"].removeprefix("book/") for chapter in part["chapters"]] for part in parts}


def prose() -> dict[str, str]:
    """The text that readers see of each page and chapter; code cells are left out."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")}
    for path in BOOK.glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        texts[path.stem] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return texts


def glossary() -> list[str]:
    body = re.search(r"^```\{glossary\}\n(?::\w+:\n)*(.*?)^```$", (BOOK / "glossary.md").read_text(), re.M | re.S)[1]
    return [line for line in body.splitlines() if line and not line.startswith(" ")]


def test_there_is_a_quiz_a_part_and_it_closes_the_part():
    parts = [pages for caption, pages in toc().items() if caption not in ("Begin here", "Behind the course")]
    assert QUIZZES and [pages[-1] for pages in parts if pages[-1].startswith("quiz_")] == [pages[-1] for pages in parts]
    assert {path.stem for path in QUIZZES} == {pages[-1] for pages in parts}


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_in_the_table_of_contents(page):
    assert page in toc()["Behind the course"]


@pytest.mark.parametrize("choices", EVERY_QUESTION)
def test_one_choice_is_right_and_each_is_explained(choices):
    assert len(choices) >= 3 and [letter for letter, _, _ in choices] == list("ABCDEFG"[: len(choices)])
    verdicts = [re.match(r"\*\*(Right|No)[.,]\*\*\s+(.*)", told, re.S) for _, _, told in choices]
    assert all(verdicts), "what opens begins with **Right.**, **No.** or **No,**"
    assert [verdict[1] for verdict in verdicts].count("Right") == 1
    assert all(len(verdict[2].split()) >= 5 for verdict in verdicts), "each choice has its reason"


@pytest.mark.parametrize("choices", EVERY_QUESTION)
def test_the_right_choice_says_where_to_read(choices):
    (told,) = [told for _, _, told in choices if told.startswith("**Right.**")]
    links = re.findall(r"\]\((\w+\.ipynb)\)", told)
    assert links and all((BOOK / link).exists() for link in links)


@each_quiz
def test_a_quiz_parses_whole_and_types_no_result(path):
    text = path.read_text(encoding="utf-8")
    assert text.count(":::{dropdown}") == sum(map(len, questions(text).values())), "a dropdown that no question owns"
    assert not re.findall(r"\d+\.\d+|\d+ ?%", text), "a figure that a run gives belongs into the chapter"


@each_quiz
def test_the_right_letter_varies(path):
    right = [letter for c in questions(path.read_text()).values() for letter, _, told in c if told.startswith("**R")]
    assert len(set(right)) == 3


def lengths(choices: list[tuple[str, str, str]]) -> tuple[int, list[int]]:
    """Letters of the right choice as it is read, and of the wrong ones."""
    shown = [len(re.sub(r"\{term\}`([^`<]+?)(?: <[^>]+>)?`", r"\1", choice)) for _, choice, _ in choices]
    right = next(i for i, (_, _, told) in enumerate(choices) if told.startswith("**Right"))
    return shown.pop(right), shown


def test_the_longest_choice_is_not_a_hint():
    """Who picks the longest of three without reading is right about as often as who guesses; wrong ones are whole."""
    every = [lengths(param.values[0]) for param in EVERY_QUESTION]
    longest = sum(right >= max(wrong) for right, wrong in every)
    assert 0.2 * len(every) <= longest <= 0.4 * len(every), f"{longest} of {len(every)}"
    assert all(min(wrong) >= 0.45 * right for right, wrong in every)


def test_terms_are_explained_once():
    terms = [term.lower() for term in glossary()]
    assert len(terms) > 40 and len(set(terms)) == len(terms)


def test_every_term_is_used():
    text = "\n".join(text for name, text in prose().items() if name != "glossary")
    unused = [term for term in glossary() if not re.search(rf"\b{re.escape(term)}", text, re.I)]
    assert not unused


def test_linked_terms_are_explained():
    linked = {
        (target or shown).lower()
        for text in prose().values()
        for shown, target in re.findall(r"\{term\}`([^`<]+?)(?: <([^>]+)>)?`", text)
    }
    assert linked and linked <= {term.lower() for term in glossary()}


def test_troubleshooting_quotes_what_the_code_says():
    sources = [*ROOT.glob("lib/**/*.py"), *ROOT.glob("data_scripts/**/*.py"), *BOOK.glob("**/*.py"), ROOT / "Makefile"]
    said = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    said = re.sub(r"\"\s*\n\s*f?\"", "", said)  # a sentence over two lines of code
    quoted = re.findall(r'^### "(.+)"$', (BOOK / "troubleshooting.md").read_text(encoding="utf-8"), re.M)
    ours = [message for message in quoted if not message.startswith(FOREIGN)]
    pieces = [piece for message in ours for piece in re.split(r"\(?\b[A-Z]{3,}\b\)?", message)]
    assert len(ours) > 10 and not [piece for piece in pieces if piece.strip(" ,.") and piece.strip() not in said]
