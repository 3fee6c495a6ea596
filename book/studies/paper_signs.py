"""R2's networks at R2's size: PTN on keypoints, VTN on pictures. (`book.studies.signs` has the course's own.)

    python -m book.studies.paper_signs ptn --profile paper --device cuda
    python -m book.studies.paper_signs vtn --profile paper --device cuda --weights FOLDER  a ResNet-34 of ImageNet
    torchrun --nproc-per-node 8 -m book.studies.paper_signs vtn --profile paper --device cuda

They read data/vgt, which data_scripts/corpus_vgt.py makes of your films, for VTN with --pictures 224, and keep R2's own
split. The layers are R2's. It does not say how long it trains, nor in which batches (for VTN it refers to an earlier
paper, 3.4): epochs, patience, batches and learning rate are ours, as in `lib.ptn.training`; VTN's batch is smaller, so
that it fits into a card like R2's (4.1).
A run that was interrupted goes on. RUNS/ptn-vgt-0/best.pt is what book.studies.asl_transfer takes as its source.
"""

import argparse
from dataclasses import asdict, replace
from pathlib import Path

import torch

from book.studies.signs import Sets, classes, score, sets
from data_scripts.shared.corpus_pictures import read_pictures
from lib.ptn import PTN, VTN
from lib.ptn.corpora import Inputs, load_corpus
from lib.ptn.training import Recipe, SignSet, train
from lib.tools.commands import arguments, command, from_zero, positive
from lib.tools.files import write_json
from lib.tools.paths import DATA
from lib.tools.processes import is_first, take_own

SIDE = 224  # of VTN's pictures: ImageNet's, R2 gives none
PAPER = {"ptn": Recipe(bfloat16=True), "vtn": Recipe(batch=32, bfloat16=True)}


def read_sets(network: str, language: str, folder: Path) -> Sets:
    """Train, val and test as the network reads them, by the corpus's own split. Raises BadInput."""
    corpus = load_corpus(language, folder)
    if network == "ptn":
        return sets(corpus, Inputs(), fold=0)
    everything = SignSet(read_pictures(corpus, language, folder), corpus.labels)
    return tuple(everything.take(rows) for rows in corpus.split)


def build(network: str, signs: int, weights: Path | None = None) -> PTN | VTN:
    """A fresh network of R2's size; ``weights`` is a folder with a ResNet-34 for VTN, None: chance."""
    return PTN(134, signs) if network == "ptn" else VTN(signs, weights)


def run(options: argparse.Namespace) -> dict | None:
    """Train, and say how well it reads; None in all of torchrun's processes but the first."""
    data = read_sets(options.network, options.language, options.data or DATA / options.language)
    recipe = replace(PAPER[options.network], device=options.device, bfloat16=options.bfloat16, seed=options.seed)
    recipe = replace(recipe, epochs=options.epochs or recipe.epochs, batch=options.batch or recipe.batch)
    torch.manual_seed(recipe.seed)
    model = build(options.network, classes(data), options.weights)
    folder = options.out / f"{options.network}-{options.language}-{recipe.seed}"
    history = train(model, *data[:2], recipe, folder)
    if not is_first():
        return None
    result = score(model, data) | {"epochs": len(history), "minutes": sum(row["seconds"] for row in history) / 60}
    result |= {"recipe": asdict(recipe), "weights": options.weights and str(options.weights)}
    result |= {"torch": torch.__version__}
    write_json(folder / "result.json", result)
    return result


@command
def main(argv: list[str] | None = None) -> None:
    options = _parser().parse_args(argv)
    take_own(options.device)
    if result := run(options):
        shares = ", ".join(f"{100 * result[part]:.2f} % ({part})" for part in ("train", "validation", "micro", "macro"))
        print(f"{options.network}, {options.language}: {shares}; micro and macro are of the test.")


def _parser() -> argparse.ArgumentParser:
    parser = arguments(__doc__)
    add = parser.add_argument
    add("network", choices=tuple(PAPER))
    add("--profile", choices=("paper",), default="paper", help="R2's sizes, the only ones here")
    add("--language", choices=("vgt", "ngt"), default="vgt", help="default: %(default)s")
    add("--data", type=Path, help="what data_scripts/corpus_vgt.py wrote (default: data/LANGUAGE)")
    add("--weights", type=Path, help="for VTN: a folder with ImageNet's ResNet-34 in transformers' form")
    add("--out", type=Path, default=DATA / "runs", help="checkpoints and result.json (default: %(default)s)")
    add("--epochs", type=positive, help="at most, instead of ours")
    add("--batch", type=positive, help="clips a step, of all processes together")
    add("--seed", type=from_zero, default=0)
    add("--device", default="cpu", help='"cpu" or "cuda"')
    add("--bfloat16", action=argparse.BooleanOptionalAction, default=True, help="half the bits in layers")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
