"""Clips in a notebook: played in the page, with words for readers who do not see them."""

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

from lib.signer.clips import Clip
from lib.tools import paths
from lib.video import write_video

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
    moves by itself is hard to read.
    """
    figures = "".join(
        f'<figure style="margin: 0">{_video(path, f"{title}. {description}", height)}'
        f"<figcaption>{escape(title)}</figcaption></figure>"
        for path, title in zip(paths, titles, strict=True)
    )
    row = f'<div style="display: flex; gap: 1em; flex-wrap: wrap">{figures}</div>'
    return f"{row}<p><em>{escape(description)}</em></p>"


def _video(path: Path, label: str, height: int) -> str:
    data = base64.b64encode(Path(path).read_bytes()).decode()
    return (
        f'<video controls loop muted playsinline height="{height}" style="image-rendering: pixelated" '
        f'aria-label="{escape(label)}" src="data:{MIME[Path(path).suffix]};base64,{data}"></video>'
    )
