"""Results of chapters are kept as long as nothing that they depend on has changed, and not longer."""

import pytest

CHANGES = {
    "code": ("lib/video/film.py", "x = 2"),
    "nested code": ("lib/signer/clips.py", "x = 2"),
    "data script": ("data_scripts/synthetic_signers.py", "x = 2"),
    "clip": ("book/clips/a.mp4", "other frames"),
    "lock": ("requirements.lock", "numpy==2"),
    "new file": ("lib/new.py", ""),
    "data that arrived": ("data/signon/manifest.json", "{}"),
}


@pytest.fixture
def project(tmp_path):
    """A small project with every kind of input."""
    for name in ["lib/video/film.py", "lib/signer/clips.py", "data_scripts/synthetic_signers.py", "book/clips/a.mp4"]:
        write(tmp_path / name, "x = 1")
    write(tmp_path / "requirements.lock", "numpy==1")
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def cached(build):
    write(build / ".jupyter_cache" / "global.db", "results")
    return build / ".jupyter_cache" / "global.db"


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed(build_book, project, change):
    before = build_book.digest(project, "ci")
    assert build_book.digest(project, "ci") == before
    name, text = CHANGES[change]
    write(project / name, text)
    assert build_book.digest(project, "ci") != before


def test_a_renamed_or_removed_file_is_noticed(build_book, project):
    before = build_book.digest(project, "ci")
    (project / "lib/video/film.py").rename(project / "lib/film.py")
    renamed = build_book.digest(project, "ci")
    (project / "lib/film.py").unlink()
    assert len({before, renamed, build_book.digest(project, "ci")}) == 3


def test_the_profile_and_the_mirror_are_noticed(build_book, project, monkeypatch):
    monkeypatch.delenv("HANDS_MIRROR", raising=False)
    before = {build_book.digest(project, "ci"), build_book.digest(project, "laptop")}
    monkeypatch.setenv("HANDS_MIRROR", "/elsewhere")
    assert len(before | {build_book.digest(project, "ci")}) == 3


def test_compiled_files_and_prose_do_not_matter(build_book, project):
    before = build_book.digest(project, "ci")
    write(project / "lib/__pycache__/video.pyc", "bytes")
    write(project / "book/intro.md", "prose")
    assert build_book.digest(project, "ci") == before


def test_results_stay_while_nothing_changes(build_book, tmp_path):
    build_book.forget_stale_results(tmp_path, "one")
    results = cached(tmp_path)
    assert build_book.forget_stale_results(tmp_path, "one") is False
    assert results.exists()
    assert build_book.forget_stale_results(tmp_path, "two") is True
    assert not results.exists()


def test_an_interrupted_clearing_starts_over(build_book, tmp_path, monkeypatch):
    build_book.forget_stale_results(tmp_path, "one")
    results = cached(tmp_path)

    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_book.shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_book.forget_stale_results(tmp_path, "two")
    assert build_book.forget_stale_results(tmp_path, "one") is True
    assert not results.exists()


def test_sources_edited_during_a_build_leave_no_note(build_book, project, monkeypatch):
    class Done:
        returncode = 0

    def edit(*_args, **_kwargs):
        write(project / "lib/video/film.py", "x = 3")
        return Done

    monkeypatch.setattr(build_book.subprocess, "run", edit)
    assert build_book.build_book(project, "ci", root=project) == 0
    assert not (project / "_build" / "executed-with").exists()
    monkeypatch.setattr(build_book.subprocess, "run", lambda *_args, **_kwargs: Done)
    build_book.build_book(project, "ci", root=project)
    assert (project / "_build" / "executed-with").exists()


def test_the_last_pages_run_in_every_build(build_book, tmp_path):
    import nbformat
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    cache = get_cache(str(tmp_path / "build" / ".jupyter_cache"))
    for name in ("book/01a_missing_hands.ipynb", *build_book.LAST):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"'{name}'")])
        write(tmp_path / name, nbformat.writes(notebook))
        cache.cache_notebook_bundle(CacheBundleIn(notebook, str(tmp_path / name)), check_validity=False)
    build_book.forget_last_pages(tmp_path / "build", tmp_path)
    assert [record.uri for record in cache.list_cache_records()] == [str(tmp_path / "book/01a_missing_hands.ipynb")]
    build_book.forget_last_pages(tmp_path / "nothing built yet", tmp_path)


def test_the_last_pages_come_last(build_book):
    """Pages run in their names' order: one after the first that gathers, itself none, reports nothing."""
    pages = sorted((build_book.ROOT / "book").glob("*.ipynb"))
    last = [build_book.ROOT / name for name in build_book.LAST]
    assert [path for path in pages if path in last] == last
    for path in pages[pages.index(last[0]) :]:
        assert path in last or "lib.report" not in path.read_text(encoding="utf-8"), path.name


def test_cleared_results_make_every_chapter_run(build_book, project, monkeypatch):
    class Done:
        returncode = 0

    monkeypatch.setenv("HANDS_RESULTS", str(project / "results"))
    monkeypatch.setattr(build_book.subprocess, "run", lambda *_args, **_kwargs: Done)
    build_book.forget_stale_results(project / "_build", build_book.digest(project, "ci"))
    write(project / "_build" / ".doctrees" / "page", "kept")
    write(project / "results" / "ci" / "a.json", "{}")
    build_book.build_book(project, "ci", root=project)
    assert (project / "_build" / ".doctrees" / "page").exists()
    (project / "results" / "ci" / "a.json").unlink()
    (project / "results" / "ci").rmdir()
    build_book.build_book(project, "ci", root=project)
    assert not (project / "_build" / ".doctrees" / "page").exists()
