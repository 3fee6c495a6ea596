"""Archives that lost bytes, or that would fill the memory: one sentence from every script that opens one."""

import io
import struct
import zipfile

import pytest
from PIL import Image

from data_scripts import lis_fingerspelling, signon_splits
from data_scripts.shared.archives import content_of, open_zip, read_member
from data_scripts.shared.manifest import command_line
from data_scripts.shared.word_archive import SETS, make
from lib.tools import openers
from lib.tools.errors import BadInput

LIS = "x/dataset/dataset1/train/a/a_NOOR_1_front.JPG"
MEMBERS = {"x/LICENSE": b"free", f"x/{signon_splits.VGT_ALL}": b"Id\n" * 99, LIS: b"no picture" * 99}
SCRIPTS = {
    "words": lambda out, source: make(SETS["ASL"], out, source),
    "letters": lis_fingerspelling.make,
    "splits": signon_splits.make,
}


def packed(members=MEMBERS, how=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_central(content: bytes, offset: int, value: bytes) -> bytes:
    """Other bytes at one place of every entry in the list at an archive's end."""
    for at in [at for at in range(len(content)) if content[at : at + 4] == b"PK\x01\x02"]:
        content = content[: at + offset] + value + content[at + offset + len(value) :]
    return content


def not_utf8(content: bytes) -> bytes:
    return with_central(with_central(content, 8, struct.pack("<H", 0x800)), 46, b"\xff")


WHOLE = packed()
SPOILT = {
    "first byte lost": WHOLE[1:],
    "first kilobyte lost": packed(MEMBERS | {"x/a": bytes(range(256)) * 40}, zipfile.ZIP_STORED)[1000:],
    "half": WHOLE[: len(WHOLE) // 2],
    "no zip": b"PK" * 500,
    "empty": b"",
    "name that is no UTF-8": not_utf8(WHOLE),
    "a later version": with_central(WHOLE, 6, struct.pack("<H", 99)),
    "a compression that nobody has": with_central(WHOLE, 10, struct.pack("<H", 77)),
    "encrypted": with_central(WHOLE, 8, struct.pack("<H", 1)),
    "claims terabytes": with_central(WHOLE, 24, struct.pack("<I", 0xFFFFFFFE)),
    "claims to lie elsewhere": with_central(WHOLE, 42, struct.pack("<I", 0x7FFFFFFF)),
    "bomb": packed(MEMBERS | dict.fromkeys(MEMBERS, bytes(100_000_000))),
}


@pytest.mark.parametrize("kind", SPOILT)
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_spoilt_archive_is_one_sentence(tmp_path, capsys, script, kind):
    source = tmp_path / "spoilt.zip"
    source.write_bytes(SPOILT[kind])
    assert command_line("", SCRIPTS[script], "", ["--out", str(tmp_path / "out"), "--source", str(source)]) == 1
    said = capsys.readouterr().err
    lines = [line for line in said.replace("\r", "\n").splitlines() if line and not line.startswith("photos:")]
    assert len(lines) == 1 and "spoilt.zip" in lines[0] and "download" in lines[0] or "give the archive of" in lines[0]
    assert not list(tmp_path.glob("out/**/*.JPG")) and source.is_file()


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_no_more_is_unpacked_than_was_asked_for(tmp_path, how):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"a/b": bytes(3000)}, how))
    with open_zip(path) as archive:
        assert read_member(archive, "a/b", 3000) == bytes(3000)
        with pytest.raises(BadInput, match=r"a\.zip .*a/b would unpack to 3,000 bytes, and 2,999 are expected at most"):
            read_member(archive, "a/b", 2999)
    path.write_bytes(with_central(path.read_bytes(), 24, struct.pack("<I", 10)))  # it says 10 and holds 3000
    with open_zip(path) as archive, pytest.raises(BadInput, match="truncated or no zip archive"):
        read_member(archive, "a/b", 3000)


def test_tables_are_not_larger_than_tables_are(tmp_path, monkeypatch):
    monkeypatch.setattr("data_scripts.shared.archives.LARGEST_TABLE", 1000)
    monkeypatch.setattr(openers.zipfile.ZipExtFile, "read", lambda *_: pytest.fail("it is unpacked"))
    (tmp_path / "a.zip").write_bytes(packed({"x/table.csv": bytes(1001)}))
    with pytest.raises(BadInput, match="would unpack to 1,001 bytes"):
        content_of(tmp_path / "a.zip", "table.csv")


def test_a_small_file_with_a_huge_picture_is_left_out_by_its_header(tmp_path, monkeypatch, capsys):
    """60,000 x 60,000 pixels in a kilobyte: Pillow's own limit is an error of a kind of its own."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG")
    content = bytearray(file.getvalue())
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    for size in ((60_000, 60_000), (9_000, 9_000)):
        content[at + 5 : at + 9] = struct.pack(">HH", *size)
        with pytest.raises(BadInput, match="unreadable as a JPEG picture|9000 x 9000 pixels, not 64 x 64"):
            lis_fingerspelling._check_picture(bytes(content))
