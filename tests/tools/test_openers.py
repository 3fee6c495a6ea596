"""lib.tools.openers: whatever lies in a file, an array, a JSON value or one sentence comes out."""

import io
import json
import os
import re
import zipfile

import numpy as np
import pytest

from data_scripts.shared.tables import read_table
from lib.tools.errors import BadInput
from lib.tools.openers import SMALL, read_json, read_npy, read_npz


def npy(header: str, content: bytes = b"\0" * 800, version=(1, 0)) -> bytes:
    """A file in numpy's format with a header of our own."""
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + bytes(version) + len(text).to_bytes(2 if version[0] == 1 else 4, "little") + text + content


def head(descr: str = "'<f8'", shape: str = "(100,)", order: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


BAD_NPY = {
    "bracket": npy(head(shape="(100,(")),
    "terabytes": npy(head(shape="(10000000000000,)")),
    "digits": npy(head(shape=f"(1{'0' * 30},)")),
    "thousands of digits": npy(head(shape=f"(1{'0' * 5000},)")),
    "negative": npy(head(shape="(-100,)")),
    "two negative": npy(head(shape="(-10, -10)")),
    "text as shape": npy(head(shape="'100'")),
    "dates": npy(head("'<M8[s]'")),
    "objects": npy(head("'|O'")),
    "records": npy(head("[('a', '<f8')]")),
    "void": npy(head("'|V8'")),
    "complex": npy(head("'<c16'", "(50,)")),
    "text": npy(head("'<U2'")),
    "nothing wide": npy(head("'<U0'", "(1000000000000,)"), b""),
    "empty and huge": npy(head(shape="(1000000000000, 0)"), b""),
    "many axes": npy(head(shape=f"({'1,' * 60})")),
    "nested": npy("(" * 9000),
    "signs": npy("-" * 9000 + "1"),
    "powers": npy(head(shape="(9**9**9,)")),
    "a call": npy(head(shape="__import__('os')")),
    "NUL": npy(head()[:20] + "\0" + head()[20:]),
    "long header": npy(head() + " " * 70_000, version=(2, 0)),
    "version 3": npy(head(), version=(3, 0)),
    "version 9": npy(head(), version=(9, 9)),
    "shorter": npy(head(), b"\0" * 799),
    "longer": npy(head(), b"\0" * 801),
    "zip": b"PK\3\4" + b"\0" * 900,
    "pickle": b"\x80\x04K\x01.",
    "nothing": b"",
    "noise": np.random.default_rng(0).bytes(500),
}


@pytest.mark.parametrize("what", BAD_NPY)
def test_npy_that_is_none(what, tmp_path):
    path = tmp_path / "0.npy"
    path.write_bytes(BAD_NPY[what])
    said = r"0\.npy is not a whole \.npy file of numbers \(.*\); copy it again\.$"
    with pytest.raises(BadInput, match=said) as error:
        read_npy(path, "copy it again")
    assert "\n" not in str(error.value) and len(str(error.value)) < 400
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", BAD_NPY[what])
    if what != "text":  # which an archive may hold
        with pytest.raises(BadInput, match=r"a\.npz is not a whole \.npz file \(.*\); copy it again\.$"):
            read_npz(tmp_path / "a.npz", ["a"], "copy it again")


@pytest.mark.parametrize("values", [np.arange(6.0).reshape(2, 3).T, np.float32(3), np.zeros((4, 0, 2)), np.eye(3) > 0])
def test_npy(values, tmp_path):
    np.save(tmp_path / "0.npy", values)
    found = read_npy(tmp_path / "0.npy", "")
    assert found.dtype == values.dtype and np.array_equal(found, values)


def test_npz(tmp_path):
    path, arrays = tmp_path / "a.npz", {"a": np.arange(3, dtype=np.int16), "words": np.array(["one", "three"])}
    for save in (np.savez, np.savez_compressed):
        save(path, **arrays)
        found = read_npz(path, ["a"], "")
        assert found.keys() == arrays.keys() and all(np.array_equal(found[name], arrays[name]) for name in arrays)
    with pytest.raises(BadInput, match=r"a\.npz is not a whole \.npz file \(it holds no array 'b'\); again\."):
        read_npz(path, ["a", "b"], "again")


def test_npz_that_would_fill_the_memory(tmp_path):
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, a=np.zeros(SMALL // 8 + 1))
    assert path.stat().st_size < SMALL / 900
    with pytest.raises(BadInput, match=r"bomb\.npz .*bytes would unpack to 67,\d+,\d+ bytes"):
        read_npz(path, ["a"], "again")
    whole = io.BytesIO()
    np.save(whole, np.zeros(9))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.npy", whole.getvalue())
    with pytest.raises(BadInput, match="numpy does not compress"):
        read_npz(path, ["a"], "again")


BAD_JSON = {
    "cut short": b'{"a": [1, 2',
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "digits": b"1" * 5000,
    "noise": np.random.default_rng(1).bytes(400),
    "nothing": b"",
    "UTF-16 cut": "[1]".encode("utf-16")[:-1],
    "two": b"{}{}",
}


@pytest.mark.parametrize("what", BAD_JSON)
def test_json_that_is_none(what, tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(BAD_JSON[what])
    with pytest.raises(BadInput, match=r"a\.json is not a whole JSON file \(.*\); copy it again\.$") as error:
        read_json(path, "copy it again")
    assert "\n" not in str(error.value)


def test_json(tmp_path):
    path, value = tmp_path / "a.json", {"a": [1, None, "ö"], "b": 10**400}
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_bytes(json.dumps(value, ensure_ascii=False).encode(encoding))
        assert read_json(path, "") == value


def test_json_too_large_to_hold(tmp_path, monkeypatch):
    monkeypatch.setattr("lib.tools.openers.LARGEST_JSON", 10)
    (tmp_path / "a.json").write_text("[1, 2, 3, 4, 5]")
    with pytest.raises(BadInput, match=r"a\.json is not .*15 bytes are more than the 10"):
        read_json(tmp_path / "a.json", "cut it")


@pytest.mark.parametrize("read", [read_npy, read_json, lambda path, remedy: read_npz(path, [], remedy)])
def test_what_is_no_file_is_not_waited_for(read, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match="there is no such file"):
            read(path, "give another")


TABLE = "film,second,gloss\na.mp4,1,NULL\nb.mp4,2,HOUSE\n"


@pytest.mark.parametrize(
    "content", [TABLE, TABLE.replace("\n", "\r\n"), "\ufeff" + TABLE, TABLE.replace("gloss", "gloss,x")]
)
def test_tables_as_programs_write_them(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode())
    table = read_table(path, ["second", "gloss"], "make it again", whole=["second"])
    assert table.values.tolist() == [[1, "NULL"], [2, "HOUSE"]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (TABLE.replace("HOUSE", "T\u00dcR").encode("latin-1"), "it is no text in UTF-8"),
        (TABLE.encode("utf-16"), "it is no text in UTF-8"),
        (TABLE.replace(",", ";").encode(), "it has no column 'second', but film;second;gloss"),
        (TABLE.replace("2", "two").encode(), "second is no whole number everywhere"),
        (TABLE.replace("a.mp4", '"a.mp4').encode(), "EOF inside string"),
        (b"", "No columns"),
    ],
)
def test_other_tables_are_refused_in_words(tmp_path, content, why):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(BadInput, match=rf"a\.csv is no table \(.*{re.escape(why)}.*\); make it again\."):
        read_table(tmp_path / "a.csv", ["second", "gloss"], "make it again", whole=["second"])
