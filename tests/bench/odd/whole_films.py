"""Films through `enhance`: spoilt bytes, other tracks, and huge frames."""

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import av
from enhance_films import tiny_network
from odd_films import film

from lib.enhance import enhance
from lib.tools.errors import BadInput
from lib.video import read_all, read_video
from lib.video.containers import open_film
from odd.films import KINDS, ffmpeg, seen


def pieces(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Films whose bytes are spoilt: what can be read, or a sentence; through `enhance`, a whole film or none."""
    suffix, codec = rng.choice(KINDS)
    sound = {"mp4": "aac", "mkv": "libopus", "ts": "aac", "webm": "libopus", "avi": "mp3"}.get(suffix)
    sizes = ((128, 96),) if codec == "h263" else ((64, 48),)
    try:
        path = film(folder / f"a.{suffix}", [i / 25 for i in range(12)], codec, sizes=sizes, sound=sound)
    except (av.FFmpegError, ValueError):
        path = film(folder / "a.mkv", [i / 25 for i in range(12)])
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice([1, 1, 2, 4, 30])):
        at, kind = rng.randrange(max(1, len(content))), rng.randrange(5)
        if kind == 0 and content:
            content[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del content[at : at + rng.randrange(1, 400)]
        elif kind == 2:
            content[at : at + 4] = rng.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"])
        elif kind == 3:
            content[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 60)))
        elif len(content) > 200:
            del content[max(100, at) :]
    path.write_bytes(content)
    through = rng.random() < 0.5

    def check() -> None:
        if not through:
            seen(path)
            return
        out = folder / "o.mp4"
        try:
            made = enhance(path, out, model=tiny_network(), whole=True, progress=False)
            assert len(read_all(out)) == made.frames
        except BadInput:
            assert sorted(each.name for each in folder.iterdir()) == [path.name]
            raise

    return check


def tracks(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Sound, a second sound, captions, chapters, dates, a cover and a font: in the result, or named."""
    silent, sound, made = folder / "s.mkv", folder / "a.wav", folder / rng.choice(["a.mkv", "a.mp4", "a.mov", "a.webm"])
    film(silent, [i / 25 for i in range(40)])
    ffmpeg("-f", "lavfi", "-i", "sine=d=1.6", sound)
    captions = folder / "c.srt"
    captions.write_text("1\n00:00:00,200 --> 00:00:00,900\nHallo <i>du</i>\n\n2\n00:00:01,000 --> 00:00:01,500\nÄ\n")
    facts = folder / "f.txt"
    facts.write_text(";FFMETADATA1\ntitle=Ein Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=eins\n")
    (folder / "x.ttf").write_bytes(b"no font at all")
    web, inputs, maps = made.suffix == ".webm", ["-i", silent], ["-map", "0:v"]
    for _ in range(sounds := rng.choice([0, 1, 2, 3])):
        inputs += ["-i", sound]
        maps += ["-map", f"{inputs.count('-i') - 1}:a"]
    if has_captions := rng.random() < 0.6:
        inputs += ["-i", captions]
        maps += ["-map", f"{inputs.count('-i') - 1}:s"]
    if has_chapters := rng.random() < 0.5:
        inputs += ["-i", facts]
        maps += ["-map_metadata", inputs.count("-i") - 1, "-map_chapters", inputs.count("-i") - 1]
    if has_font := made.suffix == ".mkv" and rng.random() < 0.4:
        maps += ["-attach", folder / "x.ttf", "-metadata:s:t", "mimetype=application/x-truetype-font"]
    voice = "libopus" if web else rng.choice(["aac", "libmp3lame", "ac3", "flac" if made.suffix == ".mkv" else "alac"])
    text = "webvtt" if web else "mov_text" if made.suffix in (".mp4", ".mov") else rng.choice(["srt", "ass"])
    coded = ["-c:v", "libvpx" if web else "copy", "-c:a", voice, "-c:s", text]
    good = ffmpeg(*inputs, *maps, *coded, "-metadata", "artist=N. N.", made)
    out = folder / f"o{rng.choice(['.mp4', '.mkv', '.mov', '.webm', '.avi'])}"

    def check() -> None:
        if not good:
            return
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            enhance(made, out, model=tiny_network(), whole=True, progress=False)
        said = " ".join(str(note.message) for note in notes)
        with open_film(out) as film:
            there = len(film.streams.audio), len(film.streams.subtitles), len(film.chapters()), dict(film.metadata)
        assert there[0] == sounds or "sound" in said, (there, said)
        assert there[1] == has_captions or "captions" in said, (there, said)
        assert not has_chapters or there[2] == 1 or "chapters" in said, (there, said)
        assert not has_font or "attachment" in said or "font" in said or "ttf" in said, (there, said)
        held = {key.lower() for key in there[3]}
        assert "artist" in held or "artist" in said.lower(), (there, said)
        assert len(read_all(out)) == 40

    return check


def large(folder: Path, rng: random.Random) -> Callable[[], None]:
    """Frames as large as a small file can claim, of standard range and HDR, long and square."""
    path = folder / rng.choice(["a.mkv", "a.avi", "a.mp4"])
    codec = {"a.avi": "mjpeg", "a.mkv": "ffv1", "a.mp4": "mpeg4"}[path.name]
    side = rng.choice([4000, 8000] if codec == "mpeg4" else [4000, 8000, 12000, 16000])
    form = {"mjpeg": "yuvj420p", "ffv1": "yuv420p10le"}.get(codec, "yuv420p")
    tags = ["-color_trc", rng.choice(["arib-std-b67", "bt709"])] if codec == "ffv1" else []
    source = ["-f", "lavfi", "-i", f"color=c=gray:s={side}x{side if rng.random() < 0.6 else 16}:r=25"]
    made = ffmpeg(*source, "-frames:v", 2, "-c:v", codec, "-pix_fmt", form, *tags, path)
    through = rng.random() < 0.5

    def check() -> None:
        if made and through:
            enhance(path, folder / "o.mp4", model=tiny_network(), whole=True, progress=False)
        elif made:
            for frame in read_video(path):
                assert 100 < frame.mean() < 150

    return check
