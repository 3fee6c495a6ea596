"""A Sphinx extension: each section of a page ends with a link that opens an issue about it, begun with its name.

It is a plain link: it works without a script, and nothing is asked of anybody before it is pressed. The repository is
that of the theme's own buttons; where none is named, no link is made.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ASKED = "What did you have to read twice? What is wrong, and what is missing?"


def address(repository: str, page: str, chapter: str, section: str) -> str:
    """Where a new issue begins, with its title, and the place and a question in its body."""
    body = f'{page}, "{section}"\n\n{ASKED}\n\n'
    return f"{repository.rstrip('/')}/issues/new?{urlencode({'title': f'{chapter}: {section}', 'body': body})}"


def chapters_sections(document: nodes.document) -> Iterator[tuple[str, nodes.section]]:
    """Each section right below a page's title (a `##` of its source), with that title."""
    for above in document.findall(nodes.section):
        if isinstance(above.parent, nodes.document):
            title = above.next_node(nodes.title)
            yield from ((title.astext(), below) for below in above.children if isinstance(below, nodes.section))


class FeedbackLinks(SphinxTransform):
    """The link, as the section's last paragraph."""

    default_priority = 850  # when titles are whole

    def apply(self, **_) -> None:
        repository = self.config.html_theme_options.get("repository_url")
        for chapter, section in chapters_sections(self.document) if repository else ():
            name = section.next_node(nodes.title).astext()
            where = address(repository, self.env.docname, chapter, name)
            link = nodes.reference("", f'Tell us about "{name}"', refuri=where, internal=False)
            section += nodes.paragraph("", "", link, classes=["hf-feedback"])


def setup(app: Sphinx) -> dict[str, object]:
    app.add_transform(FeedbackLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
