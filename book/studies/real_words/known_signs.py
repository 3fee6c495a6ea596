"""The network that ships for other languages: it has learned made-up signs, and words whose licence allows that.

    python -m book.studies.real_words.known_signs    writes book/weights/signs/ptn-signs.safetensors and its .json

Each of four languages has a head: the two synthetic ones, ASL words (MIT) and DGS words (Unlicense). What repositories
without a licence hold has taught it nothing. It needs data/asl_words and data/dgs_words.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load, save

from book.studies.real_words.few_shots import LAYERS, head, heads, right, together
from book.studies.real_words.languages import ARCHIVES, FRAMES, Language, at_moments, read_languages
from data_scripts.shared.word_archive import SETS
from lib.ptn import PTN
from lib.ptn.corpora import Inputs, load_corpus
from lib.ptn.training import SignSet
from lib.tools.checkpoints import check_alike
from lib.tools.commands import arguments, command
from lib.tools.files import sha256, write_json, written_whole
from lib.tools.openers import reading
from lib.tools.paths import DATA, WEIGHTS

SHIPPED = WEIGHTS / "signs" / "ptn-signs.safetensors"
COMMAND = "python -m book.studies.real_words.known_signs"
AGAIN = f"get it back with git, or make it again with {COMMAND}"
FREE = ("ASL", "DGS")  # languages whose repository has a licence that lets a network learn
STEPS, SEED = 250, 0  # for each language


def synthetic(name: str) -> Language:
    """A made-up language that ships; its test signers judge, all others can be learned from."""
    corpus = load_corpus(name)
    clips = [at_moments(clip) for clip in corpus.each(Inputs())]
    test = np.isin(np.arange(len(clips)), corpus.split[2])
    words = tuple(str(sign) for sign in range(corpus.labels.max() + 1))
    return Language(f"synthetic {name}", words, SignSet(clips, corpus.labels.astype(int)), test)


def known() -> list[Language]:
    """What the network may learn. Raises BadInput where a script has not run."""
    folders = {name: DATA / ARCHIVES[name] for name in FREE}
    return [synthetic("source"), synthetic("target"), *read_languages(folders)]


def ship(path: Path = SHIPPED) -> dict:
    """Train, and write the weights in half precision; returns their facts."""
    torch.set_num_threads(1)
    languages = known()
    model = together(languages, [one.signs.take(~one.test) for one in languages], STEPS, SEED)
    with written_whole(path) as partial:
        partial.write_bytes(save({name: value.half() for name, value in model.state_dict().items()}))
    facts = {
        "about": "PTN with a head for each language; it learned synthetic signs, ASL words and DGS words",
        "command": COMMAND,
        "seed": SEED,
        "date": date.today().isoformat(),
        "torch": torch.__version__,
        "frames": FRAMES,
        "steps": STEPS * len(languages),
        "learned from": {one.name: int((~one.test).sum()) for one in languages},
        "licences": {"synthetic": "MIT"} | {name: SETS[name].licence for name in FREE},
        "signs": {one.name: len(one.words) for one in languages},
        "accuracy on the test part, %": accuracy(read(path), languages),
        "sha256": sha256(path),
    }
    write_json(path.with_suffix(".json"), facts)
    return facts


def accuracy(model: PTN, languages: Sequence[Language]) -> dict[str, float]:
    """How many test clips each head names rightly, in per cent."""
    starts, found = heads(languages), {}
    for one, start, end in zip(languages, starts, starts[1:]):
        judge = one.signs.take(one.test)
        found[one.name] = round(100 * right(head(model, start, end), judge) / len(judge), 1)
    return found


def read(path: Path = SHIPPED) -> PTN:
    """The network that ships. Raises BadInput for a file that is missing, damaged or another."""
    with reading(path, "holds no PTN's weights", AGAIN):
        state = {name: value.float() for name, value in load(path.read_bytes()).items()}
        signs, dim = state["classifier.weight"].shape
        model = PTN(state["embedding.residual.weight"].shape[1], signs, dim, layers=LAYERS)
        check_alike(state, model.state_dict())
        model.load_state_dict(state)
    return model


@command
def main(argv: list[str] | None = None) -> None:
    parser: argparse.ArgumentParser = arguments(__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED, help="file for the weights (default: %(default)s)")
    print(json.dumps(ship(parser.parse_args(argv).out), indent=1))


if __name__ == "__main__":
    raise SystemExit(main())
