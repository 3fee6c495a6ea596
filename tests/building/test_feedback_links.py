"""The link at the end of each section: where it leads, and where there is none."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from conftest import ROOT
from docutils import nodes
from docutils.utils import new_document

from book.feedback_links import ASKED, FeedbackLinks, address


@pytest.fixture
def page():
    """A page with a title, two sections, and one below the first."""

    def section(title: str, *inside: nodes.Node) -> nodes.section:
        return nodes.section("", nodes.title("", "", nodes.Text(title)), *inside)

    document = new_document("page")
    document += section("6. Hands", section("How & why", section("Deeper")), section("Exercises"))
    return document


def links_of(document: nodes.document, options: dict[str, str]) -> list[nodes.reference]:
    config, env = SimpleNamespace(html_theme_options=options), SimpleNamespace(docname="book/06_hands")
    document.settings.env = SimpleNamespace(config=config, docname=env.docname, app=None)
    FeedbackLinks(document).apply()
    return list(document.findall(nodes.reference))


def test_each_section_has_one_at_its_end(page):
    links = links_of(page, {"repository_url": "https://example.org/a/b"})
    assert [link.astext() for link in links] == ['Tell us about "How & why"', 'Tell us about "Exercises"']
    for link in links:
        section = link.parent.parent
        assert section[-1] is link.parent and link.parent["classes"] == ["hf-feedback"]


def test_an_issue_begins_with_page_and_section():
    where = urlsplit(address("https://example.org/a/b/", "book/06_hands", "6. Hands", 'How & "why"'))
    assert (where.netloc, where.path) == ("example.org", "/a/b/issues/new")
    asked = parse_qs(where.query, strict_parsing=True)
    assert asked["title"] == ['6. Hands: How & "why"'] and ASKED in asked["body"][0]
    assert asked["body"][0].startswith('book/06_hands, "How & "why""\n')


def test_without_a_repository_there_is_none(page):
    assert not links_of(page, {})


def test_the_book_has_the_extension_and_the_workflow_does_not_follow_its_links():
    sphinx = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]
    assert "book.feedback_links" in sphinx["extra_extensions"]
    assert any("/issues/new" in pattern for pattern in sphinx["config"]["linkcheck_ignore"])
