"""A second judge of hands: the network of handtracking.io's yoha, which was trained on data of its own.

    python data_scripts/second_judge.py --out data/second_judge               fetched with npm, 61 MB
    python data_scripts/second_judge.py --out data/second_judge --source FILE_OR_URL    the package, fetched before

It judges only: nothing here is trained or chosen by it. How it looks is in book/shared/second_judge.py.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from book.shared.second_judge import FILE, SHA256
from data_scripts.shared.archives import fetch
from data_scripts.shared.manifest import command_line, is_complete, say_whose, write_manifest
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import reading

PACKAGE = "@handtracking.io/yoha@1.2.0"
LICENCE = "MIT (the package's LICENSE, copied beside the network)"
MEMBERS = {  # place in the package: what it is called here, and its sum
    "package/dist/lan/model.tflite": (FILE, SHA256),
    "package/LICENSE": ("LICENSE", "26f64c803b07dfcea82ea31790b87fcf5bfc764d63513cfec6af817b62d6bebc"),
}
LARGEST = 1 << 23  # bytes; an archive can claim anything
WITHOUT_NPM = "install Node.js, or give the package with --source (on another machine: npm pack {})"


def make(out: Path, source: str) -> None:
    """The network and its licence in ``out``. Raises BadInput where the package does not come, or is another one."""
    say_whose("Second judge", "yoha, by handtracking.io", f"npm package {PACKAGE}", LICENCE)
    if is_complete(out):
        print(f"{out} is complete.")
        return
    with _package(source, out) as archive:
        files = {place: _member(archive, place) for place in MEMBERS}
    for place, content in files.items():
        with written_whole(out / MEMBERS[place][0]) as partial:
            partial.write_bytes(content)
    entries = [{"file": name, "source": PACKAGE, "licence": "MIT"} for name, _ in MEMBERS.values()]
    write_manifest(out, entries)
    print(f"{out / FILE} is there.")


@contextmanager
def _package(source: str, out: Path) -> Iterator[Path]:
    """The package's archive: one that was given, or the one that npm packs."""
    if source != PACKAGE:
        yield fetch(source, out / "yoha.tgz")
        return
    remedy = WITHOUT_NPM.format(PACKAGE)
    if not shutil.which("npm"):
        raise BadInput(f"{PACKAGE} is fetched with npm, which is not installed: {remedy}")
    with tempfile.TemporaryDirectory() as folder:
        words = ["npm", "pack", PACKAGE, "--pack-destination", folder]
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
        found = list(Path(folder).glob("*.tgz"))
        if ran.returncode or not found:
            why = (ran.stderr.strip().splitlines() or ["no reason given"])[0]
            raise BadInput(f"npm did not bring {PACKAGE} ({why}): {remedy}")
        yield found[0]


def _member(archive: Path, place: str) -> bytes:
    """One file of the package, by its sum; nothing else of it is unpacked."""
    name, expected = MEMBERS[place]
    with reading(archive, "is no whole package of npm", "fetch it again"), tarfile.open(archive) as opened:
        told = opened.getmember(place)
        if not told.isfile() or told.size > LARGEST:
            raise ValueError(f"{place} is no file of at most {LARGEST:,} bytes")
        content = opened.extractfile(told).read(told.size)
    if (digest := hashlib.sha256(content).hexdigest()) != expected:
        raise BadInput(f"{name} in {archive} has sha256 {digest}, not {expected}: give the package {PACKAGE}")
    return content


if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, make, PACKAGE))
