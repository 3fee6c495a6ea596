"""Keypoints in numpy's, pose-format's and parquet files, whole and spoilt: where they belong, or refused."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import estimators as files
import numpy as np
import pandas as pd
from spoiling import no_file, spoilt_bytes

from lib.keypoints import (
    ASL_SIGNS_543,
    COCO_133,
    HOLISTIC_75,
    OPENPOSE_67,
    load,
    read_asl_signs,
    read_coco_wholebody,
    read_npy_frames,
)
from odd.keypoints import check_sound


def archives(folder: Path, rng: random.Random) -> Callable[[], None]:
    """.npz files: bombs, other shapes and types, other ways to pack, members twice, pickles."""
    path, kind = folder / "a.npz", rng.randrange(8)
    places = files.signer(COCO_133, 4)
    arrays = {"keypoints": places, "scores": np.full((4, 133), 0.7)}
    if kind == 0:
        arrays["keypoints"] = np.zeros((40000, 133, 2))
        arrays["scores"] = np.zeros((40000, 133))
        np.savez_compressed(path, **arrays)
    elif kind == 1:
        odd = [np.array([None]), np.array(["a"]), np.array(0), np.zeros((0, 133, 2)), places.astype(complex)]
        odd += [places.astype("datetime64[s]"), places.astype(">f8"), places.astype(np.float16), places.astype(bool)]
        arrays[rng.choice(list(arrays))] = rng.choice(odd)
        np.savez(path, **arrays)
    elif kind == 2:
        with zipfile.ZipFile(path, "w", rng.choice([zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])) as archive:
            for name, array in arrays.items():
                np.save(buffer := io.BytesIO(), array)
                archive.writestr(f"{name}.npy", buffer.getvalue())
    elif kind == 3:
        header = {"descr": "<f8", "fortran_order": False, "shape": rng.choice([(10**12,), (2**62, 4), (-1, 133, 2)])}
        np.lib.format.write_array_header_1_0(buffer := io.BytesIO(), header)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("keypoints.npy", buffer.getvalue() + bytes(64))
            archive.writestr("scores.npy", buffer.getvalue())
    elif kind == 4:
        np.savez(path, **arrays)
        with zipfile.ZipFile(path, "a") as archive:
            np.save(buffer := io.BytesIO(), places * 0)
            archive.writestr("keypoints.npy", buffer.getvalue())
    elif kind == 5:
        np.savez(path, **{name: np.asfortranarray(array) for name, array in arrays.items()})
    elif kind == 6:
        np.savez(path, **arrays)
        path.write_bytes(spoilt_bytes(rng, path.read_bytes()))
    else:
        arrays["keypoints"] = np.repeat(places[:, None], rng.choice([1, 2, 130]), axis=1)
        arrays["scores"] = np.full(arrays["keypoints"].shape[:-1], 0.6)
        np.savez(path, **arrays)

    def check() -> None:
        found = read_coco_wholebody(path)
        check_sound(found)
        if kind in (5, 7):
            assert np.abs(found.xyz[..., :2] - places).max() < 0.01

    return check


def poses(folder: Path, rng: random.Random) -> Callable[[], None]:
    """.pose files of all versions, several people, hidden points, odd rates and sizes; and bytes changed."""
    layout, form = rng.choice([COCO_133, HOLISTIC_75, OPENPOSE_67]), rng.choice(["XYC", "XYZC"])
    people = rng.choice([1, 1, 2])
    places = files.signer(layout, 5)
    data = np.stack([places + 200 * one for one in range(people)], axis=1)
    if form == "XYZC":
        data = np.concatenate([data, np.zeros((*data.shape[:-1], 1))], axis=-1)
    size = rng.choice([(640, 480, 0), (640, 480, 640), (0, 0, 0), (1, 1, 1), (65535, 65535, 0)])
    parts, path = files.components(layout, form=form), folder / "a.pose"
    if form == "XYC" and rng.random() < 0.3:
        files.pose_version_0(path, parts, [places], size=size)
    else:
        files.pose(path, parts, data, size=size)
    spoilt = rng.random() < 0.6
    if spoilt:
        path.write_bytes(spoilt_bytes(rng, path.read_bytes()))

    def check() -> None:
        found = load(path)
        check_sound(found)
        assert spoilt or np.abs(found.xyz[..., :2] - places).max() < 0.01, (layout.name, form, size)

    return check


def parquets(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Tables of other types, lacking, doubled and empty columns, other codecs and writers, and spoilt bytes."""
    path = files.asl_signs(folder / "a.parquet", files.signer(ASL_SIGNS_543, 2) / (1000, 1000))
    table, kind = pd.read_parquet(path), rng.randrange(8)
    column = rng.choice(list(table))
    options = {}
    if kind == 0:
        table[column] = table[column].astype(str)
    elif kind == 1:
        del table[column]
    elif kind == 2:
        table = table.sample(frac=1, random_state=rng.randrange(99))
    elif kind == 3:
        table = table.iloc[: rng.choice([0, 1, 543, 600])]
    elif kind == 4:
        options = {"compression": rng.choice(["gzip", "snappy", None])}
    elif kind == 5:
        table[column] = rng.choice([pd.NA, None, "ß", float("inf"), -1, 2**40, pd.Timestamp("2020-01-01")])
    elif kind == 6:
        table[column] = table[column].astype("category")
    table.to_parquet(path, **options)
    if kind == 7:
        path.write_bytes(spoilt_bytes(rng, path.read_bytes()))

    def check() -> None:
        found = read_asl_signs(path)
        check_sound(found)
        if kind in (2, 4):
            assert np.abs(found.xyz[..., :2] - files.signer(ASL_SIGNS_543, 2)).max() < 0.6

    return check


def rows(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Folders of .npy files one of which is odd, and pipes and links among them."""
    path = files.npy(folder / "seq", files.signer(HOLISTIC_75, 4) / (640, 480))
    odd, kind = path / f"{rng.randrange(4)}.npy", rng.randrange(8)
    if kind == 0:
        np.save(odd, rng.choice([np.zeros(0), np.array(3), np.array(["a"]), np.full(258, np.nan), np.zeros(259)]))
    elif kind < 3:
        odd.write_bytes(spoilt_bytes(rng, odd.read_bytes()))
    elif kind < 7:
        no_file(rng, odd)
    else:
        np.save(odd, np.load(odd) * rng.choice([640, 1e300, -1, 1e-30]))

    def check() -> None:
        check_sound(read_npy_frames(path))

    return check
