"""Low-resolution footage in, a video of twice the width and height and its keypoints out.

    python -m lib.enhance clip.mp4 --out sharp.mp4 --keypoints sharp.pose
    python -m lib.enhance recordings/ --out sharp/ --keypoints poses/      every video of a folder; goes on where it was
                                                                           stopped
    python -m lib.enhance recordings/ --out sharp/ --processes 5           five at once, for machines with many cores
    python -m lib.enhance recordings/ --out sharp/ --scheduler tcp://HOST:8786     on a dask.distributed cluster

Several films leave a table beside their results, films.csv (`lib.enhance.table`).

Keypoints are MediaPipe Holistic's (thresholds 0.3), in pixels of the *enlarged* video. A film is read, enlarged,
written and looked at all at once, a few frames at a time, so its length does not matter. Every frame is kept. Keypoints
have an even rate, the average of the frames' own times; so has the video, unless it varies and there is sound to keep
in time with. Sound, captions, chapters, title and dates are copied where the kind of file can hold them. Results appear
under their names only when they are whole and have been read again; a second run that wants the same results at the
same time is refused.
Hands that Holistic misses there are looked for in the film's own frame (`lib.enhance.own`), then by a second look
(`lib.holistic.second_look`) and, at the film's end, a third (`lib.holistic.third_look`), which also sets hands right
that leap. --exact reads those of a sharpened film once more (`lib.enhance.exact`). A hand's confidence is the
probability that it is in place (`lib.holistic.surety`); --all-hands keeps refused ones, too.
The networks learned from hands. So of what is written hands are the network's, and all else, faces above all, is the
film's own, enlarged (`lib.enhance.faithful`). --whole writes what keypoints are found in: the network's whole picture.
Where sharpening brings hands by chance at most, the film is only enlarged, and keypoints are found in its own frames,
so that none is lost by it; but for --whole and --always.

The networks learned from signers who fill a frame 168 pixels high. Where the signer is a small part of the picture,
--crop signer keeps that part; where the signer is larger than that, --height reduces the frames first. What is larger
than 1920 x 1200 is reduced unless --height says otherwise: a 4K film, which would take gigabytes, to 960 x 540.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from lib.degrade import upscale
from lib.enhance.draft import doubled, drafted, drafter, later_looks, once_more
from lib.enhance.exact import loaded
from lib.enhance.faithful import Faithful
from lib.enhance.feed import feed
from lib.enhance.own import OwnFrames
from lib.enhance.sound import add_tracks
from lib.enhance.source import Box, Source, open_source, worth_it
from lib.holistic import extract
from lib.holistic.second_look import looking_again
from lib.holistic.surety import checked_least
from lib.holistic.third_look import MOST
from lib.keypoints import Keypoints
from lib.tools.errors import BadInput, printable
from lib.tools.files import written_whole
from lib.upsampler import UNet, load_pretrained
from lib.upsampler.sharpen import sharpen, step_behind
from lib.video import FORMATS, read_video
from lib.video.codec import encode
from lib.video.film import check_frames
from lib.video.timing import UNEVEN

MODEL = "bg-unet"
BATCH, BATCH_PIXELS = 4, 2**18  # frames that go through a GPU together: up to 4 small ones, large ones singly

Consumer = Callable[[Iterator[np.ndarray]], Keypoints | None]
Shown = Callable[[Iterator[np.ndarray]], Iterator[np.ndarray]]


@dataclass(frozen=True)
class Summary:
    """What became of a film. ``size`` is (width, height) of the enlarged video, in whose pixels the keypoints are."""

    source: Path
    out: Path
    keypoints: Keypoints | None
    frames: int
    fps: float
    size: tuple[int, int]
    box: Box | None
    sound: bool
    seconds: float
    sharpened: bool = True

    def __str__(self) -> str:
        frames = "1 frame" if self.frames == 1 else f"{self.frames} frames"
        text = (
            f"{self.out}: {frames} of {self.size[0]} x {self.size[1]} in {self.seconds:.1f} s "
            f"({self.frames / self.seconds:.1f} a second)"
        )
        if self.keypoints:
            right, left = (self.keypoints.found(f"{side}_hand").mean() for side in ("right", "left"))
            text += f"; right hand found in {right:.0%} of them, left hand in {left:.0%}"
        if not self.sharpened:
            text += "; enlarged only" + ", and hands are those of the film's own frames" * (self.keypoints is not None)
        if self.box:
            text += f"; cropped to x {self.box[0]} to {self.box[2]}, y {self.box[1]} to {self.box[3]}"
        return text + ("; sound copied." if self.sound else ".")


def enhance(
    source: str | Path,
    out: str | Path,
    keypoints: str | Path | None = None,
    *,
    model: str | UNet = MODEL,
    device: str = "cpu",
    crop: Box | str | None = None,
    height: int | None = None,
    fps: float | None = None,
    looks: int = MOST,
    exact: bool = False,
    whole: bool = False,
    always: bool = False,
    least: float | None = None,
    crf: int = 18,
    progress: bool = True,
) -> Summary:
    """Enlarge a video or folder of images, write it to ``out`` and its keypoints to ``keypoints`` (a .pose file).

    model       a name among ``lib.upsampler.PRETRAINED``, or a network
    device      where the network runs, as torch names it; MediaPipe works on the CPU
    crop        (x0, y0, x1, y1) in pixels of the film, or "signer" to look for it; None: whole frames
    height      frames higher than this are reduced to it before they are enlarged; see `open_source` for the default
    fps         frames a second, where the film does not say it or says it wrongly
    looks       1: Holistic alone; 2: and a second look for lost hands; 3: and a third (`lib.holistic.third_look`)
    exact       read hands of a sharpened film once more (`lib.enhance.exact`); False: leave them as they were found
    whole       write the network's picture whole, not only where hands are (`lib.enhance.faithful`)
    always      sharpen also what shows no more hands for it (`lib.enhance.source.worth_it`); ``whole`` means that, too
    least       None: hands that were found; a number: all hands at least so probable (`lib.holistic.extract`)
    crf         the codec's quality, see `lib.video.write_video`

    Raises BadInput, and leaves nothing behind, where there is nothing to be done. Warns where there is something to
    know: a damaged end, nobody in view, frames that are large already, what `lib.video.probe` notes, lost tracks.
    """
    started = time.perf_counter()
    source, out, keypoints = Path(source), Path(out), Path(keypoints) if keypoints else None
    _check_paths(source, out, keypoints)
    network = model if isinstance(model, UNet) else load_pretrained(model)
    if not 1 <= looks <= MOST:
        raise BadInput(f"looks must be between 1 and {MOST}, not {looks}.")
    least, film = checked_least(least), open_source(source, crop, height, fps)
    tail = loaded() if exact and keypoints else None
    with ExitStack() as reserved:
        video = _reserve(reserved, out, source)
        pose = _reserve(reserved, keypoints, source) if keypoints else None
        network = network if whole or always or worth_it(film, network, device) else None
        blend, third = Faithful() if network and not whole else None, pose is not None and looks > 2
        later = network and (third or tail or (pose and least is not None))
        draft = reserved.enter_context(drafted(video)) if later else None
        shown = blend.written if blend else iter if network else partial(upscale, method="bicubic")
        noted = blend.noted if blend else iter
        own = OwnFrames(noted) if network and pose else None
        watchers = [_looker(film, looks > 1, own, blend)] if pose else [blend.watch] if blend else []
        writers = [_writer(film, out, video, crf, bool(watchers), shown)]
        writers += [drafter(film.info.fps, draft)] if draft else []
        frames, results = _run(film, network, device, watchers + writers, own.noted if own else noted, progress)
        found = results[0] if pose else None
        if pose:
            again = partial(once_more, partial(read_video, draft) if network else film.again, progress=progress)
            found = later_looks(found, again, third, tail if network else None, least)
            found = found if network else doubled(found)
            found.save(pose)
        sound = film.path.is_file() and _with_tracks(film, video, frames)
    size, seconds = (2 * film.size[0], 2 * film.size[1]), time.perf_counter() - started
    return Summary(source, out, found, frames, film.info.fps, size, film.box, sound, seconds, network is not None)


def _check_paths(source: Path, out: Path, keypoints: Path | None) -> None:
    if out.suffix.lower() not in FORMATS:
        raise BadInput(f"{out}: give the enlarged video a name that ends in {', '.join(FORMATS)}.")
    paths = [path.resolve() for path in (source, out, keypoints) if path]
    for index, path in enumerate(paths):
        if any(path == other or (path.exists() and other.exists() and path.samefile(other)) for other in paths[:index]):
            raise BadInput(f"{path} is named twice, and no film may be written over itself; choose another name.")
    if keypoints and keypoints.suffix.lower() not in ("", ".pose") and (keypoints.is_file() or not keypoints.exists()):
        raise BadInput(f"{keypoints}: keypoints are written as a .pose file only; give a name that ends so.")


def _reserve(reserved: ExitStack, path: Path, source: Path) -> Path:
    """The file that becomes ``path`` in the end, begun at once: who may not write there hears of it now."""
    try:
        return reserved.enter_context(written_whole(path, alone=True, spare=[source]))
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}); choose another place.") from error


def _writer(film: Source, out: Path, video: Path, crf: int, behind: bool, shown: Shown) -> Consumer:
    """Writes ``video``, which becomes ``out``, as it is ``shown``, and reads it again."""

    def write(frames: Iterator[np.ndarray]) -> None:
        if behind:
            step_behind()
        try:
            kind, times = FORMATS[video.suffix.lower()], film.own_times(video.suffix)
            count, _ = encode(shown(frames), str(video), *kind, crf, film.info.fps, times, film.info.moved <= UNEVEN)
            check_frames(video, count)
        except BadInput as error:
            raise BadInput(f"{out} was not written. {error}") from error

    return write


def _looker(film: Source, again: bool, own: OwnFrames | None, blend: Faithful | None) -> Consumer:
    def look(frames: Iterator[np.ndarray]) -> Keypoints:
        with ExitStack() as opened:
            retouch = opened.enter_context(looking_again()) if again else None
            retouch = own.then(retouch) if own else retouch
            retouch = opened.enter_context(blend.overheard(retouch)) if blend else retouch
            return extract(frames, fps=film.info.fps, progress=False, name=str(film.path), retouch=retouch, sure=False)

    return look


def _run(
    film: Source, network: UNet | None, device: str, consumers: list[Consumer], noted: Shown, progress: bool
) -> tuple[int, list[Keypoints | None]]:
    """All stages at once: the number of frames, sharpened or the film's own, and what the consumers made of them."""
    width, height = film.size
    batch = 1 if device == "cpu" else max(1, min(BATCH, BATCH_PIXELS // (width * height)))
    looked_at = len(consumers) > 1  # MediaPipe takes twice as long as the network does, so it goes first
    count, name = 0, printable(film.path.name)
    with (
        closing(film.frames()) as frames,
        closing(sharpen(network, noted(frames), batch, device, looked_at) if network else frames) as sharp,
        tqdm(total=film.info.frames, desc=name, unit=" frames", disable=not progress, leave=False) as bar,
    ):

        def counted() -> Iterator[np.ndarray]:
            nonlocal count
            for frame in sharp:
                yield frame
                count += 1
                bar.update()

        results = feed(counted(), consumers)
    return count, results


def _with_tracks(film: Source, video: Path, frames: int) -> bool:
    """Put what else the film holds with the video; whether its sound is there. For that the film is read once more."""
    both = video.with_stem(f"{video.stem}-sound")  # begins with this run's own name, as its other partial files
    try:
        sound = add_tracks(video, film.path, both, frames, film.times[0])
        if both.exists():
            both.replace(video)
        return sound
    finally:
        both.unlink(missing_ok=True)
