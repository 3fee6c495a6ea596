"""What moves in a page: skeletons with a play button, and clips, with words for readers who do not see them."""

import base64
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

import numpy as np

from book.shared.draw import draw_keypoints
from book.shared.page import beside_code, picture
from lib.keypoints import Keypoints
from lib.keypoints.layouts import PART_COLOURS
from lib.signer.clips import Clip
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.video import read_all, write_video

PAPER = (32, 38, 43)  # behind the skeletons, in either theme
GUESS = (255, 255, 255)  # a hand that the first track does not have
WIDTH = 220  # CSS pixels of a track, where the page has room
QUARTERS = 4  # places are sent as whole quarters of a pixel

PAGE, SCRIPT = Template(beside_code("player.html")), beside_code("player.js")


# Keypoints that move: skeletons side by side, with a play button and a slider for the frame.
#
# Where no script runs (a printed page, a notebook that is not trusted) a strip of drawn frames stands there instead.
def player(tracks: dict[str, Keypoints], description: str) -> str:
    """HTML of skeletons that play together, one for each of ``tracks`` (by title), `WIDTH` CSS pixels each.

    All tracks have one layout, one number of frames, one frame rate, and places in one picture's pixels. A part that
    the *first* track lost is drawn white in the others. The ``description`` says in words what is to be seen, and is
    shown as text too. Keep it to a few seconds: the places become part of the page. Raises BadInput for tracks that do
    not fit together.
    """
    first = _first(tracks)
    parts, size = first.layout.parts, first.size
    data = {
        "fps": first.fps,
        "unit": QUARTERS,
        "guess": _css(GUESS),
        "colours": {part: _css(PART_COLOURS[part]) for part in parts},
        "edges": {part: (np.array(first.layout.edges[part]) - own.start).tolist() for part, own in parts.items()},
        "tracks": [{part: _places(track.part(part)) for part in parts} for track in tracks.values()],
    }
    figures = "".join(
        f'<figure><canvas width="{2 * size[0]}" height="{2 * size[1]}" role="img" '
        f'aria-label="{escape(f"Skeleton, {title}. {description}")}"></canvas>'
        f"<figcaption>{escape(title)}: <span></span></figcaption></figure>\n"
        for title in tracks
    )
    return PAGE.substitute(
        room=len(tracks) * (WIDTH + 10),
        paper=PAPER,
        description=escape(description),
        figures=figures,
        last=len(first) - 1,
        start=np.argmin(np.all([first.present(part) for part in parts], axis=0)),  # a gap is worth stopping at
        data=json.dumps(data, separators=(",", ":"), allow_nan=False),
        script=SCRIPT,
        strip=picture(_strip(tracks), lossless=False),
        strip_alt=escape(f"Frames from beginning to end, one row each: {', '.join(tracks)}. {description}"),
    )


def _first(tracks: dict[str, Keypoints]) -> Keypoints:
    """The first track, once all are known to fit to it."""
    if not tracks:
        raise BadInput("A keypoint player needs at least one track; this one has none.")
    name, first = next(iter(tracks.items()))
    form = (first.layout, len(first), first.fps, first.size)
    for other, track in tracks.items():
        if (track.layout, len(track), track.fps, track.size) != form:
            raise BadInput(
                f"{other!r} and {name!r} cannot play together: bring them to one layout, number of frames, frame rate "
                "and size of picture first."
            )
    return first


def _places(points: np.ndarray) -> list[list[int | None] | int]:
    """One part's places, a flat x, y, x, y ... for each frame; a missing point is None, a missing part 0."""
    flat = np.round(points[..., :2].reshape(len(points), -1) * QUARTERS)
    return [
        0 if np.isnan(frame).all() else [None if np.isnan(value) else int(value) for value in frame] for frame in flat
    ]


def _strip(tracks: dict[str, Keypoints]) -> np.ndarray:
    """What stands there without a script: a row of four drawn frames for each track, uint8 RGB."""
    rows = []
    for track in tracks.values():
        paper = np.full((track.size[1], track.size[0], 3), PAPER, np.uint8)
        moments = np.linspace(0, len(track) - 1, 4).round().astype(int)
        rows.append(np.hstack([draw_keypoints(paper, track.xyz[t], track.layout) for t in moments]))
    return np.vstack(rows)


def _css(colour: tuple[int, int, int]) -> str:
    return "rgb({}, {}, {})".format(*colour)


MIME = {".mp4": "video/mp4", ".webm": "video/webm"}


def playable(clip: Clip) -> Path:
    """A clip's input as a file that browsers play: R1's damage is kept without loss, which they do not, so as H.264."""
    if clip.input_path.suffix in MIME:
        return clip.input_path
    kept = paths.CACHE / "playable" / f"{clip.input_path.stem}.mp4"
    return kept if kept.is_file() else write_video(kept, clip.input(), clip.info["fps"], crf=12)


def videos(paths: Sequence[Path], titles: Sequence[str], description: str, height: int = 336) -> str:
    """HTML of videos side by side, each with a title below; the files become part of the page, so keep them short.

    ``description`` says in words what happens, and is shown as text too. Small videos are enlarged pixel by pixel to
    ``height``, so that their low resolution stays visible. They loop, and start when the reader wants: a page that
    moves by itself is hard to read. On paper each is a strip of three frames.
    """
    figures = "".join(
        f'<figure style="margin: 0">{_video(path, f"{title}. {description}", height)}'
        f"<figcaption>{escape(title)}</figcaption></figure>"
        for path, title in zip(paths, titles, strict=True)
    )
    row = f'<div style="display: flex; gap: 1em; flex-wrap: wrap">{figures}</div>'
    return f"{PRINTED}{row}<p><em>{escape(description)}</em></p>"


# A printed video is an empty box.
PRINTED = """<style>
.hf-printed { display: none }
@media print { .hf-clip video { display: none } .hf-clip .hf-printed { display: block; max-width: 100% } }
</style>
"""


def _video(path: Path, label: str, height: int) -> str:
    frames = read_all(path)
    strip = picture(np.hstack(frames[np.linspace(0, len(frames) - 1, 3).round().astype(int)]), lossless=False)
    data = base64.b64encode(Path(path).read_bytes()).decode()
    return (
        f'<div class="hf-clip"><img class="hf-printed" alt="{escape(f"Three of its frames. {label}")}" src="{strip}">'
        f'<video controls loop muted playsinline height="{height}" style="image-rendering: pixelated" '
        f'aria-label="{escape(label)}" src="data:{MIME[Path(path).suffix]};base64,{data}"></video></div>'
    )
