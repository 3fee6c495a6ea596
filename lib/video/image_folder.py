"""A folder of numbered images as a video: what many data sets are, and what any tool can look into."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from lib.tools.errors import BadInput
from lib.tools.files import at_its_place, flush, one_writer, partial_name
from lib.tools.openers import reading

FPS = 25.0  # a folder does not say how fast it plays
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}
FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF")  # Pillow opens the MPO of a camera with two lenses as JPEG
MOST_PIXELS, LONGEST = 2**26, 2**16 - 1  # twice an 8K frame, and its sides; a file of kilobytes can claim any number
# tags of TIFF 6.0: bits a value, and what they mean (section 4), whether below 0 too (section 19)
_BITS, _MEANING, _WHITE_IS_ZERO, _SIGNS, _SIGNED = 258, 262, 0, 339, (2,)
_OURS = re.compile(r"\d{6}\.png")


def image_files(folder: Path) -> list[Path]:
    """The images of a folder as a person would order them: frame2 before frame10. BadInput if there are none."""
    files = [file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and is_plain(file, folder)]
    if not files:
        raise BadInput(f"{folder} holds no images; give a folder of {', '.join(sorted(SUFFIXES))} files.")
    return sorted(files, key=natural)


def natural(path: Path) -> list[int | str]:
    """What to sort paths by, so that frame2 comes before frame10: text and digits take turns, as do all names'."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path.name.lower())]


def doubts(folder: Path, files: list[Path]) -> Iterator[str]:
    """What the numbers at the end of names say against the files' being the frames of one film, all there, once."""
    found = [match for file in files if (match := re.fullmatch(r"(.*?)(\d+)", file.stem, re.S))]
    names, numbers = {match[1] for match in found}, [int(match[2]) for match in found]
    steps = [after - before for before, after in zip(numbers, numbers[1:])]
    if len(names) > 1:
        yield f"{folder} holds pictures of {len(names)} names, as of several films: all are taken, name after name."
    elif 0 in steps:
        yield f"{folder} holds picture {numbers[steps.index(0)]} twice: both are taken, and the film becomes longer."
    elif len(set(steps)) > 1:
        place = steps.index(max(steps))
        yield (
            f"{folder} holds pictures whose numbers do not rise evenly, from {numbers[place]} to {numbers[place + 1]} "
            "for one: what lacks between them is left out, and what follows comes earlier."
        )


def is_plain(path: Path, folder: Path) -> bool:
    """Whether a path below a folder is a regular file, and neither hidden, as unfinished files and notes of macOS are,
    nor a pipe or a link to nowhere."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(folder).parts)
    return not hidden and os.path.isfile(path)  # which is False also where nobody may look


def read_image(file: Path) -> np.ndarray:
    """(H, W, 3) uint8 RGB, turned upright by its EXIF tag; 16 and 12 bits a value become 8.

    Of colours of 16 bits Pillow keeps the upper 8, which is within one of what rounding gives, and on average the same.
    BadInput if it cannot be read, or holds numbers whose black and white nobody knows.
    """
    from PIL import Image, ImageOps

    with reading(file, "cannot be read as an image", "save it again, or take it out"):
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST:
                raise ValueError(f"{image.width} x {image.height} pixels are more than any film has")
            if getattr(image, "n_frames", 1) > 1:
                size = image.size
                image.seek(1)
                if image.size == size:  # else a small one to look through folders by
                    raise BadInput(f"{file} holds {image.n_frames} pictures; save each in a file of its own.")
                image.seek(0)
            tags = getattr(image, "tag_v2", {})
            if image.mode in ("I", "F") or tags.get(_SIGNS) == _SIGNED:
                kind = {"I": "32-bit", "F": "floating-point"}.get(image.mode, "signed")
                raise BadInput(f"{file} holds {kind} numbers, whose black and white nobody knows; save it with 8 bits.")
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I;16"):  # which `convert` would cut off at 255
                grey = np.asarray(image) / (2 ** tags.get(_BITS, (16,))[0] - 1)
                grey = 1 - grey if tags.get(_MEANING) == _WHITE_IS_ZERO else grey
                return np.repeat(np.uint8(np.round(255 * grey))[..., None], 3, axis=2)
            return np.asarray(image.convert("RGB"))


def read_folder(folder: Path) -> Iterator[np.ndarray]:
    """One image after the other; BadInput at the first that is broken or of another size."""
    size = None
    for file in image_files(folder):
        image = read_image(file)
        size = size or image.shape
        if image.shape != size:
            found, wanted = (f"{shape[1]} x {shape[0]}" for shape in (image.shape, size))
            raise BadInput(f"{file} is {found} pixels, the images before it {wanted}; give images of one size.")
        yield image


def write_folder(folder: Path, frames: Iterable[np.ndarray]) -> None:
    """Write 000000.png, 000001.png, ... beside ``folder`` first, then put them in its place.

    A folder that holds anything but such frames is somebody's, and is left alone with BadInput; so are a file, and a
    folder that another run is writing.
    """
    from PIL import Image

    folder = at_its_place(folder)
    _refuse_what_is_somebodys(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with one_writer(folder, alone=True) as token:
        partial = partial_name(folder, token)
        partial.mkdir()
        try:
            for index, frame in enumerate(frames):
                image = partial / f"{index:06d}.png"
                Image.fromarray(frame).save(image)
                flush(image)
            _refuse_what_is_somebodys(folder)  # much may have happened meanwhile
            shutil.rmtree(folder, ignore_errors=True)
            partial.replace(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _refuse_what_is_somebodys(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file; give the name of a new or an empty folder.")
    if folder.exists() and not all(_OURS.fullmatch(file.name) for file in folder.iterdir()):
        raise BadInput(f"{folder} holds other files; give the name of a new or an empty folder.")
