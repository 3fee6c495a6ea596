"""Fetching over a small server on this machine: whole, broken off, resumed, changed, missing, silent."""

import hashlib
import socket
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data_scripts.shared import archives
from data_scripts.shared.archives import fetch, fetched, member
from lib.tools.errors import BadInput
from lib.tools.files import one_writer

CONTENT = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """/file honours Range, /plain does not, /broken stops half way, /elsewhere redirects to plain http.

    With a ``version`` it is told as ETag, and If-Range is honoured, but by /careless.
    """

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        ranged, version = self.path in ("/file", "/careless"), self.server.version
        if self.path == "/file" and self.headers.get("If-Range") not in (None, version):
            ranged = False
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1]) if ranged else 0
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://example.org/file")
        elif self.path == "/missing":
            self.send_response(404)
        elif start >= len(CONTENT):
            self.send_response(416)
        else:
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(CONTENT) - start))
            if version:
                self.send_header("ETag", version)
            self.end_headers()
            stop = archives.PIECE_BYTES + 1000 if self.path == "/broken" else len(CONTENT)
            self.wfile.write(self.server.content[start:stop])
            return
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.content, server.version = [], CONTENT, None
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_download_is_whole_and_not_repeated(server, tmp_path):
    out = tmp_path / "folder" / "file.bin"
    assert fetch(f"{server.url}/file", out) == out
    assert fetch(f"{server.url}/file", out) == out
    assert out.read_bytes() == CONTENT
    assert len(server.asked) == 1
    assert [path.name for path in out.parent.iterdir()] == ["file.bin"]


def test_broken_download_leaves_no_file_and_is_resumed(server, tmp_path):
    server.version, out = '"the same"', tmp_path / "file.bin"
    with pytest.raises(BadInput, match="--source"):
        fetch(f"{server.url}/broken", out)
    assert not out.exists()
    assert fetch(f"{server.url}/file", out).read_bytes() == CONTENT
    assert server.asked[-1] == ("/file", f"bytes={archives.PIECE_BYTES}-")


@pytest.mark.parametrize(("path", "resumed"), [("/file", False), ("/careless", True)])
def test_a_download_of_what_was_packed_anew_since_begins_again(server, tmp_path, path, resumed):
    """Two halves of different archives make none, and no sum is there to tell."""
    server.version, out = '"first"', tmp_path / "file.bin"
    with pytest.raises(BadInput, match="--source"):
        fetch(f"{server.url}/broken", out)
    server.version, server.content = '"second"', CONTENT[::-1]
    assert fetch(server.url + path, out).read_bytes() == CONTENT[::-1]
    assert (server.asked[-2] == (path, f"bytes={archives.PIECE_BYTES}-")) is resumed
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("version", ['"the same"', None])
def test_without_a_sum_it_goes_on_only_where_the_host_vouches_for_it(server, tmp_path, version):
    server.version, out = version, tmp_path / "file.bin"
    with pytest.raises(BadInput, match="--source"):
        fetch(f"{server.url}/broken", out)
    assert fetch(f"{server.url}/file", out).read_bytes() == CONTENT
    assert server.asked[-1] == ("/file", f"bytes={archives.PIECE_BYTES}-" if version else None)


@pytest.mark.parametrize(("path", "left"), [("/plain", 1000), ("/file", len(CONTENT) + 5)])
def test_begins_again_where_it_cannot_go_on(server, tmp_path, path, left):
    server.version = '"the same"'
    (tmp_path / ".partial-file.bin").write_bytes(b"x" * left)
    (tmp_path / ".partial-file.bin.version").write_text(server.version)
    assert fetch(server.url + path, tmp_path / "file.bin").read_bytes() == CONTENT


def test_two_runs_do_not_write_into_one_download(server, tmp_path):
    with one_writer(tmp_path / "file.bin"), pytest.raises(BadInput, match=r"file\.bin is being written by another run"):
        fetch(f"{server.url}/file", tmp_path / "file.bin")
    assert not list(tmp_path.iterdir()) and not server.asked


def test_a_wrong_archive_is_forgotten_but_a_users_file_is_not(server, tmp_path):
    here = tmp_path / "mine.zip"
    here.write_bytes(CONTENT)
    for source in (f"{server.url}/file", here, here.as_uri()):
        with (
            pytest.raises(BadInput, match="no zip archive"),
            fetched(source, tmp_path / "download.zip") as archive,
        ):
            member(archive, "tables/a.csv", DIGEST)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.zip"]


def test_missing_page_names_address_and_remedy(server, tmp_path):
    with pytest.raises(BadInput, match=r"/missing answered 404 .*--source"):
        fetch(f"{server.url}/missing", tmp_path / "file.bin")


def test_only_this_machine_may_use_plain_http(server, tmp_path):
    for url in ("http://example.org/file", f"{server.url}/elsewhere"):
        with pytest.raises(BadInput, match="not https"):
            fetch(url, tmp_path / "file.bin")
    with pytest.raises(BadInput, match="not an https address"):
        fetch("ftp://example.org/file", tmp_path / "file.bin")


def test_no_network_is_told_in_one_sentence(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/file"
    with pytest.raises(BadInput, match="--source") as error:
        fetch(url, tmp_path / "file.bin")
    assert url in str(error.value) and "\n" not in str(error.value)


def test_a_silent_network_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "ANSWER_SECONDS", 0.3)
    tested = threading.Event()

    def never_answers(*args, **kwargs):
        tested.wait(5)
        raise socket.gaierror("no answer")

    monkeypatch.setattr(socket, "getaddrinfo", never_answers)
    begun = time.monotonic()
    with pytest.raises(BadInput, match="did not come through"):
        fetch("https://example.org/file", tmp_path / "file.bin")
    assert time.monotonic() - begun < 3
    tested.set()


def test_local_file_is_used_where_it_lies(tmp_path):
    here = tmp_path / "a file.bin"
    here.write_bytes(CONTENT)
    assert fetch(here, tmp_path / "out.bin") == here
    assert fetch(here.as_uri(), tmp_path / "out.bin") == here
    for wrong in (tmp_path, tmp_path / "none.zip"):
        with pytest.raises(BadInput, match="is not a file"):
            fetch(wrong, tmp_path / "out.bin")


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("project-abc/../../outside.csv", "no")
        opened.writestr("project-abc/tables/a.csv", CONTENT)
    return path


def test_member_with_and_without_top_folder(archive):
    assert member(archive, "tables/a.csv", DIGEST) == CONTENT
    assert member(archive, "project-abc/tables/a.csv", DIGEST) == CONTENT


def test_member_says_what_is_wrong(archive, tmp_path):
    with pytest.raises(BadInput, match=r"archive\.zip holds no a\.csv"):
        member(archive, "a.csv", DIGEST)
    with pytest.raises(BadInput, match=r"tables/a\.csv in .*archive\.zip has sha256"):
        member(archive, "tables/a.csv", "0" * 64)
    whole = archive.read_bytes()
    (tmp_path / "short.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "flipped.zip").write_bytes(whole.replace(whole[200:210], b"0123456789"))
    for name in ("short.zip", "flipped.zip"):
        with pytest.raises(BadInput, match=f"{name} is truncated"):
            member(tmp_path / name, "tables/a.csv", DIGEST)
