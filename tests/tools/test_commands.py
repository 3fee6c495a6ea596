"""How commands end, how they warn, and what they take for a count."""

import argparse
import errno
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from conftest import ROOT

from lib.tools.commands import arguments, command, from_zero, positive
from lib.tools.errors import BadInput


@pytest.mark.parametrize(("given", "status"), [(None, 0), (0, 0), (1, 1), (130, 130)])
def test_status_is_mains_own(given, status, capsys):
    asked = []

    @command
    def main(argv, *, again=False):
        """The command line."""
        asked.append((argv, again))
        return given

    assert main(["--x"], again=True) == status and asked == [(["--x"], True)]
    assert (main.__name__, main.__doc__) == ("main", "The command line.")
    assert capsys.readouterr() == ("", "")


def failing(error):
    @command
    def main():
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (BadInput("a.mp4 is empty; give another."), "a.mp4 is empty; give another."),
        (PermissionError(errno.EACCES, "Permission denied", "b.json"), "b.json cannot be used (Permission denied)"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk cannot be used (No space left on device)"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk cannot be used (Disk quota exceeded)"),
        (OSError(errno.EIO, "Input/output error"), "The disk cannot be used (Input/output error)"),
    ],
)
def test_bad_input_is_one_sentence_on_stderr(error, sentence, capsys):
    assert failing(error)() == 1
    out, err = capsys.readouterr()
    assert not out and err.startswith(sentence) and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(2), ValueError("ours"), ConnectionResetError(errno.ECONNRESET, "lost")]
)
def test_what_else_is_raised_goes_on(error, capsys):
    with pytest.raises(type(error)) as caught:
        failing(error)()
    assert caught.value is error and capsys.readouterr() == ("", "")


def test_a_process_ends_with_the_sentence_and_the_status(tmp_path):
    """One real command, all the way to the shell."""
    words = ["-m", "lib.holistic", str(tmp_path), "--out", str(tmp_path)]
    run = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (1, "") and run.stderr.count("\n") == 1 and str(tmp_path) in run.stderr


def test_our_warnings_are_sentences_and_others_stay_as_they_are(capsys):
    usual = warnings.formatwarning

    @command
    def main():
        for file in (ROOT / "lib" / "video" / "film.py", "torch/x.py"):
            print(warnings.formatwarning("a.mp4 is cut short.", UserWarning, str(file), 7), end="")

    assert main() == 0 and warnings.formatwarning is usual
    ours, others = capsys.readouterr().out.splitlines()[:2]
    assert ours == "Note: a.mp4 is cut short." and others.startswith("torch/x.py:7: UserWarning")


def test_counts_are_whole_numbers_from_one():
    assert positive("12") == 12
    for text in ("0", "-1", "1.5", "tall", ""):
        with pytest.raises(argparse.ArgumentTypeError, match="whole number from 1"):
            positive(text)


def test_seeds_are_what_numpy_and_torch_take():
    assert from_zero("0") == 0 and from_zero("12") == 12
    for text in ("-1", "1.5", "x", "", "1" * 20):
        with pytest.raises(argparse.ArgumentTypeError, match="whole number from 0"):
            from_zero(text)


def test_commands_and_errors_load_nothing_big():
    code = "import sys, lib.tools.commands; sys.exit(any(name in sys.modules for name in ('numpy', 'torch', 'pandas')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


HELP = pytest.param(["-hello.mp4"], marks=pytest.mark.skipif(sys.version_info >= (3, 13), reason="there it means -h"))


@pytest.mark.parametrize("given", [["-a.mp4"], HELP, ["--b.mp4"], ["x", "--out", "-a.mp4"], ["x", "-a.mp4"]])
def test_a_name_that_begins_with_a_dash_is_told_how_to_be_written(given, capsys):
    parser = arguments("About.")
    parser.add_argument("film")
    parser.add_argument("--out")
    with pytest.raises(SystemExit):
        parser.parse_args(given)
    assert f"; if {given[-1]} is a file, write ./{given[-1]}\n" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser.parse_args(["x", "--typo", "3"])
    assert "./" not in capsys.readouterr().err
    assert parser.parse_args(["./-a.mp4", "--out=-b.mp4"]).out == "-b.mp4"


def test_an_empty_name_is_not_taken_for_this_folder(capsys):
    parser = arguments("About.")
    parser.add_argument("film", type=Path)
    with pytest.raises(SystemExit):
        parser.parse_args([""])
    assert "one of the names is empty" in capsys.readouterr().err
