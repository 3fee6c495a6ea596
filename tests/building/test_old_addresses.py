"""Whoever follows a link to a page that has another name today arrives at the chapter."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from book.old_addresses import OLD, leads_on, write
from book.shared.pages import chapter_of, numbered_pages, pages_of

STEMS = [path.stem for path in numbered_pages()]


@pytest.mark.parametrize("old", OLD)
def test_an_old_name_leads_to_its_chapters_pages(old):
    page = BeautifulSoup(leads_on(old), "html.parser")
    names = [link["href"] for link in page.select("a")]
    assert names == [f"{path.stem}.html" for path in pages_of(chapter_of(old))] and len(names) > 1
    assert page.select_one("meta[http-equiv]")["content"] == f"0; url={names[0]}"
    assert old not in STEMS, "the page is there: nothing has to lead on"


def test_a_finished_build_gets_them_and_a_failed_one_does_not(tmp_path):
    (tmp_path / "book").mkdir()
    app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    write(app, RuntimeError())
    assert not list(tmp_path.glob("book/*"))
    write(app, None)
    assert sorted(path.stem for path in tmp_path.glob("book/*.html")) == sorted(OLD)
