"""The instructor's guide: plans whose minutes add up, and chapters that are where the plans say."""

import re
from itertools import accumulate

import pytest
from conftest import ROOT

from book.shared.facts import teaching_minutes
from book.shared.pages import chapter_of, numbered_pages, pages_of

GUIDE = (ROOT / "book" / "instructors.md").read_text()
LENGTHS = {"Forty minutes": 40, "One hour": 60, "Half a day": 240, "One day": 420}


def plan(name: str) -> list[tuple[str, int, str]]:
    """The rows of a plan: when, minutes, and the rest of the line."""
    text = re.search(rf"^## {name}.*?(?=^## )", GUIDE, re.M | re.S).group()
    return [
        (when, int(minutes), rest) for when, minutes, rest in re.findall(r"^\| (\d:\d\d) \| (\d+) \|(.*)$", text, re.M)
    ]


@pytest.mark.parametrize(("name", "length"), LENGTHS.items())
def test_a_plan_fills_its_time(name, length):
    rows = plan(name)
    assert sum(minutes for _, minutes, _ in rows) == length
    begins = [0, *accumulate(minutes for _, minutes, _ in rows)][:-1]
    assert [when for when, _, _ in rows] == [f"{begin // 60}:{begin % 60:02d}" for begin in begins]


def test_nobody_works_for_long_without_a_break():
    for name in LENGTHS:
        since = 0
        for _, minutes, rest in plan(name):
            since = 0 if re.match(r" (Break|Lunch)", rest) else since + minutes
            assert since <= 100


def test_linked_pages_are_there():
    links = set(re.findall(r"\]\(([\w-]+\.(?:ipynb|md))\)", GUIDE))
    assert len(links) > 8 and not [link for link in links if not (ROOT / "book" / link).is_file()]


def test_sections_that_a_plan_names_exist():
    """A quoted section stands in one of the chapters that the same row links to, in chapter 1, or in the tour."""
    for name in LENGTHS:
        for _, _, rest in plan(name):
            first = [path.name for path in pages_of(1)]
            chapters = [*first, "tour.ipynb", *re.findall(r"\]\((\w+\.ipynb)\)", rest)]
            text = "".join((ROOT / "book" / chapter).read_text() for chapter in chapters)
            named = re.findall(r'"([^"]+)"', rest)
            assert not [title for title in named if not re.search(rf"(# |\}} ){re.escape(title)}", text)], rest


def test_every_chapter_says_its_minutes():
    table = teaching_minutes()
    assert len(table) == len(numbered_pages())
    assert not [row for row in table.itertuples() if "" in row], (
        "say: about N minutes to run ..., about N minutes to read"
    )


def test_the_landing_pages_map_has_every_chapter_and_its_minutes():
    landing = (ROOT / "book" / "intro.md").read_text()
    rows = re.findall(
        r"^\| (\d+[a-z]?) \| \[[^]]+\]\((\w+)\.ipynb\) \|.*\| (\d+) \| \d+ \| (core)? ?\|$", landing, re.M
    )
    assert [path for _, path, *_ in rows] == [path.stem for path in numbered_pages()]
    assert [number for number, *_ in rows] == [chapter_of(path.stem) for path in numbered_pages()]
    told = teaching_minutes().iloc[:, 1]
    assert [f"{minutes} minutes" for _, _, minutes, _ in rows] == told.tolist()
    hours = sum(int(minutes) for *_, minutes, core in rows if core) / 60
    assert 9 <= hours <= 10 and "some nine and a half hours" in landing
