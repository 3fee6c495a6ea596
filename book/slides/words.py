"""The few words of a slide: blocks of Markdown, shortened to their first sentences and list leads."""

import re
from dataclasses import dataclass

FENCE = re.compile(r"^(`{3,}|:{3,})")
SENTENCE_END = re.compile(r"(?<=[.?!])[\"*)]*\s+(?=[\"A-Z*`$\[({])")
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|Fig|No)|\b[A-Z])\.$")
LIST = re.compile(r"^(?:[-*]|\d+\.) ")
LEAD = re.compile(r"^\*\*[^*]+[.:?]\*\*")
ANSWER = re.compile(r"^:{3,}\{dropdown\} Solution\n")  # to a question that a class is asked
BOXED = re.compile(r"^(?:`{3,}|:{3,})\{admonition\} (?P<title>.+)\n(?::.*\n)*(?P<body>[\s\S]*?)\n?(?:`{3,}|:{3,})$")
MOST_SENTENCES = 3
ROOM = 900  # characters on a slide without a picture
SHORT = 60  # characters: a sentence like "R1's question was one of blur." needs the next one


@dataclass(frozen=True)
class Section:
    """A piece of a Markdown cell: its ``title`` ("" for what goes on under the last one) and its ``blocks``."""

    title: str
    blocks: list[str]
    closed: bool = False  # a box or an exercise: what comes after it is something else
    whole: bool = False  # an exercise is not shortened


def blocks(markdown: str) -> list[str]:
    """Markdown cut at its blank lines, but not inside fences."""
    found, lines, fence = [], [], ""
    for line in markdown.splitlines():
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark.group()
        elif mark and line.strip() == fence:
            fence = ""
        if line.strip() or fence:
            lines.append(line)
        elif lines:
            found.append("\n".join(lines))
            lines = []
    return found + (["\n".join(lines)] if lines else [])


def sections(markdown: str) -> list[Section]:
    """Pieces that begin at headings, at boxes, at exercises and at the list of what a chapter teaches."""
    found = [Section("", [])]
    for block in blocks(markdown):
        exercise = re.match(r"\*\*(Exercise [^*]+|Your turn\.)\*\*\s*", block)
        if ANSWER.match(block):
            continue
        if block.startswith("#"):
            found.append(Section(block.lstrip("# ").strip(), []))
        elif box := BOXED.match(block):
            found.append(Section(box["title"], blocks(box["body"]), closed=True))
            found.append(Section("", []))
        elif exercise:
            found.append(Section(exercise[1].rstrip(". "), [block[exercise.end() :]], closed=True, whole=True))
        elif re.fullmatch(r"\*\*After[^*]*you can\*\*", block):
            found.append(Section(block.strip("*"), []))
        else:
            found[-1].blocks.append(block)
    return [section for section in found if section.title or section.blocks]


def first_sentence(text: str) -> str:
    """The first sentence of a paragraph, with the next one where it is short.

    What looks like an end after an abbreviation or an initial, or inside bold letters, is none.
    """
    text = " ".join(text.split())
    for end in SENTENCE_END.finditer(text):
        sentence = text[: end.end()].strip()
        if len(sentence) >= SHORT and not ABBREVIATION.search(sentence) and sentence.count("**") % 2 == 0:
            return sentence
    return text


def list_leads(block: str) -> str:
    """A list, each of its items shortened to a lead in bold or to its first sentence."""
    items = re.split(r"\n(?=(?:[-*]|\d+\.) )", block)
    shown = []
    for item in items:
        mark = LIST.match(item).group()
        text = " ".join(item[len(mark) :].split())
        lead = LEAD.match(text)
        shown.append(mark + (lead.group() if lead and lead.group().endswith(".**") else first_sentence(text)))
    return "\n".join(shown)


def shortened(parts: list[str]) -> list[str]:
    """At most three first sentences, with a chapter's question, formulas, tables and lists in their places.

    Code stays out, and so do asides in brackets, the rest of a sentence that a formula or code has interrupted, and
    sentences that begin with the name of a function. What goes beyond a slide's room stays among the notes.
    """
    kept, sentences = [], 0
    for block in parts:
        if block.startswith(("$$", "|", "**Question")):
            kept.append(block)
        elif LIST.match(block):
            kept.append(list_leads(block))
        elif (block[0] in "*[{" or block[0].isupper()) and sentences < MOST_SENTENCES:
            kept.append(first_sentence(block))
            sentences += 1
    while len(kept) > 1 and sum(map(len, kept)) > ROOM:
        kept.pop()
    return kept
