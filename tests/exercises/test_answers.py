"""The helpers of the checkers: each wrong type, shape, unit or NaN has a hint that says which."""

import math

import numpy as np
import pytest
import torch

from book.exercises.answers import CORRECT, Hint, array, call, checker, choice, entries, judge, number


def hint(function, *args, **kwargs) -> str:
    with pytest.raises(Hint) as raised:
        function(*args, **kwargs)
    return str(raised.value)


@pytest.mark.parametrize("answer", [3, 3.0, np.float32(3), np.array(3), torch.tensor(3.0, requires_grad=True)])
def test_numbers_of_many_kinds(answer):
    assert number(answer, whole=True) == 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "nothing here yet"),
        (..., "nothing here yet"),
        ("33 %", "text '33 %'"),
        (True, "is True"),
        (np.array(True), "is True"),
        (math.nan, "nan"),
        (-math.inf, "inf"),
        ([1, 2], "2 numbers, shape (2,)"),
        ([1], "a number in brackets, shape (1,)"),
        ([1, None], "holds None"),
        ([[1], [2, 3]], "of type list"),
        (1j, "of type complex"),
        ({}, "of type dict"),
        (len, "of type builtin_function"),
    ],
)
def test_no_number(answer, said):
    assert said in hint(number, answer)


def test_whole_numbers():
    assert "whole" in hint(number, 2.5, whole=True)


def test_arrays():
    assert array([[1, 2]], (1, 2)).shape == (1, 2)
    assert array(torch.ones(2, dtype=torch.bool), (2,), kind="True and False").dtype == bool
    assert array([1, np.nan], (2,), missing=True).shape == (2,)
    assert "shape (2, 1); (1, 2)" in hint(array, [[1], [2]], (1, 2))
    assert "NaN in 1 of 2" in hint(array, [1, np.nan], (2,))
    assert "True and False are asked for" in hint(array, [1, 0], (2,), kind="True and False")
    assert "numbers are asked for" in hint(array, [True, False], (2,))


def test_names_and_dictionaries():
    assert choice("a", "ab") == "a" and entries({"x": 1}, ["x"]) == {"x": 1}
    assert "quotation marks" in hint(choice, 1, "ab") and "names are a, b" in hint(choice, "c", "ab")
    assert "a dictionary" in hint(entries, [1], ["x"]) and "needs 'x', 'y'" in hint(entries, {"x": 1}, ["x", "y"])
    assert "nothing here yet" in hint(entries, {"x": None, "y": None}, ["x", "y"])


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("per cent", 0.4, "right as a share"),
        ("percentage points", 0.4, "right as a difference of shares"),
        ("hours", 40 * 60, "right as minutes"),
        ("hours", 40 * 3600, "right as seconds"),
        ("days", 40 * 24, "right as hours"),
        ("a share", 4000, "right as per cent"),
        ("", 0.4, "look again"),
        ("per cent", 39, "a typical slip"),
    ],
)
def test_units(unit, value, said):
    assert said in judge(value, 40, [(39, "a typical slip")], "look again", unit, atol=0.1)


def test_right_within_the_tolerance_even_where_a_slip_gives_the_same():
    assert judge(40.05, 40, [(40.05, "a slip")], "look again", atol=0.1) is None
    assert judge(40.2, 40, [], "look again", atol=0.1) == "look again"


def test_calls():
    assert call(lambda x: x + 1, 1) == 2
    assert "without calling it" in hint(call, 3)
    assert hint(call, lambda x: 1 / x, 0, where="for 0 ").startswith("for 0 your function stops with ZeroDivisionError")
    assert "SystemExit" in hint(call, lambda: exit())
    assert "end with `return`" in hint(call, lambda: None)
    assert call(list.sort, [2, 1], may_change=True) is None
    for given in ([2, 1], np.array([2, 1]), {"a": [1]}, torch.tensor([2, 1])):
        assert "work on a copy" in hint(
            call, lambda it: it.__setitem__("a" if isinstance(it, dict) else 0, 5) or 1, given
        )
    learned = torch.ones(2, requires_grad=True)
    assert "work on a copy" in hint(call, lambda it: it.add_(learned), torch.zeros(2))  # it has a gradient now


def test_an_error_says_what_the_function_was_given():
    """NumPy's functions for tensors and torch's for arrays stop with messages that do not say so."""
    said = hint(call, lambda x, n: torch.norm(x), np.zeros((4, 3)), 2.0)
    assert said.startswith("your function stops with ") and said.endswith("It was given: ndarray (4, 3), float.")


def test_a_checker_never_raises():
    @checker
    def check(answer):
        """Doc."""
        return None if answer["x"] == 1 else "x is another."

    assert check({"x": 1}) == CORRECT and check({"x": 2}) == "Not yet: x is another."
    assert "KeyError" in check({}) and check(None).startswith("Not yet: ") and check.__doc__ == "Doc."
