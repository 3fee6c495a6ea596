"""A quiz page as a deck: each question with its choices, and on the next slide the right one with its reason."""

import re
from dataclasses import dataclass

from .choose import Slide
from .words import blocks

QUESTION = re.compile(r"^## (?:\d+\. )?(?P<title>.+)$", re.M)
CHOICE = re.compile(r"^:::\{dropdown\} (?P<letter>[A-Z])\. (?P<said>.+?)\n(?P<told>.*?)^:::$", re.M | re.S)
RIGHT = "**Right.**"
HOW = (
    "Read, and decide alone. Then show it with your fingers: one for A, two for B, three for C, four for D.",
    "Where the room is divided, tell your neighbour why, and vote again before the slide is turned.",
)


@dataclass(frozen=True)
class Choice:
    """What one may vote for, and what is told about it: a letter and two pieces of Markdown."""

    letter: str
    said: str
    told: str

    @property
    def is_right(self) -> bool:
        return self.told.startswith(RIGHT)

    @property
    def line(self) -> str:
        return f"**{self.letter}.** {self.said}"


def votes(markdown: str) -> list[Slide]:
    """The slides of a quiz page; why the other choices are wrong is among the notes of the answer."""
    opening, *rest = QUESTION.split(markdown)
    title, about = blocks(opening)[0].lstrip("# "), blocks(opening)[1]
    slides = [Slide(title, [about.split(". ")[0] + ".", *HOW], wanted=True)]
    for number, (name, body) in enumerate(zip(rest[::2], rest[1::2]), 1):
        slides += _vote(f"{number}: {name}", body)
    return slides


def _vote(title: str, body: str) -> list[Slide]:
    choices = [
        Choice(**{k: " ".join(v.split()) for k, v in found.groupdict().items()}) for found in CHOICE.finditer(body)
    ]
    (right,) = [choice for choice in choices if choice.is_right]
    wrong = [f"{choice.line}: {choice.told}" for choice in choices if choice is not right]
    question = blocks(CHOICE.split(body)[0])
    told = right.told.removeprefix(RIGHT).strip()
    return [
        Slide(f"Vote {title}", [*question, *(choice.line for choice in choices)], wanted=True, kind="vote"),
        Slide(f"Answer {title}", [right.line, told], notes=wrong, wanted=True, kind="vote"),
    ]
