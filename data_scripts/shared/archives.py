"""Fetching a public archive and reading files out of it: resumed, verified, and whole or not there at all."""

import hashlib
import ipaddress
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from tqdm.auto import tqdm

from lib.tools import files
from lib.tools.errors import BadInput
from lib.tools.openers import reading

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
PIECE_BYTES = 1 << 16
LARGEST_TABLE = 1 << 26  # bytes; a zip can claim anything
BROKEN_ZIP = "is truncated or no zip archive", "delete it and download it again"
REMEDY = "go online and run again (a broken download goes on where it stopped), or give a downloaded copy with --source"


def fetch(source: str | Path, out: str | Path) -> Path:
    """Bring ``source`` here and return the path to read.

    ``source`` is an https address, a file:// address or a path. A local file is used where it lies. An address is
    downloaded to ``out`` with a progress bar; what a broken download left beside ``out`` is continued (HTTP Range),
    and a finished ``out`` is not downloaded again. Raises BadInput, after about ten seconds where there is no network.
    """
    source, out = str(source), Path(out)
    scheme = source.partition("://")[0].lower() if "://" in source else ""
    if scheme in ("http", "https"):
        if not out.is_file():
            out.parent.mkdir(parents=True, exist_ok=True)
            with files.one_writer(out, alone=True):
                _resume(source, out)
        return out
    if scheme not in ("", "file"):
        raise BadInput(f"{source} is not an https address: give an https address or a local file with --source")
    path = Path(unquote(urlsplit(source).path) if scheme else source)
    if not path.is_file():
        raise BadInput(f"{path} is not a file: give the archive itself, or an https address, with --source")
    return path


@contextmanager
def fetched(source: str | Path, out: str | Path) -> Iterator[Path]:
    """:func:`fetch` for an archive whose own sum is not fixed, and only those of its members are.

    A download that turns out to be the wrong one is deleted, or the next run would take it for the right one.
    """
    path = fetch(source, out)
    try:
        yield path
    except BadInput:
        if "://" in str(source) and path == Path(out):
            path.unlink(missing_ok=True)
        raise


def member(archive: str | Path, name: str, sha256: str) -> bytes:
    """Read one file out of a zip by its name inside the repository, with or without the host's top folder.

    ``sha256`` is the hex digest of the file, not of the zip: a code host packs the same commit with other bytes on
    another day. Raises BadInput.
    """
    content = content_of(archive, name)
    if content is None:
        raise BadInput(f"{archive} holds no {name}: give the archive of the right repository with --source")
    if (digest := hashlib.sha256(content).hexdigest()) != sha256:
        raise BadInput(
            f"{name} in {archive} has sha256 {digest}, not {sha256}: give the archive of the right commit with --source"
        )
    return content


def content_of(archive: str | Path, name: str) -> bytes | None:
    """A `member` whose sum is not known, and which may be absent: None then. Raises BadInput for a broken zip."""
    with open_zip(archive) as opened:
        found = next((n for n in opened.namelist() if name in (n, n.partition("/")[2])), None)
        return None if found is None else read_member(opened, found, LARGEST_TABLE)


@contextmanager
def open_zip(path: str | Path) -> Iterator[zipfile.ZipFile]:
    """A zip archive, for `read_member`. Nothing is unpacked to the disk, so a path inside it can point nowhere."""
    with reading(path, *BROKEN_ZIP):
        archive = zipfile.ZipFile(path)
    with archive:
        yield archive


def read_member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """One file out of a zip archive. Raises BadInput where it is damaged, or unpacks to more than ``most`` bytes."""
    with reading(archive.filename, *BROKEN_ZIP):
        if (size := archive.getinfo(name).file_size) > most:
            raise ValueError(f"{name} would unpack to {size:,} bytes, and {most:,} are expected at most")
        with archive.open(name) as file:
            return file.read(size + 1)  # without a number, it would unpack whatever comes, and look at the size then


def _resume(url: str, out: Path) -> None:
    """Go on with what lies beside ``out`` under the one name that every run knows.

    Hosts pack an archive anew now and then, and two halves of different ones make none. So we go on only where the
    host says that its file is still the one which we have the beginning of.
    """
    partial = out.with_name(f"{files.PARTIAL}{out.name}")
    beginning_of = partial.with_name(f"{partial.name}.version")
    version = beginning_of.read_text(errors="replace") if beginning_of.exists() else ""
    done = partial.stat().st_size if partial.exists() and version else 0
    try:
        response = _open(url, done, version)
        gone_on = response.status_code == requests.codes.partial_content
        too_long = done and response.status_code == requests.codes.requested_range_not_satisfiable
        if too_long or (gone_on and version != _version(response)):
            response = _open(url, 0)
        if response.status_code not in (requests.codes.ok, requests.codes.partial_content):
            raise BadInput(f"{url} answered {response.status_code} {response.reason}: {REMEDY}")
        if response.status_code == requests.codes.ok:
            partial.unlink(missing_ok=True)
            beginning_of.write_text(_version(response))
        _save(response, partial, done)
    except requests.RequestException as error:
        raise BadInput(f"{url} did not come through ({type(error).__name__}): {REMEDY}") from None
    files.put_in_place(partial, out)
    beginning_of.unlink()


def _version(response: requests.Response) -> str:
    """What the host calls this state of its file, if it does."""
    return response.headers.get("ETag") or response.headers.get("Last-Modified", "")


def _save(response: requests.Response, partial: Path, done: int) -> None:
    """Append to ``partial``, or begin again where the server sends the whole file after all."""
    if response.status_code != requests.codes.partial_content:
        done = 0
    length = response.headers.get("Content-Length")
    total = done + int(length) if length else None
    name = partial.name.removeprefix(files.PARTIAL)
    with (
        response,
        open(partial, "ab" if done else "wb") as file,
        tqdm(desc=name, total=total, initial=done, unit="B", unit_scale=True) as bar,
    ):
        for piece in response.iter_content(PIECE_BYTES):
            bar.update(file.write(piece))


def _open(url: str, start: int, version: str = "") -> requests.Response:
    """Ask for ``url`` from byte ``start`` on if it is still of that ``version``, and wait ten seconds at most.

    The wait needs a thread: the timeouts of requests cover neither the look-up of the host's name nor a host with
    many addresses that are tried in turn. A daemon thread does not keep the script alive.
    """
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    headers |= {"If-Range": version} if start and version else {}
    answer: list[requests.Response | Exception] = []

    def ask() -> None:
        session = requests.Session()
        session.mount("http://", _LoopbackOnly())
        try:
            answer.append(session.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, ANSWER_SECONDS)))
        except (requests.RequestException, BadInput) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    result = answer[0] if answer else requests.ConnectTimeout()
    if isinstance(result, Exception):
        raise result
    return result


class _LoopbackOnly(HTTPAdapter):
    """Plain http for this machine alone (tests, a local mirror); it also stops a redirect from https to http."""

    def send(self, request: requests.PreparedRequest, *args, **kwargs) -> requests.Response:
        host = urlsplit(request.url).hostname or ""
        try:
            loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise BadInput(f"{request.url} is not https: give an https address or a local file with --source")
        return super().send(request, *args, **kwargs | {"proxies": None})  # no proxy can reach this machine's loopback
