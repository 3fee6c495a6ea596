"""The ways from a degraded film to a better one that the tables compare: baselines, networks, and both ends.

A method is a function of a clip that gives frames, as in `book.shared.stages`. "target" is the sharp film itself, the
best that a method could do; "input" is the degraded film as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from lib.degrade import BASELINES, Frames
from lib.holistic.second_look import second_look
from lib.holistic.third_look import third_look
from lib.keypoints import Keypoints
from lib.tools.errors import BadInput
from lib.tools.files import sha256
from lib.tools.paths import WEIGHTS
from lib.upsampler import PRETRAINED, UNet, load
from lib.upsampler.sharpen import sharpen

SECOND_LOOK, THIRD_LOOK = " + second look", " + third look"  # how tables call a method; a third look follows a second
AGAIN = (SECOND_LOOK, THIRD_LOOK)


@dataclass(frozen=True)
class Method:
    """``run`` makes frames (2H, 2W, 3) of frames (H, W, 3). ``digest`` tells one version from the next.

    ``run`` is None for "input" and "target", which are films that are there already.
    """

    name: str
    run: Callable[[Frames], Frames] | None = field(default=None, compare=False)
    digest: str = ""


INPUT, TARGET = Method("input"), Method("target")
UNTRAINED = {"target": TARGET} | {name: Method(name, run) for name, run in BASELINES.items()} | {"input": INPUT}


def find_methods(names: Sequence[str] = ("all",), weights: Sequence[str | Path] = ()) -> list[Method]:
    """The methods of these names, then one for each weight file, named after it.

    Names: "target", the keys of `lib.degrade.BASELINES`, those of `lib.upsampler.PRETRAINED`, and "all" for
    every one of them whose weights are there. Raises BadInput for another name, and for weights that are absent or
    foreign.
    """
    known = [*UNTRAINED, *PRETRAINED]
    wanted: list[str] = []
    for name in names:
        if name not in (*known, "all"):
            raise BadInput(f"There is no method {name!r}; choose among all, {', '.join(known)}.")
        wanted += [name] if name != "all" else [n for n in known if n not in PRETRAINED or _shipped(n).is_file()]
    found = [UNTRAINED.get(name) or network(_shipped(name), name) for name in dict.fromkeys(wanted)]
    for path in map(Path, weights):
        load(path)  # a file that cannot be used is refused now, not after hours with the other methods
        taken = path.stem in {method.name for method in found}
        found.append(network(path, str(path) if taken else path.stem))
    return found


def network(path: Path, name: str) -> Method:
    """A network of `lib.upsampler` by its weight file; it is loaded when it is first used."""
    if not path.is_file():
        raise BadInput(f"{path} does not exist; check the name, or train it: python -m lib.train_upsampler")
    digest = sha256(path)
    return Method(name, lambda frames: sharpen(_loaded(path, digest), frames), digest)


def _shipped(name: str) -> Path:
    return WEIGHTS / f"{name}.safetensors"


@lru_cache(maxsize=1)
def _loaded(path: Path, digest: str) -> UNet:
    """``digest`` is here so that a file that was trained anew is read anew."""
    return load(path)


def look(
    frames: Callable[[], Iterable[np.ndarray]], paths: Sequence[Path], first: Callable[[], Keypoints]
) -> Keypoints:
    """The keypoints of a film after as many looks as there are ``paths``, which say where those of each look are kept.

    ``frames`` gives the film's frames, and is called once for each look after the first; ``first`` makes the keypoints
    of one look. What is kept already is taken as it is.
    """
    found = None
    for path, again in zip(paths, (None, second_look, third_look)):
        if not path.is_file():
            (again(frames(), found) if again else first()).save(path)
        found = Keypoints.load(path)
    return found


def called(method: str, looks: int) -> str:
    """A method's name in tables, after so many looks."""
    return method + ("", *AGAIN)[looks - 1]
