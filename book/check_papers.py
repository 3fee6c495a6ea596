"""Find every passage of book/papers.toml in the papers' own texts, and look whether it says what the file says.

    python book/check_papers.py --papers DIR      DIR holds the three papers as text files (or set HANDS_PAPERS)
    python book/check_papers.py --papers DIR --add R1 "its first words" "its last words"

The papers are not in this repository, and no sentence of theirs is. An entry keeps how many words its passage has and a
checksum of them, and this slides a window of so many words over the text until the checksum fits. Then every number of
the entry must stand in its passage, a table's cells in their order, and the words that a paper is said to lack must not
stand anywhere in it. The passages of a section must come after those of the sections before it. Of a text only words
and numbers count: small letters, no punctuation, whatever the line breaks.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from lib.tools.commands import arguments, command
from lib.tools.errors import BadInput
from lib.tools.papers import FILE, NONE, Papers, read

TAG = re.compile(r"</?[a-z]+>")
TOKEN = re.compile(r"[✓✗]|(?:(?<!\w)[-+])?\d+(?:[.,]\d+)*|[^\W\d_]+")  # marks; numbers with their sign; words
FLOATING = re.compile("Table|Figure")
DIGITS = {"two": "2", "three": "3", "four": "4", "five": "5"}
ABSENT = (
    "Nothing was checked: the papers' texts do not come with the course. Name a folder that holds them as text files, "
    "with --papers DIR or in HANDS_PAPERS."
)
Words = tuple[str, ...]


def words(text: str) -> Words:
    """A text's words and numbers, in small letters and in their order."""
    plain = unicodedata.normalize("NFKC", TAG.sub("", text)).lower().replace("−", "-")
    return tuple(TOKEN.findall(plain))


def checksum(passage: Words) -> str:
    """What papers.toml keeps of a passage."""
    digest = hashlib.sha256(" ".join(passage).encode()).hexdigest()[:16]
    return f"{len(passage)} words, {digest}"


def texts(folder: Path, papers: Papers) -> dict[str, Words]:
    """Each paper's words: the longest text file of the folder that has the paper's title near its beginning.

    Raises BadInput where a paper is not there.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder. {ABSENT}")
    files = [words(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.txt"))]
    found = {}
    for name, about in papers.about.items():
        title = words(about["title"])
        fitting = [text for text in files if contains(text[: 10 * len(title)], title)]
        if not fitting:
            raise BadInput(f"{folder} has no text file that begins with the title of {name}: {about['title']}")
        found[name] = max(fitting, key=len)
    return found


def contains(text: Words, part: Words) -> bool:
    """Whether these words stand there, one right after the other."""
    return any(text[i : i + len(part)] == part for i in range(len(text) - len(part) + 1))


@cache
def places(text: Words, length: int) -> Mapping[str, int]:
    """Where each passage of so many words begins, by its checksum."""
    return {checksum(text[i : i + length]): i for i in range(len(text) - length + 1)}


def place(text: Words, passage: str) -> int:
    """Where the passage with this checksum begins. Raises BadInput where there is none."""
    start = places(text, int(passage.split()[0])).get(passage)
    if start is None:
        raise BadInput(f"no passage of the text has the checksum {passage!r}")
    return start


def find(text: Words, passage: str) -> Words:
    """The passage with this checksum. Raises BadInput where there is none."""
    start = place(text, passage)
    return text[start : start + int(passage.split()[0])]


def problems(papers: Papers, known: Mapping[str, Words]) -> Iterator[str]:
    """One sentence for each entry that the texts do not bear out."""
    for table in papers.tables:
        yield from _table(table, known[table.name.split()[0]])
    for one in papers.passages:
        paper, _, section = one.where.partition(" ")
        if section not in papers.about[paper]["sections"]:
            yield f"{one.where}: {paper} has no such section"
        try:
            passage = tuple(DIGITS.get(word, word) for word in find(known[paper], one.passage))
        except BadInput as error:
            yield f"{one.where}, {', '.join([*one.says, *one.numbers, *one.silent])}: {error}"
            continue
        for what, said in one.numbers.items():
            if not contains(passage, words(said.split()[0])):
                yield f"{one.where}, {what}: its passage does not have {said.split()[0]}"
        for what, terms in one.silent.items():
            for term in terms:
                if f" {' '.join(words(term))}" in _body(known[paper]):
                    yield f"{one.where}, {what}: {paper} does have the word {term!r}"
    for paper, about in papers.about.items():
        yield from _out_of_order(paper, about["sections"], papers, known[paper])


def _out_of_order(paper: str, sections: Sequence[str], papers: Papers, text: Words) -> Iterator[str]:
    """Sections follow each other in the text (tables and figures stand anywhere), and so do the passages of each."""
    order = {f"{paper} {section}": number for number, section in enumerate(sections) if not FLOATING.match(section)}
    found = []
    for one in papers.passages:
        with suppress(BadInput):  # a passage that is not there has been reported
            if one.where in order:
                found.append((place(text, one.passage), one.where))
    last = ""
    for _, where in sorted(found):
        if last and order[where] < order[last]:
            yield f"{where}: a passage of it stands behind one of {last}: one of the two is of another section"
        else:
            last = where


def _table(table, text: Words) -> Iterator[str]:
    try:
        rest = iter(find(text, table.passage))
    except BadInput as error:
        yield f"{table.name}: {error}"
        return
    for row, cells in table.rows.items():
        for column, cell in zip(table.columns, cells):
            if cell not in NONE and not all(word in rest for word in words(cell)):
                yield f"{table.name}, {row}, {column}: the table does not have {cell} there"
                return  # what comes after a cell that is not there cannot be found either


@cache
def _body(text: Words) -> str:
    """All words up to the list of references."""
    end = len(text) - text[::-1].index("references") if "references" in text else len(text)
    return " " + " ".join(text[:end])


def added(text: Words, first: str, last: str) -> str:
    """The line for papers.toml: the shortest passage from these first words to these last. Raises BadInput."""
    begin, end = words(first), words(last)
    starts = [i for i in range(len(text)) if text[i : i + len(begin)] == begin]
    ends = [i + len(end) for i in range(len(text)) if text[i : i + len(end)] == end]
    spans = [text[start:stop] for start in starts for stop in ends if stop >= start + max(len(begin), len(end))]
    if not spans:
        raise BadInput(f"The text has no passage from {first!r} to {last!r}: look how it is written there")
    return f'passage = "{checksum(min(spans, key=len))}"'


@command
def main(argv: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__)
    parser.add_argument("--papers", type=Path, default=os.environ.get("HANDS_PAPERS"), metavar="DIR")
    parser.add_argument("--file", type=Path, default=FILE, help="default: %(default)s")
    parser.add_argument("--add", nargs=3, metavar=("PAPER", "FIRST", "LAST"), help="print the line for a new passage")
    options = parser.parse_args(argv)
    if not options.papers:
        raise BadInput(ABSENT)
    papers = read(options.file)
    known = texts(Path(options.papers), papers)
    if options.add:
        paper, *ends = options.add
        if paper not in known:
            raise BadInput(f"There is no paper {paper!r}: choose {', '.join(known)}")
        print(added(known[paper], *ends))
        return 0
    found = list(problems(papers, known))
    print(
        "\n".join(found) or f"All {len(papers.tables)} tables and {len(papers.passages)} passages stand as they should."
    )
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
