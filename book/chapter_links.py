"""A Sphinx extension: chapters carry their number, and every "chapter 6" of a page's prose leads to chapter 6.

A chapter's number stands in the name of its file (`15_claims`, or `02b_...` for a part of one) and nowhere
else, so that a title, the sidebar and whatever names a chapter cannot disagree. It runs in any build of these pages:
`_config.yml` names it, and so does the `conf.py` that `jupyter-book config sphinx` writes.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from book.shared.pages import chapter_of

# one chapter, a list of them, a range, or a part: chapter 6; Chapters 1, 3, 6 and 7; chapters 3 to 7; chapter 2a
MENTION = re.compile(r"\b[Cc]hapters?\s+\d+[a-z]?\b(?:(?:,\s+|\s+(?:and|or|to)\s+|,\s+(?:and|or)\s+)\d+[a-z]?\b)*")
NUMBER = re.compile(r"\d+[a-z]?")
# what leads elsewhere, is no prose, or is a heading, whose links the contents beside the page would repeat
CLOSED = (nodes.reference, addnodes.pending_xref, addnodes.download_reference, nodes.literal, nodes.literal_block)
CLOSED += (nodes.title, nodes.raw, nodes.math, nodes.math_block, nodes.comment, nodes.image)


def chapters(pages: Iterator[str]) -> dict[str, str]:
    """Each chapter's page by its number; "2" is the first part of a chapter that has only parts."""
    known = {number: page for page in sorted(pages) if (number := chapter_of(page))}
    for number, page in list(known.items()):
        known.setdefault(number.rstrip("abcdefgh"), page)
    return known


def pieces(text: str, known: dict[str, str], own: str | None) -> list[str | tuple[str, str]]:
    """A text cut where it names chapters: words as they are, and (words, page) for what becomes a link.

    One chapter is a link with its word; of several each number is one. A page that names itself stays words.
    """
    found, done = [], 0
    for mention in MENTION.finditer(text):
        numbers = list(NUMBER.finditer(mention.group()))
        for number in numbers:
            page = known.get(number.group())
            if page is None or page == known.get(own):
                continue
            begin = mention.start() + (0 if len(numbers) == 1 else number.start())
            end = mention.start() + number.end()
            found += [text[done:begin], (text[begin:end], page)]
            done = end
    return [piece for piece in [*found, text[done:]] if piece]


class ChapterLinks(SphinxTransform):
    """Mentions become links, before Sphinx resolves them; then the page's own title gets its number."""

    default_priority = 480  # after substitutions, before what reads titles

    def apply(self, **_) -> None:
        own, known = chapter_of(self.env.docname), chapters(iter(self.env.found_docs))
        join_lines(self.document)
        for text in list(self.document.findall(nodes.Text)):
            if not any(isinstance(above, CLOSED) for above in ancestors(text)):
                self.link(text, pieces(text.astext(), known, own))
        title = next(self.document.findall(nodes.title), None)
        if own and title is not None:
            title.insert(0, nodes.Text(f"{own}. "))

    def link(self, text: nodes.Text, cut: list[str | tuple[str, str]]) -> None:
        """Put the pieces in the place of the text, if one of them is a link."""
        if any(isinstance(piece, tuple) for piece in cut):
            text.parent.replace(text, [nodes.Text(p) if isinstance(p, str) else self.reference(*p) for p in cut])

    def reference(self, words: str, page: str) -> addnodes.pending_xref:
        """What Sphinx makes a link of when it knows where every page lies."""
        where = {"refdoc": self.env.docname, "refdomain": "std", "reftype": "doc", "reftarget": f"/{page}"}
        return addnodes.pending_xref("", nodes.inline("", words), refexplicit=True, refwarn=True, **where)


def join_lines(document: nodes.document) -> None:
    """A paragraph's lines are texts of their own for MyST: as one, "chapter" and the number on the next line meet."""
    for parent in {id(text.parent): text.parent for text in document.findall(nodes.Text)}.values():
        joined: list[nodes.Node] = []
        for child in parent.children:
            if joined and isinstance(child, nodes.Text) and isinstance(joined[-1], nodes.Text):
                joined[-1] = nodes.Text(joined[-1].astext() + child.astext())
            else:
                joined.append(child)
        if len(joined) < len(parent.children):
            parent[:] = joined


def ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    """Everything that a node lies in, from the inside out."""
    while node := node.parent:
        yield node


def setup(app: Sphinx) -> dict[str, object]:
    app.add_transform(ChapterLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
