"""Two frames in one place: a slider, or the pointer over them, uncovers one and covers the other.

Where no script runs (a printed page, a notebook that is not trusted) both pictures stand side by side instead.
"""

import base64
import io
from collections.abc import Sequence
from html import escape
from string import Template

import numpy as np

from lib.tools.errors import BadInput

# The script only adds a class, shows the slider and moves the seam: all else is the page without it.
PAGE = Template("""\
<style>
.hf-compare { display: flex; flex-wrap: wrap; gap: 0.4em 1em; color: inherit }
.hf-compare figure { margin: 0 }
.hf-compare img { width: ${width}px; max-width: 100%; image-rendering: pixelated; padding: 0 }
.hf-compare figcaption { font-size: 0.95em }
.hf-compare.on { display: grid; grid-template-columns: 1fr 1fr; width: ${width}px; max-width: 100%;
  touch-action: pan-y pinch-zoom }
.hf-compare.on figure { display: contents }
.hf-compare.on img { grid-area: 1 / 1 / 2 / 3; width: 100% }
.hf-compare.on figure + figure img { clip-path: inset(0 0 0 var(--seam)) }
.hf-compare.on figure + figure figcaption { text-align: right }
.hf-compare.on::after { content: ""; grid-area: 1 / 1 / 2 / 3; margin-left: var(--seam); width: 2px;
  background: #fff; outline: 1px solid #000; z-index: 1 }
.hf-compare label { grid-area: 3 / 1 / 4 / 3 }
.hf-compare input { width: 100%; margin: 0; min-height: 2em; accent-color: #2a868d }
</style>
<div class="hf-compare" role="group" aria-label="$description">
$figures<label hidden><input type="range" min="0" max="100" value="50" aria-label="How much of $left is shown"></label>
<script>
{
  const box = document.currentScript.closest(".hf-compare"), slider = box.querySelector("input");
  const move = () => {
    box.style.setProperty("--seam", slider.value + "%");
    slider.setAttribute("aria-valuetext", slider.value + " % " + box.querySelector("figcaption").textContent);
  };
  const follow = (pointer) => {
    const picture = box.querySelector("img").getBoundingClientRect();
    if (pointer.clientY > picture.bottom) return;  // below it are the titles, and the slider that moves itself
    slider.value = 100 * (pointer.clientX - picture.left) / picture.width;
    move();
  };
  slider.addEventListener("input", move);
  box.addEventListener("pointerdown", follow);
  box.addEventListener("pointermove", follow);
  box.addEventListener("dragstart", (event) => event.preventDefault());  // the seam is dragged, not the picture
  slider.parentElement.hidden = false;
  box.classList.add("on");
  move();
}
</script>
</div>
<p><em>$description</em></p>""")


def slider(
    before: np.ndarray, after: np.ndarray, titles: Sequence[str], description: str, width: int | None = None
) -> str:
    """HTML of two frames, uint8 RGB (H, W, 3), with a slider: left of its seam ``before`` is seen, right ``after``.

    The frames may differ in size (a frame and its enlargement), not in proportions. ``titles`` are two; the
    ``description`` says in words what is to be seen, and is shown as text too. ``width`` in CSS pixels (None: the
    larger frame's) is the most: a narrow page shows less. Raises BadInput.
    """
    if len(titles) != 2:
        raise BadInput(f"A slider compares two frames: give it two titles, not {len(titles)}.")
    for frame in (before, after):
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
            raise BadInput(f"A slider shows frames of uint8 (height, width, 3), not {frame.dtype} {frame.shape}.")
    (height, wide), (other_height, other_wide) = before.shape[:2], after.shape[:2]
    if abs(height * other_wide - wide * other_height) > max(wide, other_wide):  # a row more or less is no matter
        raise BadInput(
            f"A slider lays its frames over each other: {wide} x {height} and {other_wide} x {other_height} pixels "
            "have other proportions; crop one of them."
        )
    figures = "".join(_figure(frame, title, description) for frame, title in zip((before, after), titles, strict=True))
    return PAGE.substitute(
        figures=figures,
        left=escape(titles[0]),
        description=escape(description),
        width=width or max(wide, other_wide),
    )


def _figure(frame: np.ndarray, title: str, description: str) -> str:
    title, alt = escape(title), escape(f"{title}. {description}")
    return f'<figure><img alt="{alt}" src="{picture(frame)}"><figcaption>{title}</figcaption></figure>\n'


def picture(frame: np.ndarray, *, lossless: bool = True) -> str:
    """A frame, uint8 RGB (H, W, 3), as a ``data:`` address (WebP): every pixel as it is, or nearly so and smaller."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(frame).save(file, "WEBP", lossless=lossless)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
