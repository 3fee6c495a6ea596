"""What a network keeps of a sign's parts: linear probes on synthetic languages, where the parts are known.

    python -m book.studies.embeddings.probes    every run that is missing, then book/results/probes.json

A PTN learns one of the two synthetic languages. Of the *other* one, whose signs and signers it has never seen, a linear
classifier (ridge, its strength by leave-one-out on what it learns from) is to name the handshape, the place, the
movement and how many hands there are, from the network's vectors. It learns on some families of signs and is judged on
others, five ways: signs of a family differ in one part, so a probe that had seen one would know the rest. A part's
values that occur in one family only are left out.

Vectors: of the whole clip (what the classifier sees) and the mean of its frames' (the embedding's). Beside them: the
same of a network with random weights, the keypoints themselves (six moments, 804 numbers), and the commonest value.

**The rule, written before the runs.** By family and seed the difference is taken in points of the same clips; its
interval is that of `over_languages`, with families for languages. A part is *kept* where the trained clip vectors name
more than the commonest value does, *learned* where they name more than those of random weights, and *made plainer*
where they name more than the keypoints: each where the whole interval is above zero.

Added after two of the ten runs had been seen: with whole families apart, of which there are a dozen, the keypoints
themselves name next to nothing, so nothing can be told. So the same is also done with *signs* apart in the place of
families. There a sign's relatives are learned from, which helps all vectors alike: it compares them, and says little
about the commonest value. The rule is judged in both ways.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from itertools import combinations, product

import numpy as np
import torch
from torch import Tensor

from book.studies import runner
from book.studies.embeddings.rows import CHANCE, MOMENTS, PROBES, PROBES_COMMAND, RANDOM, TRAINED
from book.studies.real_words.few_shots import OTHER, fresh, together
from book.studies.real_words.known_signs import synthetic
from book.studies.real_words.languages import Language
from data_scripts.shared.sign_films import LANGUAGES, lexicon
from data_scripts.signer.phonology import Sign
from lib.ptn import PTN
from lib.ptn.training import collate
from lib.tools.commands import command, positive
from lib.tools.paths import CACHE

PARTS = {"handshape": "handshape", "place": "place", "movement": "path", "hands": "hands"}
OTHERS = {"source": "target", "target": "source"}
STEPS, SEEDS, FOLDS = 250, 5, 5
DRAWN = ("source", 0)  # the network whose vectors of the other language are laid out as a map
STRENGTHS = np.logspace(-1, 5, 13)


def families(signs: Sequence[Sign]) -> np.ndarray:
    """A number for each sign (N,), the same for signs that are joined by steps in one part."""
    number = np.arange(len(signs))
    for one, other in combinations(range(len(signs)), 2):
        if _apart(signs[one], signs[other]) <= 1:
            number[number == number[other]] = number[one]
    return np.unique(number, return_inverse=True)[1]


def _apart(one: Sign, other: Sign) -> int:
    """In how many parts two signs differ; a handshape that changes is one part."""
    shapes = (one.handshape, one.handshape_end) != (other.handshape, other.handshape_end)
    rest = ("place", "orientation", "path", "hands")
    return shapes + sum(getattr(one, part) != getattr(other, part) for part in rest)


@torch.no_grad()
def vectors(model: PTN, clips: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Of each clip (T, F) what the classifier sees, "clip" (N, D), and the mean of its frames' vectors, "frames"."""
    model.eval()
    batch: tuple[Tensor, Tensor] = collate(list(clips))
    return {"clip": model.features(*batch).numpy(), "frames": model.embedding(batch[0]).mean(dim=1).numpy()}


def probe(found: np.ndarray, values: np.ndarray, groups: np.ndarray, apart: np.ndarray) -> dict[str, list[int]]:
    """By family how many clips are named rightly, and how many there are.

    ``found`` (N, D) are the vectors, ``values`` (N,) what is to be named, ``groups`` (N,) the families; what is alike
    in ``apart`` (N,), families or signs, is never both learned from and judged.
    """
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    right = np.zeros(len(values), bool)
    for learn, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(found, values, apart):
        model = make_pipeline(StandardScaler(), RidgeClassifierCV(STRENGTHS)).fit(found[learn], values[learn])
        right[test] = model.predict(found[test]) == values[test]
    return {str(one): [int(right[groups == one].sum()), int((groups == one).sum())] for one in np.unique(groups)}


def commonest(values: np.ndarray, groups: np.ndarray, apart: np.ndarray) -> dict[str, list[int]]:
    """The same by one who always says the commonest value of what is not ``apart`` with the clip."""
    right = np.zeros(len(values), bool)
    for one in np.unique(apart):
        names, counts = np.unique(values[apart != one], return_counts=True)
        right[apart == one] = values[apart == one] == names[counts.argmax()]
    return {str(one): [int(right[groups == one].sum()), int((groups == one).sum())] for one in np.unique(groups)}


def in_two(values: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Which clips have a value that occurs in two of what is ``apart``, families or signs, or more, (N,) bool."""
    pairs = {(value, group) for value, group in zip(values.tolist(), apart.tolist())}
    seen = [value for value, _ in pairs]
    return np.array([seen.count(value) > 1 for value in values.tolist()])


def probed(name: str, found: dict[str, np.ndarray], labels: np.ndarray, seed: int) -> list[dict]:
    """Rows: each part of a language's signs, from each kind of vectors; ``labels`` (N,) are the clips' signs."""
    signs, rows = lexicon(LANGUAGES[name]), []
    of = families(signs)[labels]
    for (apart, by), (part, field) in product({"families": of, "signs": labels}.items(), PARTS.items()):
        values = np.array([getattr(sign, field) for sign in signs])[labels]
        kept = in_two(values, by)
        about = {"language": name, "apart": apart, "part": part, "seed": seed, "values": len(np.unique(values[kept]))}
        judged = {what: probe(some[kept], values[kept], of[kept], by[kept]) for what, some in found.items()}
        judged[CHANCE] = commonest(values[kept], of[kept], by[kept])
        rows += [about | {"from": what, "by_family": counted} for what, counted in judged.items()]
    return rows


def one_network(name: str, seed: int) -> dict:
    """Rows of the other language by a network that has learned ``name``; of `DRAWN` a map of its vectors."""
    learned, other = synthetic(name), synthetic(OTHERS[name])
    clips, labels = other.signs.clips, other.signs.labels
    model, blind = trained(learned, seed), fresh(clips[0].shape[1], 2, seed + OTHER)
    found = {
        f"{kind}, {what}": some
        for kind, network in {TRAINED: model, RANDOM: blind}.items()
        for what, some in vectors(network, clips).items()
    }
    found[MOMENTS] = np.stack([clip.ravel() for clip in clips])
    drawn = laid_out(found[f"{TRAINED}, clip"], labels, OTHERS[name]) if (name, seed) == DRAWN else []
    return {"rows": probed(OTHERS[name], found, labels, seed), "map": drawn}


def trained(one: Language, seed: int) -> PTN:
    """A network that has learned the language's clips but for the test signers'."""
    return together([one], [one.signs.take(~one.test)], STEPS, seed)


def laid_out(found: np.ndarray, labels: np.ndarray, name: str) -> list[dict]:
    """t-SNE of the vectors in the plane, a row a clip with its sign's parts."""
    from sklearn.manifold import TSNE

    signs = lexicon(LANGUAGES[name])
    places = TSNE(perplexity=20, init="pca", random_state=0).fit_transform(found).round(1)
    return [
        {"language": name, "sign": int(label), "x": float(x), "y": float(y)}
        | {part: getattr(signs[label], field) for part, field in PARTS.items()}
        for label, (x, y) in zip(labels, places)
    ]


def run(options: argparse.Namespace) -> None:
    """What is missing; then everything that is finished in one small file."""
    torch.set_num_threads(1)
    jobs = {
        options.cache / f"probes-{name}-{seed}.json": partial(one_network, name, seed)
        for seed in range(options.seeds)
        for name in OTHERS
    }
    done = runner.finished(jobs, options).values()
    facts = runner.made_by(PROBES_COMMAND) | {"steps": STEPS}
    parts = {name: [row for one in done for row in one[name]] for name in ("rows", "map")}
    runner.write(options.ship, facts, **parts)
    print(f"{options.ship.name} holds {len(parts['rows'])} rows.")


@command
def main(argv: Sequence[str] | None = None) -> None:
    parser = runner.command_line(__doc__, CACHE / "probes", PROBES)
    parser.add_argument("--seeds", type=positive, default=SEEDS)
    run(parser.parse_args(argv))


if __name__ == "__main__":
    raise SystemExit(main())
