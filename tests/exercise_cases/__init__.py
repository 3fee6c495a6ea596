"""For each checker: the right answer, the stub's, and typical wrong ones with a piece of the hint that each should get.

One file a chapter, each with a list CASES; tests/exercises/test_exercises.py goes through all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Case:
    """A checker's trial: ``ask`` gives it the answer, or the ``answers`` if it takes several, and the rest it needs."""

    check: Callable[..., str]
    ask: Callable[..., str]
    right: Any  # one right answer; a tuple of them if the checker takes several answers
    wrong: list[tuple[Any, str]]  # at least three: answer(s), a piece of the hint
    stub: Any = None  # what the stub leaves there; for several answers each of them
    answers: int = 1
    also_right: tuple[Any, ...] = ()

    def said(self, answer: Any) -> str:
        return self.ask(*answer) if self.answers > 1 else self.ask(answer)


def nothing(*_: Any) -> None:
    """A function as the stub leaves it."""
