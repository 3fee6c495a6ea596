"""Every checker: the right answer passes, the stub's and typical wrong ones get a fitting hint, and nothing raises."""

import importlib
import inspect
import pkgutil
import sys

import exercise_cases
import numpy as np
import pytest
from exercise_cases import Case

import book.exercises
from book.exercises.answers import CORRECT, NOT_YET

MODULES = [importlib.import_module(f"exercise_cases.{it.name}") for it in pkgutil.iter_modules(exercise_cases.__path__)]
CASES: list[Case] = [case for module in MODULES for case in module.CASES]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.check.__name__)
WRONG = [(case, *pair) for case in CASES for pair in case.wrong]


def stops(*_):
    raise ValueError("I stop")


JUNK = {
    "None": None,
    "dots": ...,
    "text": "12 %",
    "empty text": "",
    "NaN": np.nan,
    "infinite": float("inf"),
    "True": True,
    "negative": -12345.678,
    "list": [],
    "two": [1.0, 2.0],
    "dictionary": {},
    "strange keys": {"a": None, 3: 4},
    "array": np.full((2, 3), np.nan),
    "object": object(),
    "type": int,
    "stops": stops,
    "exits": lambda *_: sys.exit("I exit"),
    "no arguments": lambda: 1,
    "returns text": lambda *_: "text",
    "returns NaN": lambda *_: np.nan,
    "returns an array": lambda *_: np.zeros((2, 3, 5)),
    "returns a list": lambda *_: [None],
    "returns itself": lambda *given: given,
}


def checkers() -> set:
    """Every check_* function that lib/exercises defines."""
    names = [f"book.exercises.{it.name}" for it in pkgutil.iter_modules(book.exercises.__path__)]
    modules = [importlib.import_module(name) for name in names]
    return {
        found
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("check_") and found.__module__ == module.__name__
    }


def test_every_checker_is_tried():
    untried = {check.__name__ for check in checkers() - {case.check for case in CASES}}
    assert not untried, "tests/exercise_cases has no Case for them"


@each_case
def test_three_typical_wrong_answers(case):
    assert len(case.wrong) >= 3


@each_case
def test_right_answer_passes(case):
    assert [case.said(answer) for answer in (case.right, *case.also_right)] == [CORRECT] * (1 + len(case.also_right))


@each_case
def test_stub_fails(case):
    hint = case.said((case.stub,) * case.answers if case.answers > 1 else case.stub)
    assert hint.startswith(NOT_YET) and len(hint) > len(NOT_YET)


@pytest.mark.parametrize(
    ("case", "answer", "piece"), WRONG, ids=[f"{case.check.__name__}: {piece}" for case, _, piece in WRONG]
)
def test_wrong_answer_gets_the_fitting_hint(case, answer, piece):
    hint = case.said(answer)
    assert hint.startswith(NOT_YET) and piece in hint, hint


@pytest.mark.parametrize("junk", JUNK)
@each_case
@pytest.mark.filterwarnings("ignore")
def test_nothing_raises_and_nothing_strange_is_right(case, junk):
    hint = case.said((JUNK[junk],) * case.answers if case.answers > 1 else JUNK[junk])
    assert isinstance(hint, str) and hint.startswith(NOT_YET) and hint.count("\n") <= 1
