"""What the files of others leave open, decided alike by every reader: units, numbers of frames, and which person."""

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lib.keypoints.layouts import Layout
from lib.tools.errors import BadInput

FARTHEST = 2**15 - 2**8  # pixels: so far out are only numbers that did not fit into their 16 bits, -3 as 65533
MOST_OUTSIDE = 0.6  # of all points, above the picture or left of it
MOST_BEYOND, MOST_RIGHT = 0.9, 0.3  # of all points, below the picture or right of it; right of it
MOST_FILLED = 10  # points of a frame at one place with x = y, as some write for points that are not there: 0, -1, -999
SHARES, PIXELS = 1.5, 8  # half of the shoulders lie nearer than the first, or farther than the second
TINY, NEARLY = 128, 0.98  # pixels of a side that percent are not taken for; share of all points
MOST_PEOPLE = 100
MOST_SCORE = 16  # RTMPose's scores are no probabilities and go beyond 1, but not so far
SPARSEST = 100  # times as many frames as have points may be between the first and the last

_NUMBER = re.compile(r"(|.*\D)(\d+)", re.S)


def _say(name: str | Path, text: str) -> None:
    warnings.warn(f"{name} {text}", stacklevel=5)


def check_reach(name: str | Path, values: np.ndarray) -> None:
    """BadInput for an infinity, and for numbers beyond any picture."""
    reach = np.abs(values).max(where=~np.isnan(values), initial=0)
    if reach > FARTHEST:
        raise BadInput(f"{name} holds keypoints that cannot be used: they reach {reach:.6g}; extract the clip again.")


def unit(name: str | Path, xyz: np.ndarray, layout: Layout, usual: str) -> str:
    """The unit of x and y, by their values: "pixels", or "shares" of the picture; of nobody at all, the ``usual`` one.

    ``xyz`` (T, P, 2 or 3) has NaN where a point is missing. Raises BadInput, beginning with the file's ``name``, where
    neither can be: keypoints that were normalised, about the body or by its size; or each in some frames.
    """
    far = np.abs(xyz[..., :2]).max(axis=-1)
    if np.isnan(far).all():
        return usual
    trunk = far[:, layout.shoulders]  # near the camera, hips and legs lie far below the picture, and shoulders do not
    judged = far if np.isnan(trunk).all() else trunk
    half = float(np.nanmedian(judged))
    outside = np.mean((xyz[..., :2] < 0).any(axis=-1), where=~np.isnan(far))
    about = outside > MOST_OUTSIDE or _about_the_body(xyz[:, layout.shoulders, :2])
    if SHARES < half < PIXELS or about:
        raise BadInput(
            f"{name} holds keypoints{' about 0' if about else ''}, half of them within {half:.3g}, which are neither "
            "pixels nor shares of the picture; give the keypoints as they were before they were normalised."
        )
    each = np.nanmedian(judged[~np.isnan(judged).all(axis=1)], axis=1)
    shares, pixels = ((each > 0) & (each <= SHARES)).sum(), (each >= PIXELS).sum()
    if shares and pixels:
        raise BadInput(
            f"{name} holds x and y as shares of the picture in {shares} frames and in pixels in {pixels}; "
            "give all in one unit."
        )
    return "shares" if half <= SHARES else "pixels"


def doubt_percent(name: str | Path, xy: np.ndarray, size: tuple[int, int] | None) -> None:
    """Warn where pixels (T, P, 2) may as well be percent: nearly all within 100, of a picture not known as tiny."""
    far = np.abs(xy).max(axis=-1)
    if (size is None or max(size) > TINY) and not np.isnan(far).all() and np.nanquantile(far, NEARLY) <= 100:
        _say(name, "has all within 100, taken for pixels of a tiny picture; if they are percent, make pixels of them.")


def _about_the_body(shoulders: np.ndarray) -> bool:
    """Whether 0, 0 lies between the shoulders (T, 2, 2) or below them: no picture begins there."""
    x, y = np.moveaxis(shoulders[~np.isnan(shoulders).any(axis=(1, 2))], -1, 0)
    apart = np.hypot(x[:, 0] - x[:, 1], y[:, 0] - y[:, 1])
    about = (x.min(axis=1) < 0) & (x.max(axis=1) > 0) & (y.mean(axis=1) < apart / 2)
    return 2 * about.sum() > len(about)


def doubt_size(name: str | Path, xyz: np.ndarray, size: tuple[int, int]) -> None:
    """Warn where far more points (T, P, 2 or 3), in pixels, lie beyond a picture of that (width, height) than can."""
    there, beyond = ~np.isnan(xyz[..., 0]), xyz[..., :2] > size
    if not there.any():
        return
    share, right = (np.mean(out, where=there) for out in (beyond.any(axis=-1), beyond[..., 0]))
    if share > MOST_BEYOND or right > MOST_RIGHT:
        text = f"says that its picture has {size[0]} x {size[1]} pixels, but {share:.0%} of its keypoints lie beyond: "
        _say(name, text + "where that is another picture's size, what is measured by it is wrong.")


def as_share(name: str | Path, confidence: np.ndarray) -> np.ndarray:
    """Confidence (T, P): of percent, which is said, a hundredth, of RTMPose itself; BadInput for larger numbers."""
    if (most := np.nanmax(confidence, initial=0)) > 100:
        raise BadInput(f"{name} has confidences up to {most:.6g}, neither shares nor percent; make shares of them.")
    if most <= MOST_SCORE:
        return confidence
    _say(name, f"has confidences up to {most:.6g}, which are taken for percent.")
    return confidence / 100


def doubt_places(name: str | Path, xyz: np.ndarray, layout: Layout) -> None:
    """Warn where many points (T, P, 2 or 3) lie where none can be, or the signer stands on the head or lies."""
    twins = np.where(xyz[..., 0] == xyz[..., 1], xyz[..., 0], np.nan)
    for row in twins[np.sum(~np.isnan(twins), axis=1) >= MOST_FILLED][:1]:
        filler = np.nanmedian(row)
        most = (twins == filler).sum(axis=1).max()
        if most >= MOST_FILLED:
            text = f"has {most} points of a frame at exactly {filler:g}, {filler:g}, and they are taken for places; if "
            _say(name, text + "they stand for points that were not found, give these the confidence 0 first.")
    left, right = (xyz[:, one, :2] for one in layout.shoulders)
    head, across = xyz[:, layout.index("nose"), :2] - (left + right) / 2, np.abs(left - right)
    if not (there := ~np.isnan(head[:, 0])).any():
        return
    lies = (np.abs(head[:, 0]) > 2 * np.abs(head[:, 1])) & (across[:, 1] > 2 * across[:, 0])
    if np.mean(lies, where=there) > MOST_BEYOND:
        _say(name, "holds a signer who lies on the side; exchange x and y, or turn the picture, if that is not so.")
    elif np.mean(head[:, 1] > 0, where=there) > MOST_BEYOND:
        _say(name, "holds a signer whose nose is below the shoulders; if y is counted from below, turn it round first.")


def depth_is_share(z: np.ndarray) -> bool:
    """Whether z (T, P) is a share of the picture's width, by its values, rather than pixels."""
    return bool(np.isnan(z).all() or np.nanmedian(np.abs(z)) <= SHARES)


def frame_rows(name: str | Path, numbers: Sequence[Any], begins: bool = True) -> np.ndarray:
    """In which row of the clip each numbered frame belongs, int (n,): a frame that is left out has a row as well.

    Numbers may be text, and begin anywhere; where clips of that kind begin with 0 or 1, ``begins``, others are said to
    begin later. Raises BadInput for others, for double ones, and where nearly all frames are left out.
    """
    whole = [_whole(number) for number in numbers]
    if odd := [number for number, value in zip(numbers, whole) if value is None]:
        shown = str(odd[0])[:40] if isinstance(odd[0], (str, int, float)) else type(odd[0]).__name__
        raise BadInput(f"{name} has a frame numbered {shown!r}, which is no whole number; extract the clip again.")
    double = next((a for a, b in zip(sorted(whole), sorted(whole)[1:]) if a == b), None)
    if double is not None:
        raise BadInput(f"{name} has frame {double} twice; leave one of them out.")
    first, count = min(whole), max(whole) - min(whole) + 1
    if count > SPARSEST * len(whole):
        raise BadInput(f"{name} has {len(whole)} of the frames from {first} to {max(whole)}; extract the clip again.")
    if first > 1 and begins:
        _say(name, f"begins with frame {first}, which becomes the clip's first.")
    if count > len(whole):
        lost = min(set(range(first, first + count)) - set(whole))
        _say(name, f"lacks {count - len(whole)} of {count} frames, the first of them {lost}: they have no points.")
    return np.array(whole) - first


def numbered_files(folder: Path, ending: str, like: str, lacking: str, remedies: tuple[str, str]) -> list[Path]:
    """The files NAME + number + ``ending`` of one clip in the order of their numbers; hidden ones are left out.

    Raises BadInput for none, for several names, and for double numbers. A number that is left out is an error here, as
    the file was there once. ``like``, ``lacking`` and ``remedies`` are words for that.
    """
    files = sorted(folder.glob(f"[!.]*{ending}"))
    found = [(match, file) for file in files if (match := _NUMBER.fullmatch(file.name.removesuffix(ending)))]
    if not found:
        others = sorted(file.name for file in folder.glob("[!.]*"))
        seen = f", but {others[0]}" if others else ""
        raise BadInput(f"{folder} holds no files like {like}{seen}; {remedies[0]}.")
    names = sorted({match[1].rstrip("_-. ") for match, _ in found})
    if len(names) > 1:
        raise BadInput(f"{folder} holds {len(names)} videos ({names[0]}, {names[1]} ...); give each its own folder.")
    numbers = [int(match[2]) for match, _ in found]
    if len(set(numbers)) == len(numbers) < max(numbers) - min(numbers) + 1:
        gap = min(set(range(min(numbers), min(numbers) + len(numbers) + 1)) - set(numbers))
        raise BadInput(f"{folder} lacks {lacking.format(gap)}; {remedies[1]}.")
    return [found[place][1] for place in np.argsort(frame_rows(folder, numbers))]


def one_person(name: str | Path, frames: Sequence[np.ndarray], person: int | None = None) -> np.ndarray:
    """One person's points (T, P, D) out of everybody's in each frame (n, P, D): x, y, ..., confidence; else NaN.

    Estimators list people in any order. They are told apart in the first frame that has the most of them, and followed
    from there, both ways, each to the place nearest to their last. Without a number ``person``, counted from the left
    in that frame, the one with the most confidence over the clip is taken, and a warning says so.
    """
    frames = [people[~np.isnan(people[..., :2]).all(axis=(1, 2))] for people in frames]
    counts = [len(people) for people in frames]
    most = max(counts)
    if most > MOST_PEOPLE:
        raise BadInput(f"{name} has {most} people in a frame, more than {MOST_PEOPLE}; cut out the signer first.")
    if person is not None and person not in range(most):
        raise BadInput(f"{name} has up to {most} people in a frame, counted from 0; there is no person {person!r}.")
    who = np.minimum(counts, 1) - 1  # which of the people in each frame, -1 for nobody
    if most > 1:
        start = counts.index(most)
        ways = _followed(frames, start)
        sure = [sum(np.nansum(frames[t][one, :, -1]) for t, one in enumerate(way) if one >= 0) for way in ways]
        who = ways[int(np.argmax(sure)) if person is None else int(person)]
        if person is None:
            one = f"number {np.argmax(sure)} from the left in frame {start}, found in {np.sum(who >= 0)} of {len(who)} "
            text = f"has up to {most} people in a frame: taken is the one with the most confidence over the clip, {one}"
            _say(name, text + "frames; give person=NUMBER for another.")
    nobody = np.full(frames[0].shape[1:], np.nan)
    return np.stack([people[one] if one >= 0 else nobody for people, one in zip(frames, who)])


def _followed(frames: Sequence[np.ndarray], start: int) -> np.ndarray:
    """Which of the people in each frame is each person of frame ``start``, int (people, T), from the left; -1: none."""
    from scipy.optimize import linear_sum_assignment

    there = frames[start][..., :2]
    left = np.argsort(np.nan_to_num(np.nanmedian(there[..., 0], axis=1), nan=np.inf), kind="stable")
    reach = np.nanmax(np.nanmax(there, axis=1) - np.nanmin(there, axis=1))  # nobody moves by more in a frame
    ways = np.full((len(there), len(frames)), -1)
    for order in (range(start, len(frames)), range(start, -1, -1)):
        last = there[left].copy()
        for t in order:
            found = frames[t][..., :2]
            far = _distances(last, found)
            for one, now in zip(*linear_sum_assignment(far)):
                if far[one, now] <= reach:
                    ways[one, t] = now
                    last[one] = np.where(np.isnan(found[now]), last[one], found[now])
    return ways


def _distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean distances (n, m) between people (n, P, 2) and (m, P, 2) over the points that both have."""
    apart = np.linalg.norm(some[:, None] - others[None], axis=-1)
    both = ~np.isnan(apart)
    return np.where(both.any(axis=-1), np.sum(apart, axis=-1, where=both) / np.maximum(both.sum(axis=-1), 1), FARTHEST)


def _whole(number: Any) -> int | None:
    """A whole number from 0, as an integer, a float or text; None for anything else."""
    if isinstance(number, str) and number.isdecimal() and len(number) < 16:
        return int(number)
    if isinstance(number, bool) or not isinstance(number, (int, float, np.number)) or not 0 <= number < 2**53:
        return None
    return int(number) if number == int(number) else None
