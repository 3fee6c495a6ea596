"""The workflow that builds, previews and publishes the book, the links that lead out of it, and the journal's list.

What only the service can show (that a page appears) is not tested here.
"""

import http.server
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BOOK = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text())
BUILD, PUBLISH, LINKS = (BOOK["jobs"][name] for name in ("build", "publish", "links"))
TO_PUBLISH = "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'"
each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def steps(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def uses(job: dict, action: str) -> dict:
    (step,) = [step for step in job["steps"] if step.get("uses", "").startswith(f"actions/{action}@")]
    return step


@each
def test_actions_are_githubs_own_and_pinned(path):
    used = [step["uses"] for step in steps(yaml.safe_load(path.read_text())) if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[\w-]+@v\d+\.\d+\.\d+", action) for action in used)


@each
def test_a_workflow_may_read_and_a_checkout_keeps_no_key(path):
    text = path.read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"} and "secrets." not in text
    assert "pull_request_target" not in text, "it would run a stranger's code with the repository's rights"
    for step in steps(workflow):
        assert "actions/checkout" not in step.get("uses", "") or step["with"] == {"persist-credentials": False}
        assert "${{" not in step.get("run", ""), "an expression in a shell line"


def test_who_may_write_runs_nothing_of_the_repository():
    assert [name for name, job in BOOK["jobs"].items() if "permissions" in job] == ["publish"]
    assert PUBLISH["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["uses"].split("@")[0] for step in PUBLISH["steps"]] == ["actions/deploy-pages"]
    assert PUBLISH["needs"] == "build" and PUBLISH["environment"]["name"] == "github-pages"
    assert PUBLISH["environment"]["url"] == "${{ steps.deployed.outputs.page_url }}"
    assert PUBLISH["steps"][0]["id"] == "deployed"


def test_only_the_main_branch_is_published():
    assert PUBLISH["if"] == uses(BUILD, "upload-pages-artifact")["if"] == TO_PUBLISH
    assert BOOK[True]["push"] == {"branches": ["main"]}  # YAML 1.1 reads the key `on` as a truth value


def test_a_pull_request_gets_a_preview():
    assert "pull_request" in BOOK[True] and BUILD["if"] == "github.event_name != 'schedule'"
    preview = uses(BUILD, "upload-artifact")
    assert preview["if"] == "github.event_name == 'pull_request'" and preview["with"]["retention-days"] <= 30
    assert preview["with"]["path"] == uses(BUILD, "upload-pages-artifact")["with"]["path"] == "_build/html"


def test_the_book_is_built_as_everybody_builds_it():
    lines = [step["run"] for step in BUILD["steps"] if "run" in step]
    assert lines[:2] == ["make book", "make slides"]
    targets = re.findall(r"^([\w./]+):", (ROOT / "Makefile").read_text(), re.M)
    asked = [line.split()[1] for line in [*lines, *(s.get("run", "") for s in LINKS["steps"])] if line[:4] == "make"]
    assert asked and set(asked) <= set(targets)
    assert BOOK["env"]["PYTHON"] == "python"
    assert set(re.findall(r"'(\w+)'", BUILD["env"]["HANDS_PROFILE"])) == {"pull_request", "ci", "laptop"}


def test_links_out_of_the_book_are_followed_weekly_and_in_no_pull_request():
    assert LINKS["if"] == "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'"
    minute, hour, day, month, weekday = BOOK[True]["schedule"][0]["cron"].split()
    assert minute.isdigit() and hour.isdigit() and (day, month) == ("*", "*") and weekday in set("0123456")
    assert LINKS["steps"][-1] == {"run": ".ci/links"} and os.access(ROOT / ".ci" / "links", os.X_OK)
    assert not [step for step in steps(yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text()))
                if "links" in step.get("run", "")]  # fmt: skip


class Pages(http.server.BaseHTTPRequestHandler):
    """One page that is there, and no other."""

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def follow(project: Path, text: str) -> subprocess.CompletedProcess:
    (project / "book" / "intro.md").write_text(f"# A page\n\n## A section\n\n{text}\n")
    settings = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return subprocess.run([project / ".ci" / "links"], capture_output=True, text=True, env=settings, check=False)


@pytest.mark.slow
def test_a_broken_link_is_named(tmp_path, address):
    """The script as it stands, on a book of one page; its feedback link is not followed."""
    for folder in ("book/_static", ".ci"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (
        ".ci/links",
        "book/__init__.py",
        "book/chapter_links.py",
        "book/feedback_links.py",
        "book/references.bib",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["logo"] = config["html"]["favicon"] = ""
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config))
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/intro\n")

    good = follow(tmp_path, f"[there]({address}/there)")
    assert good.returncode == 0, good.stdout + good.stderr
    listed = (tmp_path / ".cache/links/_build/output.txt").read_text()
    assert not [line for line in listed.splitlines() if "/issues/new" in line and "[ignored]" not in line]
    bad = follow(tmp_path, f"[there]({address}/there) and [gone]({address}/gone)")
    assert bad.returncode and f"{address}/gone" in bad.stdout + bad.stderr


def test_the_journals_checklist_points_at_what_is_there_and_ticks_no_more():
    told = (ROOT / "paper_checklist.md").read_text()
    links = re.findall(r"\]\(([^)#]+)\)", told)
    assert len(links) > 10 and not [link for link in links if not (ROOT / link).exists()]
    open_points = re.findall(r"^- \[ \] (.+)$", told, re.M)
    paper = (ROOT / "paper.md").read_text()
    assert ("to be filled in" in paper) == any("Authors" in point for point in open_points)
    assert ("None yet" in paper) == any("Experience of use" in point for point in open_points)
    assert ("None yet" in paper) == any("been taught" in point for point in open_points)
