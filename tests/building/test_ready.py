"""`make ready`: green where all is there, red with a remedy where something is not, and never a traceback."""

import socket
import subprocess
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "book"))
import check_ready  # noqa: E402

from lib.tools import paths  # noqa: E402


@pytest.mark.slow
@pytest.mark.solutions
def test_says_a_line_for_each_thing_in_two_minutes():
    """Disk and memory are the machine's; the rest is ours."""
    run = subprocess.run(
        [sys.executable, ROOT / "book" / "check_ready.py"], capture_output=True, text=True, timeout=240, check=False
    )
    lines = run.stdout.splitlines()
    assert len(lines) == len(check_ready.CHECKS) + 1, run.stdout + run.stderr
    red = [line for line in lines[:-1] if not line.startswith("ok  ")]
    assert not [line for line in red if line.split(":")[0] not in ("NO  disk", "NO  memory")], red
    assert run.returncode == bool(red) and (lines[-1].startswith("Ready.") or red)


def test_red_has_a_word_a_colour_and_a_remedy(monkeypatch):
    monkeypatch.setattr(check_ready, "DISK", 10**9)
    good, told = check_ready.line("disk", check_ready.disk, colours=True)
    assert not good and "\033[31mNO\033[0m" in told and told.endswith("make room")
    assert "\033" not in check_ready.line("disk", check_ready.disk, colours=False)[1]


def test_clips_that_are_not_whole(monkeypatch, tmp_path):
    (tmp_path / "d1_test" / "a").mkdir(parents=True)
    (tmp_path / "d1_test" / "a" / "clip.json").write_text("{}")
    monkeypatch.setattr(paths, "CLIPS", tmp_path)
    assert check_ready.line("clips", check_ready.clips, False) == (
        False,
        "NO  clips: 0 of 1 are whole: git restore book/clips, or unpack the bundle anew",
    )
    monkeypatch.setattr(paths, "CLIPS", tmp_path / "nowhere")
    assert not check_ready.line("clips", check_ready.clips, False)[0]


def test_a_port_that_is_taken_is_passed_over(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        monkeypatch.setattr(check_ready, "PORTS", range(number, number + 1))
        assert check_ready.line("port", check_ready.port, False)[0] is False


def test_packages_in_another_version(monkeypatch, tmp_path):
    (tmp_path / "requirements.lock").write_text(
        "# pins\nnumpy==0.0.1\nno-such-thing==1\nnever==1; python_version < '3'\n"
    )
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    good, told = check_ready.line("packages", check_ready.packages, False)
    assert not good and "2 missing or in another version (numpy, no-such-thing)" in told
