"""What every checker does with an answer: say which wrong type, shape, unit or NaN it is, and never stop with an error.

A checker returns None if the answer is right, and otherwise a hint: one sentence on where to look. ``@checker`` makes
of it what the student reads, "Correct." or "Not yet: " and the hint.
"""

import copy
import dataclasses
import functools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ParamSpec

import numpy as np

CORRECT = "Correct."
NOT_YET = "Not yet: "
NOTHING = "there is nothing here yet; put your answer in its place."
COPY = "your function changes what it was given; work on a copy."
NO_RETURN = "your function returns nothing; does it end with `return` and what you have computed?"
# in which other units a right answer is often given: how many of them make one of the unit that was asked for
OTHER_UNITS = {
    "per cent": {"a share": 0.01},
    "percentage points": {"a difference of shares": 0.01},
    "hours": {"milliseconds": 3.6e6, "seconds": 3600, "minutes": 60, "days": 1 / 24},
    "days": {"seconds": 86400, "minutes": 1440, "hours": 24},
    "a share": {"per cent": 100},
}
P = ParamSpec("P")


class Hint(Exception):
    """Ends a checker: its text is the hint. The functions below raise it; ``@checker`` catches it."""


def checker(check: Callable[P, str | None]) -> Callable[P, str]:
    """Turns what ``check`` returns or raises into what the student reads."""

    @functools.wraps(check)
    def checked(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            hint = check(*args, **kwargs)
        except Hint as raised:
            hint = str(raised)
        except Exception as error:  # whatever a student passes, a checker answers
            hint = f"this answer cannot be used here ({_named(error)}); compare its type with what is asked for."
        return CORRECT if hint is None else NOT_YET + hint

    return checked


def number(answer: Any, whole: bool = False, what: str = "your answer") -> float:
    """``answer`` as one finite number, a whole one if asked for. Hint if it is anything else."""
    present(answer, what)
    if isinstance(answer, bool | np.bool_):
        raise Hint(f"{what} is {answer}; a number is asked for.")
    if isinstance(answer, str):
        raise Hint(f"{what} is the text {answer!r}; write the number without quotation marks and without its unit.")
    values = _numbers(answer, what)
    if values.ndim:
        several = f"{values.size} numbers" if values.size != 1 else "a number in brackets"
        raise Hint(f"{what} holds {several}, shape {values.shape}; one number is asked for.")
    if values.dtype == bool:
        raise Hint(f"{what} is {values}; a number is asked for.")
    value = float(values)
    if not math.isfinite(value):
        raise Hint(f"{what} is {value}; where did a missing value, or a division by zero, come in?")
    if whole and value != round(value):
        raise Hint(f"{what} is {value:g}; a whole number is asked for.")
    return value


def array(answer: Any, shape: Sequence[int], what: str = "your answer", kind: str = "numbers", missing: bool = False):
    """``answer`` as an array of ``shape`` holding "numbers" or "True and False"; NaN only if it may be ``missing``."""
    present(answer, what)
    values = _numbers(answer, what)
    if values.shape != tuple(shape):
        raise Hint(f"{what} has the shape {values.shape}; {tuple(shape)} is asked for.")
    if (values.dtype == bool) != (kind == "True and False"):
        raise Hint(f"{what} holds values of type {values.dtype}; {kind} are asked for.")
    if not missing and np.isnan(values).any():
        raise Hint(f"{what} is NaN in {np.isnan(values).sum()} of {values.size} places; none should be missing.")
    return values


def choice(answer: Any, names: Collection[str], what: str = "your answer") -> str:
    """``answer`` as one of ``names``."""
    present(answer, what)
    if not isinstance(answer, str):
        raise Hint(f"{what} is {_kind(answer)}; a name in quotation marks is asked for: {', '.join(names)}.")
    if answer not in names:
        raise Hint(f"{what} is {answer!r}; the names are {', '.join(names)}.")
    return answer


def entries(answer: Any, keys: Sequence[str]) -> Mapping[str, Any]:
    """``answer`` as a dictionary with just these ``keys``."""
    asked = ", ".join(repr(key) for key in keys)
    present(answer)
    if not isinstance(answer, Mapping):
        raise Hint(f"your answer is {_kind(answer)}; a dictionary with the keys {asked} is asked for.")
    if answer and all(value is None for value in answer.values()):
        raise Hint(NOTHING)
    if set(answer) != set(keys):
        raise Hint(f"your dictionary has the keys {', '.join(map(repr, answer)) or '(none)'}; it needs {asked}.")
    return answer


def judge(
    value: float, right: float, wrong: Sequence[tuple[float, str]], otherwise: str, unit: str = "",
    rtol: float = 0.0, atol: float = 0.0,
) -> str | None:  # fmt: skip
    """None if ``value`` is ``right``; else the hint for another unit, for a typical ``wrong`` value, or ``otherwise``.

    ``atol`` is in the unit asked for, and shrinks or grows with another unit.
    """

    def near(other: float, scale: float = 1.0) -> bool:
        return math.isclose(value, other, rel_tol=rtol, abs_tol=atol * scale)

    if near(right):
        return None
    for name, scale in OTHER_UNITS.get(unit, {}).items():
        if near(right * scale, scale):
            return f"that is right as {name}; give it in {unit}."
    return next((hint for other, hint in wrong if near(other)), otherwise)


def judge_array(values: np.ndarray, right: Any, wrong: Sequence[tuple[Any, str]], otherwise: str) -> str | None:
    """None if ``values`` are the ``right`` ones; else the hint for typical ``wrong`` ones, or ``otherwise``."""
    near = functools.partial(np.allclose, values)
    return None if near(right) else next((hint for other, hint in wrong if near(other)), otherwise)


def call(function: Any, *given: Any, where: str = "", may_change: bool = False) -> Any:
    """What a student's ``function`` returns for copies of ``given``. Hint if it stops, gives nothing or changes them.

    Args:
        where: opens the hint about an error, for example "above the wrist ".
        may_change: the function shall change what it is given, in place, and return nothing.
    """
    present(function, "your function")
    if not callable(function):
        raise Hint(f"a function is asked for, and this is {_kind(function)}; pass its name, without calling it.")
    copies = copy.deepcopy(given)
    try:
        result = function(*copies)
    except (Exception, SystemExit) as error:
        stops = f"{where}your function stops with {_named(error).rstrip('.')}."
        raise Hint(f"{stops} It was given: {_told(given)}." if given else stops) from error
    if not may_change and (result is None or result is ...):
        raise Hint(NO_RETURN)
    if not may_change and not all(_alike(one, other) for one, other in zip(given, copies, strict=True)):
        raise Hint(COPY)
    return result


def present(answer: Any, what: str = "your answer") -> None:
    """Hint if there is no answer yet: None, or the dots of a stub."""
    if answer is None or answer is ...:
        raise Hint(NOTHING if what == "your answer" else f"{what} is still empty; put it in its place.")


def _numbers(answer: Any, what: str) -> np.ndarray:
    """A list, array or tensor as an array of numbers or of True and False."""
    try:
        values = np.asarray(answer.detach().cpu() if hasattr(answer, "detach") else answer)
    except Exception:  # rows of several lengths, objects that pretend
        values = np.array(object())
    if values.dtype == object and values.ndim and any(one is None for one in values.flat):
        raise Hint(f"{what} holds None; numbers are asked for, and for what is missing NaN (`np.nan`).")
    if values.dtype.kind not in "biuf":
        raise Hint(f"{what} is {_kind(answer)}; numbers are asked for.")
    return values


def _alike(one: Any, other: Any) -> bool:
    """Are these the same still? What cannot be compared counts as the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(_alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(value, other[key]) for key, value in one.items())
    if hasattr(one, "equals"):  # pandas
        return one.equals(other)
    if hasattr(one, "shape"):
        one, other = (np.asarray(each.detach().cpu() if hasattr(each, "detach") else each) for each in (one, other))
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if dataclasses.is_dataclass(one):
        return _alike(vars(one), vars(other))
    return type(one).__eq__ is object.__eq__ or one == other


def _kind(answer: Any) -> str:
    return f"of type {type(answer).__name__}"


def _told(given: Sequence[Any]) -> str:
    """What a function got, in a few words: "ndarray (4, 21, 3), float"."""
    shapes = [f" {tuple(one.shape)}" if hasattr(one, "shape") else "" for one in given]
    return ", ".join(f"{type(one).__name__}{shape}" for one, shape in zip(given, shapes, strict=True))


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
