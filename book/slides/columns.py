"""How pictures fill a slide so that letters can be read: a tall one in columns, several side by side or in turn."""

import base64
import io
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PIL import Image

SHEET, LARGE = (1160, 500), (1240, 580)  # pixels that a slide has for a picture, and to its edges (deck.js)
MOST, GAP = 3, 16  # columns, and pixels between two
WORTH = 1.2  # times as large as before, or the picture stays whole
LETTER = 1.25  # pixels of a slide for a point of a letter: one of 10 points is then 12 or 13 pixels high
SMALL = 1.15  # below it a picture that is neither tall nor broad comes in two parts, its upper rows first
QUIET = 6  # rows of pixels alike: nothing but upright lines goes through them
BROAD = 0.7  # of the broadest stretch nearby
REACH = 0.12  # of the height: how far from its even place a cut may lie


def columns(png: str) -> list[str]:
    """The pieces of a base64 PNG, top first; the picture alone where its letters are large or no cut is possible."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as opened:
        image = opened.convert("RGB")
        dpi = opened.info.get("dpi")
    best = max(range(1, MOST + 1), key=lambda count: _scale(image.size, count))
    if _scale(image.size, best) <= WORTH * _scale(image.size, 1):
        best = 1 if _letter([png]) >= SMALL else 2
    cuts = _cuts(image, best) if best > 1 else []
    if not cuts:
        return [png]
    edges = list(pairwise([0, *cuts, image.height]))
    height = max(below - above for above, below in edges)
    return [_encoded(_piece(image, above, below, height), dpi) for above, below in edges]


def side_by_side(pngs: Sequence[str]) -> list[list[str]]:
    """Base64 PNGs, slide by slide: as many on one as leave letters large enough."""
    sheets: list[list[str]] = []
    for png in pngs:
        if sheets and _letter([*sheets[-1], png]) >= LETTER:
            sheets[-1].append(png)
        else:
            sheets.append([png])
    return sheets


def _letter(pngs: Sequence[str]) -> float:
    """Pixels of the slide for a letter's point, in pictures that share it evenly."""
    sizes = [Image.open(io.BytesIO(base64.b64decode(png))).size for png in pngs]
    size = max(width for width, _ in sizes), max(height for _, height in sizes) * len(sizes)
    return _scale(size, len(sizes), LARGE) * min(points_to_pixels(png) or 1 for png in pngs)


def points_to_pixels(png: str) -> float:
    """How many pixels of a base64 PNG a typographic point is, as matplotlib wrote it; 0 where the file does not say."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as opened:
        return round(opened.info.get("dpi", (0, 0))[0] / 72, 4)


def _scale(size: tuple[int, int], count: int, sheet: tuple[int, int] = SHEET) -> float:
    width, height = size
    return min((sheet[0] - GAP * (count - 1)) / (count * width), sheet[1] * count / height)


def _cuts(image: Image.Image, count: int) -> list[int]:
    """Rows to cut at, each amid a broad quiet stretch near its even place; none at all where one is missing.

    Between a row's name and its mark there is a narrow one, too.
    """
    rows = np.asarray(image.convert("L"), dtype=np.int16)
    same = np.abs(np.diff(rows, axis=0)).max(1) < 8
    quiet = np.flatnonzero(np.convolve(same, np.ones(QUIET), "same") == QUIET)
    stretches = np.split(quiet, np.flatnonzero(np.diff(quiet) > 1) + 1) if len(quiet) else []
    found = []
    for even in [image.height * part // count for part in range(1, count)]:
        near = [one for one in stretches if abs(one.mean() - even) < REACH * image.height]
        broad = [one for one in near if len(one) >= BROAD * max(map(len, near))]
        if not broad:
            return []
        found.append(int(min((one.mean() for one in broad), key=lambda middle: abs(middle - even))))
    return found


def _piece(image: Image.Image, above: int, below: int, height: int) -> Image.Image:
    """Some rows of it on paper of this height, so that all pieces are shown in one size."""
    paper = Image.new("RGB", (image.width, height), "white")
    paper.paste(image.crop((0, above, image.width, below)))
    return paper


def _encoded(image: Image.Image, dpi: tuple[float, float] | None) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "png", optimize=True, **({"dpi": dpi} if dpi else {}))
    return base64.b64encode(buffer.getvalue()).decode()
