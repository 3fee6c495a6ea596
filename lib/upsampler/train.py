"""Train R1's five networks and ours, stage by stage.

    python -m lib.train_upsampler ba-unet --data data/training --out runs      one stage (and those it starts from)
    python -m lib.train_upsampler all --data data/training --out runs          all that ship, and what they start from
    python -m lib.train_upsampler all --ship book/weights                      and write the weights that ship
    python -m lib.train_upsampler b-unet --go-on book/weights/b-unet.safetensors   train what ships longer
    python -m lib.train_upsampler all --profile paper --device cuda            at R1's size
    torchrun --nproc-per-node 8 -m lib.train_upsampler ba-unet --device cuda   see lib.training

Films to learn from: python data_scripts/training_films.py --out data/training. A run that was interrupted goes on.
"""

import argparse
import math
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from lib import losses
from lib.losses import hand_weights
from lib.signer.clips import SOFTWARE, Clip, clips
from lib.tools.commands import arguments, command, from_zero, positive
from lib.tools.errors import BadInput
from lib.tools.files import write_json
from lib.tools.openers import read_json
from lib.tools.papers import look_up
from lib.tools.paths import DATA
from lib.tools.processes import is_first, take_own
from lib.training import History, Settings, fit
from lib.upsampler.data import Batch, Counted, Frames, batches, read_frames
from lib.upsampler.network import PRETRAINED, UNet, load, read_weights, save
from lib.upsampler.recipes import STAGES, Stage, command_of, facts

HELD_OUT = 10  # one clip in so many is for validation
BATCH = 16  # pairs a step, at every size: R1 IV-A gives none
# R1's size: whole frames, and its epochs; the width is U-Net's, R1 gives none
PAPER = {"width": 64, "crop": 0, "epochs": int(look_up("R1 IV-A, epochs").value), "bfloat16": True}


def train(stage: Stage, options: argparse.Namespace) -> tuple[UNet, History]:
    """One stage: the network with its best weights, and its curve."""
    torch.manual_seed(options.seed)  # `fit` seeds too, but the first weights are drawn here
    shape = {"attention": stage.attention, "skips": stage.skips, "residual": stage.residual, "head": stage.head}
    model = UNet(options.width, **shape)
    if stage.start:
        model.load_state_dict(train(STAGES[stage.start], options)[0].state_dict())
    own = {name: getattr(options, name) for name in ("seed", "bfloat16", "compile", "device")}
    settings = Settings.of(stage, epochs=options.epochs or stage.epochs, **own)
    before = _go_on_from(options.go_on, model) if options.go_on and stage.name == options.stage else []
    learn, judge = frames_of(stage.sets, options.data, options.out)
    count = crops_of(stage, options)

    def data(epoch: int, rank: int, processes: int) -> Counted:
        rng = np.random.default_rng([options.seed, epoch, rank])
        jitter, share = (4 if stage.guided else 8), count // processes
        drawn = batches(learn, rng, count=share, size=options.batch, crop=options.crop or None, jitter=jitter)
        return Counted((batch.to(settings.device) for batch in drawn), math.ceil(share / options.batch))

    def validate(network: UNet) -> float:
        rng = np.random.default_rng(options.seed)
        drawn = [batch.to(settings.device) for batch in batches(judge, rng, count=256, crop=options.crop or None)]
        return float(np.mean([float(loss(network, batch)) for batch in drawn]))

    loss = _loss(stage, settings)
    tell = partial(_tell, stage.name)
    history = fit(model, data, loss, validate, settings, options.out / stage.name, tell, before)
    return model, history


def _go_on_from(weights: Path, model: UNet) -> History:
    """The epochs of the training that left ``weights``, up to its best, whose weights ``model`` gets."""
    trained, (_, _, told) = load(weights), read_weights(weights)
    if trained.config != model.config or not told.get("curve"):
        raise BadInput(f"{weights} is of another network or tells no curve; give what this stage has left.")
    model.load_state_dict(trained.state_dict())
    common = {"seconds": told["minutes"] * 60 / told["epochs"], "learning_rate": told["learning_rate"]}
    rows = enumerate(told["curve"][: told["kept_epoch"]], 1)
    return [{"epoch": epoch, "train": train, "validation": judged} | common for epoch, (train, judged) in rows]


def _tell(name: str, history: History) -> None:
    """The epoch that has just ended, in a line: a curve for those who have only a terminal or a log."""
    row, best = history[-1], min(history, key=lambda row: row["validation"])
    tqdm.write(
        f"{name}, epoch {row['epoch']}: training {row['train']:.4f}, validation {row['validation']:.4f} "
        f"(best: epoch {best['epoch']}), {row['seconds']:.0f} s"
    )


def _loss(stage: Stage, settings: Settings):
    """The stage's loss, the hands counted twice if ``weighted``, the detector's opinion beside it if ``guided``."""
    measure = getattr(losses, stage.loss)
    guide = None
    if stage.guided:
        from lib.upsampler.guidance import Guidance

        guide = Guidance().to(settings.device)

    def loss(model: UNet, batch: Batch) -> torch.Tensor:
        pred = model(batch.input)
        size = batch.target.shape[-2:]
        weight = hand_weights(batch.wrists, size, batch.radius) if stage.weighted else None
        with torch.autocast(pred.device.type, enabled=False):  # half the bits would turn the detector's gradients
            value = measure(pred.float(), batch.target, weight)
            if guide is not None:
                opinion = guide(pred.float(), batch.target, batch.hand, torch.default_generator)
                value = value + stage.guided * opinion
        return value

    return loss


@lru_cache(maxsize=3)
def frames_of(sets: tuple[str, ...], data: Path, store: Path | None = None) -> tuple[Frames, Frames]:
    """Frames to learn from and to judge by: whole clips go to one or the other, and all stages split alike.

    ``store`` is a folder for pictures that memory has no room for.
    """
    films = [clip for name in sets for clip in clips_of(data, name)]
    if len(films) < 2:
        raise BadInput(f"{data} holds too few clips of {', '.join(sets)}: run data_scripts/training_films.py first.")
    every = min(HELD_OUT, len(films))
    learn = [film for index, film in enumerate(films) if index % every]
    if store:
        store.mkdir(parents=True, exist_ok=True)
    return read_frames(learn, store=store), read_frames(films[::every], store=store)


def clips_of(data: Path, name: str) -> list[Clip]:
    """The whole clips of a set, "d1_software" for D1 in R1's damage; D1 from the broadcasts has its own for training,
    "d1_train"."""
    place, is_software, _ = name.partition(f"_{SOFTWARE}")
    there = [folder for folder in (place, f"{place}_train") if any((data / folder).glob("*/clip.json"))]
    return [clip for folder in there for clip in clips(folder + is_software, data)]


def crops_of(stage: Stage, options: argparse.Namespace) -> int:
    """How many pairs an epoch shows: those asked for, the stage's own, or R1's frames at its size (III-C, III-D)."""
    of_r1 = "R1 III-D, TD1 frames" if stage.sets == ("td1",) else "R1 III-C, training frames"
    return options.crops or (int(look_up(of_r1).value) if options.profile == "paper" else stage.crops)


def _check_recipe(stage: Stage, options: argparse.Namespace, first: bool) -> None:
    """Refuse to go on with other crops than a training, or the one it starts from, began with: the facts
    would tell of what was not done."""
    if stage.start:
        _check_recipe(STAGES[stage.start], options, first)
    path = options.out / stage.name / "recipe.json"
    now = {"crops": crops_of(stage, options), "crop": options.crop, "batch": options.batch}
    before = read_json(path, "delete it, or choose another --out", "is no training's recipe") if path.exists() else now
    if not isinstance(before, dict):
        raise BadInput(f"{path} is no training's recipe; delete it, or choose another --out.")
    if before != now:
        told = ", ".join(f"--{name} {value}" for name, value in before.items())
        raise BadInput(f"{path.parent} holds a training with {told}; choose these, another --out, or delete it.")
    if first:
        write_json(path, now, indent=None)


def _keep(stage: Stage, options: argparse.Namespace, history: History, model: UNet) -> None:
    """facts.json beside the checkpoints, and the weights that ship: of "all" not a course on the way to another."""
    films = {name: len(clips_of(options.data, name)) for name in stage.sets}
    known = facts(stage, options, history, model, films, crops_of(stage, options))
    defaults = vars(_options([stage.name, "--profile", options.profile])) | {"profile": "laptop"}
    known["command"], folder = command_of(stage, options, defaults), options.out / stage.name
    write_json(folder / "facts.json", known)
    wanted = options.ship and stage.name in (options.stage, *PRETRAINED)
    shipped = save(model, options.ship / f"{stage.name}.safetensors", known) if wanted else None
    trained = f"{stage.name} is trained: {known['epochs']} epochs, {known['minutes']} minutes, checkpoints in {folder}"
    print(f"{trained}, weights in {shipped}." if shipped else f"{trained}.")


@command
def main(argv: list[str] | None = None) -> None:
    """Train the stages that are named, and ship their weights."""
    options = _options(argv)
    if options.go_on and options.stage == "all":
        raise BadInput(f"{options.go_on} is of one stage; name it in the place of all.")
    first = is_first()
    take_own(options.device)
    for name in PRETRAINED if options.stage == "all" else [options.stage]:
        _check_recipe(STAGES[name], options, first)
        model, history = train(STAGES[name], options)
        if first:
            _keep(STAGES[name], options, history, model)


def _options(argv: list[str] | None) -> argparse.Namespace:
    """The options; those of a profile are the defaults of the others."""
    parser = _parser()
    if parser.parse_args(argv).profile == "paper":
        parser.set_defaults(**PAPER)
    return parser.parse_args(argv)


def _parser() -> argparse.ArgumentParser:
    parser = arguments(__doc__)
    parser.add_argument("stage", choices=[*STAGES, "all"])
    parser.add_argument("--data", type=Path, default=DATA / "training", help="films (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=DATA / "runs", help="checkpoints (default: %(default)s)")
    parser.add_argument("--ship", type=Path, metavar="DIR", help="write the trained weights there")
    about = "paper: R1's size, which wants a GPU: whole frames, 50 epochs, a width of 64, bfloat16"
    parser.add_argument("--profile", choices=("laptop", "paper"), default="laptop", help=about)
    parser.add_argument("--width", type=positive, default=24, help="channels at full size (default: %(default)s)")
    parser.add_argument("--crop", type=from_zero, default=64, help="side of a crop in input pixels; 0: whole frames")
    parser.add_argument("--batch", type=positive, default=BATCH, help="pairs a step (default: %(default)s)")
    parser.add_argument("--epochs", type=positive, help="instead of the stage's own")
    parser.add_argument("--crops", type=positive, help="crops an epoch, instead of the stage's own")
    parser.add_argument("--go-on", type=Path, metavar="FILE", help="weights of this stage: train them longer")
    parser.add_argument("--seed", type=from_zero, default=0)
    parser.add_argument("--device", default="cpu", help='"cpu" or "cuda"')
    parser.add_argument("--bfloat16", action="store_true", help="half the bits in convolutions")
    parser.add_argument("--compile", action="store_true", help="torch.compile: a slow start, faster steps")
    return parser
