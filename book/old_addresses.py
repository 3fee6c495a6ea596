"""A Sphinx extension: addresses that the book once had lead on to the pages that stand in their place.

Links to a published book outlive its files' names. For each old name, in ``old_addresses.txt``, a small page is written
that sends the reader on at once, without a script, and that names all pages of the chapter for whom it does not send
on.
"""

from html import escape
from pathlib import Path

from sphinx.application import Sphinx

from book.shared.pages import chapter_of, pages_of

OLD = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split()
PAGE = Path(__file__).with_name("old_address.html").read_text(encoding="utf-8")


def leads_on(old: str) -> str:
    """The HTML of the page at an old name, such as "03_upsamplers"."""
    names = [path.stem for path in pages_of(chapter_of(old))]
    links = [f'<li><a href="{escape(name)}.html">{chapter_of(name)}</a></li>' for name in names]
    return PAGE.format(first=escape(names[0]), chapter=chapter_of(old), links="\n".join(links))


def write(app: Sphinx, exception: Exception | None) -> None:
    """Called by Sphinx when all pages are written."""
    if exception is None and app.builder.format == "html":
        for old in OLD:
            Path(app.outdir, "book", f"{old}.html").write_text(leads_on(old), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
