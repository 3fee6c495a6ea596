"""Films that few programs make: colours, clocks, turns and sizes."""

import random
import subprocess
import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from odd_films import film, turned

from lib.video import probe, read_all

KINDS = [("mp4", "libx264"), ("mkv", "libx264"), ("ts", "libx264"), ("flv", "libx264"), ("mov", "libx264")]
KINDS += [("webm", "libvpx"), ("mkv", "libvpx-vp9"), ("avi", "mjpeg"), ("avi", "mpeg4"), ("wmv", "wmv2")]
KINDS += [("ogv", "libtheora"), ("mxf", "mpeg2video"), ("mpg", "mpeg2video"), ("nut", "ffv1"), ("3gp", "h263")]


def ffmpeg(*arguments: object) -> bool:
    command = ["ffmpeg", "-v", "error", "-y", "-threads", "1", *map(str, arguments)]
    return subprocess.run(command, capture_output=True).returncode == 0


def seen(path: Path) -> tuple[np.ndarray, list[str]]:
    """All frames, and all that is said of them."""
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        info, frames = probe(path), read_all(path)
    assert frames.shape[1:] == (info.height, info.width, 3), (frames.shape, info)
    return frames, [*info.notes, *(str(note.message) for note in notes)]


def colours(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Four patches in any pixel format, depth, range, matrix and codec; they look as they were made."""
    codec, name, forms = rng.choice(
        [
            (
                "ffv1",
                "a.mkv",
                "yuv420p yuv422p10le yuv444p12le yuv444p16le gray gray10le gray16le bgr0 gbrp10le yuva420p",
            ),
            ("libx264", "a.mp4", "yuv420p yuvj420p yuv422p yuv444p yuv420p10le yuv444p10le gray gray10le nv12"),
            ("libx265", "a.mkv", "yuv420p yuv420p10le yuv444p12le gbrp gray"),
            ("libvpx-vp9", "a.webm", "yuv420p yuv444p yuv420p10le gbrp yuva420p"),
            ("prores_ks", "a.mov", "yuv422p10le yuva444p10le"),
            ("png", "a.mov", "rgb24 rgb48be gray16be rgba monob"),
            ("rawvideo", "a.avi", "bgr24 uyvy422 yuv420p rgb555le gray"),
            ("utvideo", "a.mkv", "yuv420p gbrp"),
            ("qtrle", "a.mov", "rgb24 argb rgb555be gray"),
        ]
    )
    form, matrix = rng.choice(forms.split()), rng.choice(["bt709", "bt470bg", "smpte170m", "bt2020nc", "smpte240m"])
    silent = codec in ("rawvideo", "utvideo")  # about matrix and range, so that all players take these two
    matrix = "smpte170m" if silent else matrix
    full = rng.random() < 0.4 and not silent and codec != "prores_ks"
    grey = "gray" in form or form == "monob"
    patches = np.array([rng.choices(range(16, 240), k=3) for _ in range(4)], np.uint8)
    patches = np.repeat(patches[:, :1], 3, axis=1) if grey else patches
    scene = np.zeros((64, 96, 3), np.uint8)
    for number, colour in enumerate(patches):
        scene[32 * (number // 2) :, 48 * (number % 2) :] = colour
    raw, path = folder / "a.rgb", folder / name
    raw.write_bytes(np.repeat(scene[None], 3, axis=0).tobytes())
    is_rgb = any(form.startswith(word) for word in ("rgb", "bgr", "gbr", "argb", "pal", "mono"))
    wide = "full" if full or form.startswith("yuvj") else "limited"
    tags = [] if is_rgb or grey else ["-vf", f"scale=out_color_matrix={matrix}:out_range={wide}:flags=accurate_rnd"]
    tags += [] if is_rgb or grey else ["-colorspace", matrix, "-color_range", "pc" if wide == "full" else "tv"]
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "96x64", "-r", "25", "-i", raw]
    quality = {"libx264": ["-qp", 4], "libx265": ["-x265-params", "qp=4:log-level=none"], "libvpx-vp9": ["-crf", 4]}
    made = ffmpeg(*source, *tags, "-c:v", codec, *quality.get(codec, []), "-pix_fmt", form, path)

    def check() -> None:
        if not made:
            return
        frames, _ = seen(path)
        found = np.array([frames[1, 16 + 32 * (n // 2), 24 + 48 * (n % 2)] for n in range(4)]).astype(int)
        worst = np.abs(found - patches).max()
        assert worst <= (128 if form == "monob" else 40 if "555" in form else 12), (
            codec, form, matrix, wide, patches.tolist(), found.tolist(),
        )  # fmt: skip

    return check


def hdr(folder: Path, rng: random.Random) -> Callable[[], None]:
    """HLG and PQ, with and without tags of primaries, range and matrix: said, and light stays in order."""
    transfer, depth = rng.choice(["arib-std-b67", "smpte2084"]), rng.choice(["yuv420p10le", "yuv422p10le", "yuv420p"])
    codec, name = rng.choice([("libx265", "a.mp4"), ("libx264", "a.mkv"), ("libvpx-vp9", "a.webm"), ("ffv1", "a.mkv")])
    path = folder / name
    tags = ["-color_trc", transfer] + (["-color_primaries", "bt2020"] if rng.random() < 0.7 else [])
    tags += ["-colorspace", "bt2020nc"] if rng.random() < 0.7 else []
    tags += ["-color_range", rng.choice(["tv", "pc"])] if rng.random() < 0.7 else []
    slope = "geq=lum='X*255/96':cb=128:cr=128"
    source = ["-f", "lavfi", "-i", f"color=c=gray:s=96x64:r=25:d=0.2,format={depth},{slope}"]
    if "10" in depth:
        source[3] = source[3].replace("255/96", "1023/96").replace("128", "512")
    made = ffmpeg(*source, "-c:v", codec, "-pix_fmt", depth, *tags, path)

    def check() -> None:
        if not made:
            return
        frames, notes = seen(path)
        line = frames[1, 32].astype(int).mean(axis=-1)
        tagged = any("HDR film" in note for note in notes)
        assert tagged or name == "a.webm", notes
        assert (np.diff(line) > -6).all() and line[:4].max() < 40 and line[-6:].min() > 200, line.tolist()

    return check


def clocks(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Time stamps that begin anywhere, with gaps, jitter, long stops and one frame only; header's rate anything."""
    suffix, codec = rng.choice([kind for kind in KINDS if kind[0] in ("mp4", "mkv", "ts", "flv", "webm", "mov", "nut")])
    count, rate = rng.choice([1, 2, 3, 7, 40]), rng.choice([5, 12.5, 23.976, 25, 29.97, 30, 50, 60, 90])
    jitter, gap = rng.choice([0, 0, 0.2]), rng.choice([0, 0, 3, 3600])
    begin = rng.choice([0, 0, 0.5, 7.3, 5000] + ([-0.4] if suffix in ("mkv", "ts", "nut") else []))
    times = [begin + (i + jitter * rng.random()) / rate + (gap if i > count // 2 else 0) for i in range(count)]
    try:
        path = film(folder / f"a.{suffix}", times, codec, header=rng.choice([25, 1000, Fraction(30000, 1001), 1]))
    except av.FFmpegError:
        path = None

    def check() -> None:
        if path is None:
            return
        frames, notes = seen(path)
        info = probe(path)
        assert len(frames) == count, (len(frames), times, notes)
        apart = abs((count - 1) / info.fps - (times[-1] - times[0]))  # by which the film would be longer or shorter
        assert apart < 0.051 or any("--fps" in note for note in notes), (info.fps, apart, suffix, codec, notes)
        assert not gap or count < 4 or any("rate" in note or "fast" in note or "clock" in note for note in notes)

    return check


def streams_without_stamps(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Bare streams of pictures: .h264, .m4v, .mpg, .mjpeg, .ivf, y4m."""
    name, codec = rng.choice(
        [("a.h264", "libx264"), ("a.m4v", "mpeg4"), ("a.m2v", "mpeg2video"), ("a.mjpeg", "mjpeg"), ("a.ivf", "libvpx")]
        + [("a.hevc", "libx265"), ("a.y4m", "rawvideo"), ("a.gif", "gif"), ("a.apng", "apng"), ("a.webp", "libwebp")]
    )
    count, rate = rng.choice([1, 2, 20]), rng.choice([10, 25, 30])
    path = folder / name
    source = ["-f", "lavfi", "-i", f"testsrc=s=64x48:r={rate}", "-frames:v", count]
    form = [] if codec in ("gif", "apng") else ["-pix_fmt", "yuvj420p" if codec == "mjpeg" else "yuv420p"]
    made = ffmpeg(*source, "-c:v", codec, *form, path)
    size = path.stat().st_size if made else 0

    def check() -> None:
        if size:
            frames, notes = seen(path)
            assert abs(len(frames) - count) <= (1 if codec == "gif" else 0) or notes, (name, len(frames), count)
            info = probe(path)
            assert abs(info.fps - rate) < 0.6 or count < 3 or notes, (name, info.fps, rate)

    return check


def rotations(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Any nine numbers as display matrix: an upright picture, or a word about it."""
    suffix = rng.choice(["mp4", "mov", "mkv"])
    plain = film(folder / f"a.{suffix}", [0, 0.04, 0.08])
    path, kind = folder / f"b.{suffix}", rng.randrange(4)
    if kind == 0 or suffix == "mkv":
        degrees = rng.choice([*range(-360, 361, 90), rng.uniform(-720, 720), 1e-3])
        turned(plain, path, degrees)
    else:
        content = plain.read_bytes()
        usual = np.array([1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30], ">i4").tobytes()
        odd = [0, 1, -1, 1 << 16, -(1 << 16), 2**31 - 1, -(2**31), 46341, 1 << 30]
        numbers = [rng.choice(odd) for _ in range(9)] if kind < 3 else [0] * 9
        place = content.rfind(usual)  # the track's, after the film's own
        path.write_bytes(content[:place] + np.array(numbers, ">i4").tobytes() + content[place + 36 :])

    def check() -> None:
        frames, _ = seen(path)
        assert len(frames) == 3 and set(frames.shape[1:3]) == {48, 64}, frames.shape

    return check


def sizes(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Sizes that change again and again, odd ones among them."""
    suffix, codec = rng.choice([("webm", "libvpx"), ("ts", "libx264"), ("mkv", "libx264"), ("avi", "mjpeg")])
    steps = rng.choice([1, 2, 3, 5])
    wanted = [(2 * rng.randrange(8, 160), 2 * rng.randrange(8, 160)) for _ in range(steps)]
    path = film(folder / f"a.{suffix}", [i / 25 for i in range(30)], codec, sizes=wanted)

    def check() -> None:
        frames, notes = seen(path)
        assert len(frames) == 30, len(frames)
        assert frames.shape[2:0:-1] in wanted and (steps == 1 or any("changes its size" in n for n in notes)), notes

    return check
