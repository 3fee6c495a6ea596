"""The last layers of the hand network, taught: films rendered, crops read, layers trained.

    python -m book.studies.exact.learning --films 400 --out data/exact      an hour of two cores, resumable; 3 GB
    python -m book.studies.exact.learning --films 400 --out data/exact --without 1 3 7    and judged on these clips

Learned from are D1 train's eight clips, sharpened by BG-UNet and sharp, and the films of `book.studies.exact.films`,
sharpened. ``--without`` leaves clips of D1 train out, and says how well their hands are read, as found and once more.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Generator
from tqdm.auto import tqdm

from book.studies.exact.crops import Crops, crops_of, hands_of, joined
from book.studies.exact.films import made
from book.studies.exact.tail import fit, save
from lib.enhance.exact import Tail, read_again
from lib.evaluation.evaluation import hands, watch
from lib.evaluation.methods import find_methods
from lib.holistic.twins import HandTwin
from lib.signer.clips import clips
from lib.tools.commands import command

METHOD = "bg-unet"
TIMES = 3  # strayed crops of a hand in a sharpened film


def material(films: int, out: Path, without: list[int]) -> Iterator[Crops]:
    """Crops of each film, and of each clip that is not left out; what was read once is kept."""
    twin, method = HandTwin(), find_methods([METHOD])[0]
    for number, path in enumerate(made(films, out / "films")):
        told = np.load(path)
        places = hands_of(told["xyz"], told["inside"])
        frames = partial(lambda told: np.stack(list(method.run(iter(told["frames"])))), told)
        yield kept(out / "maps" / f"{path.stem}.pt", twin, frames, places, TIMES, number)
    for number, clip in enumerate(clips("d1_train")):
        if number not in without:
            truth = clip.truth()
            places = hands_of(truth.xyz, truth.confidence > 0)
            sharp = partial(lambda clip: watch(method, clip)[0], clip)
            yield kept(out / "maps" / f"{clip.name}.pt", twin, sharp, places, TIMES, number)
            yield kept(out / "maps" / f"{clip.name}-target.pt", twin, clip.target, places, 1, number)


def kept(path: Path, twin: HandTwin, frames, places: list, times: int, seed: int) -> Crops:
    """Crops of the hands in a film, read once."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        read = joined(list(crops_of(twin, frames(), places, Generator().manual_seed(seed), times)))
        torch.save(tuple(read), path)
    return Crops(*torch.load(path))


def told(tail: Tail, number: int) -> str:
    """PCK of a clip's found hands and how many are false, as found by three looks and read once more."""
    clip = clips("d1_train")[number]
    frames, found = watch(find_methods([METHOD])[0], clip, 3)
    both = [hands(one, clip.truth()) for one in (found, read_again(frames, found, tail))]
    pck, false = ([100 * one[key] for one in both] for key in ("pck_found", "false"))
    return f"{clip.name}: PCK {pck[0]:.1f} -> {pck[1]:.1f} %, false {false[0]:.2f} -> {false[1]:.2f} %"


@command
def main(argv: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=100)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--without", type=int, nargs="*", default=[], metavar="CLIP")
    options = parser.parse_args(argv)
    crops = joined(list(tqdm(material(options.films, options.out, options.without))))
    torch.manual_seed(0)
    tail = Tail(HandTwin())
    for loss in fit(tail, crops):
        print(f"{len(crops.there)} crops, loss {loss:.4f}")
    for number in options.without:
        print(told(tail.eval(), number))
    save(tail, options.out / "tail.safetensors")


if __name__ == "__main__":
    raise SystemExit(main())
