"""What the course's commands share: how they end, how they warn, and what they take for a count."""

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import NoReturn, ParamSpec

from lib.tools.errors import BadInput, printable
from lib.tools.files import FULL_OR_FAILING

HERE = Path(__file__).resolve().parents[1]  # lib
Arguments = ParamSpec("Arguments")


def command(main: Callable[Arguments, int | None]) -> Callable[Arguments, int]:
    """Decorate a command line, which returns its exit status or None for 0.

    Bad input, and a place on the disk that cannot be used, become one sentence on stderr and status 1. Whatever else
    is raised goes on as it is: Ctrl-C, argparse's own exit with status 2, and an error of ours with its traceback.
    Warnings of `lib` are shown as sentences too, without the line of code that they come from. Names of files that are
    no UTF-8 are printed with backslashes.
    """

    @wraps(main)
    def run(*args: Arguments.args, **options: Arguments.kwargs) -> int:
        print_any_name()
        try:
            with _plain_warnings():
                return main(*args, **options) or 0
        except BadInput as error:
            sentence = str(error)
        except OSError as error:
            if error.filename is None and error.errno not in FULL_OR_FAILING:  # a lost connection, say
                raise
            sentence = f"{error.filename or 'The disk'} cannot be used ({error.strerror}): choose another place."
        print(sentence, file=sys.stderr)
        return 1

    return run


def print_any_name() -> None:
    """From now on, print what cannot be encoded, such as names that an old archive brought, with backslashes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not in a notebook
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def _plain_warnings() -> Iterator[None]:
    usual = warnings.formatwarning

    def plain(message, category, filename, lineno, line=None) -> str:
        ours = category is UserWarning and Path(filename).resolve().is_relative_to(HERE)
        return f"Note: {printable(str(message))}\n" if ours else usual(message, category, filename, lineno, line)

    warnings.formatwarning = plain
    try:
        yield
    finally:
        warnings.formatwarning = usual


class _Parser(argparse.ArgumentParser):
    """Says what to do about a file whose name is taken for an option."""

    def parse_known_args(self, args=None, namespace=None):
        self.given = sys.argv[1:] if args is None else [*map(str, args)]
        if "" in self.given:  # which would mean this folder, and all that lies below it
            self.error("one of the names is empty: look whether a variable of the shell is")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        options = self._option_string_actions
        odd = [one for one in self.given if one.startswith("-") and one.partition("=")[0] not in options]
        like_files = [one for one in odd if not one.startswith("--") or "." in one or os.path.exists(one)]
        if like_files and ", not '" not in message:  # else a value is what is wrong
            message += f"; if {like_files[0]} is a file, write ./{like_files[0]}"
        super().error(message)


def arguments(description: str, **others: str) -> argparse.ArgumentParser:
    """A command line whose ``--help`` shows a module's docstring as it is written; ``others`` are argparse's own."""
    shape = argparse.RawDescriptionHelpFormatter
    return _Parser(description=description, formatter_class=shape, **others)


def positive(text: str) -> int:
    """An option's whole number from 1, as argparse's ``type``; anything else becomes argparse's own error."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"give a whole number from 1, not {text!r}")
    return int(text)


def from_zero(text: str) -> int:
    """Likewise from 0, such as a seed: numpy takes none below, torch none of twenty digits."""
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"give a whole number from 0 to 999999999, not {text!r}")
    return int(text)
