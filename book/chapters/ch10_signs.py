"""Chapter 10: signs as a classifier meets them: pictures, neighbours, attention, and what imputation brings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from book.shared.charts import interval_chart
from book.shared.draw import draw_keypoints, strip
from book.shared.gaps import HANDS
from book.shared.palette import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, YELLOW
from book.studies.rows.sign_rows import SignResults
from data_scripts.signer.phonology import Sign
from lib.evaluation.intervals import Interval, clip_bootstrap, wider
from lib.evaluation.verdicts import decide
from lib.keypoints import Keypoints
from lib.ptn import PTN
from lib.ptn.corpora import SignCorpus
from lib.ptn.splits import signer_independent_split
from lib.report import Row, report

SHARES = {"no gap": 0.0, "up to a quarter": 0.25, "up to a half": 0.5, "more than half": 1.0}  # upper ends


def gone(corpus: SignCorpus, clip: int) -> float:
    """The larger share of frames, 0 to 1, in which one of the hands is missing.

    A hand that is never found does not count: there is nothing to impute it from.
    """
    shares = [1 - corpus.keypoints(clip).present(hand).mean() for hand in HANDS]
    return max([share for share in shares if share < 1], default=0.0)


def by_gap(results: SignResults, corpus: SignCorpus) -> pd.DataFrame:
    """One line for each test clip of each seed: ``seed``, ``gain`` in points (100, 0 or -100) and ``gaps``.

    ``gaps`` is one of SHARES' names: how much of a hand was missing.
    """
    lines = []
    for seed, gains in results.differences("ptn", "not imputed").items():
        test = signer_independent_split(corpus.labels, corpus.signers, seed)[2]
        shares = [gone(corpus, clip) for clip in test]
        lines.append(pd.DataFrame({"seed": seed, "gain": 100.0 * gains, "share": shares}))
    frame = pd.concat(lines, ignore_index=True)
    ends = list(SHARES.values())
    frame["gaps"] = np.array(list(SHARES))[np.searchsorted(ends, frame.pop("share"))]
    return frame


def gap_gain_chart(frame: pd.DataFrame) -> Figure:
    """Points gained, with an interval over the clips, for each of SHARES that has clips; `by_gap` gives ``frame``."""
    groups = {name: part["gain"] for name, part in frame.groupby("gaps") if len(part) > 1}
    rows = {f"{name}, {len(groups[name])} clips": clip_bootstrap(groups[name]) for name in SHARES if name in groups}
    figure = interval_chart({"": rows}, "points gained, by how much of a hand was missing")
    figure.axes[0].axvline(0, color="0.4", linewidth=0.8)
    return figure


PAPER = 245  # grey of the empty picture behind a skeleton
ENLARGE = 3


def skeletons(keypoints: Keypoints, titles: Sequence[str] | None = None, every: int = 1) -> Figure:
    """The frames of a clip as skeletons on an empty ground, side by side; missing hands are simply not there."""
    width, height = keypoints.size
    ground = np.full((height, width, 3), PAPER, np.uint8)
    shown = range(0, len(keypoints), every)
    frames = [draw_keypoints(ground, keypoints.xyz[t], keypoints.layout, enlarge=ENLARGE) for t in shown]
    return strip(frames, titles or [f"{t / keypoints.fps:.1f} s" for t in shown], columns=len(frames), height=1.7)


def flatten(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    """Vectors (N, d) on a map, (N, 2), neighbours near each other (t-SNE, van der Maaten and Hinton, 2008)."""
    from sklearn.manifold import TSNE

    perplexity = min(20.0, (len(vectors) - 1) / 3)
    return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(vectors)


def draw_map(ax: Axes, places: np.ndarray, groups: np.ndarray, names: Sequence[str]) -> None:
    """Points (N, 2) in the colours and marks of their groups (N,); clips of group -1 are grey."""
    ax.scatter(*places[groups < 0].T, s=6, color="0.85")
    colours = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, YELLOW, BLACK)
    for group, name in enumerate(names):
        mark = dict(s=34, color=colours[group % 8], marker="os^vDPX*"[group % 8], edgecolor="k", linewidth=0.4)
        ax.scatter(*places[groups == group].T, label=name, **mark)
    ax.set(xticks=[], yticks=[])


def draw_confusion(ax: Axes, guesses: np.ndarray, labels: np.ndarray, classes: int) -> None:
    """Rows: the sign that was made. Columns: the sign that was read. Each row's shares add up to 1."""
    from sklearn.metrics import confusion_matrix

    shares = confusion_matrix(labels, guesses, labels=range(classes), normalize="true")
    picture = ax.imshow(shares, cmap="Greys", vmin=0, vmax=1, interpolation="nearest")
    ax.set(xlabel="sign that was read", ylabel="sign that was made")
    ax.figure.colorbar(picture, ax=ax, label="share of the row", shrink=0.8)


# Which frames of a clip a classifier looks at, and which it needs: two questions with two answers.
#
# Attention says where the network looks. That it also *uses* what it sees there does not follow (Jain and Wallace,
# "Attention is not Explanation", 2019); hiding a frame and watching the score is the honest test.
@torch.inference_mode()
def cls_attention(model: PTN, x: Tensor) -> Tensor:
    """How the CLS token shares its attention over the frames, (N, layers, T): the mean over the heads of each layer.

    ``x`` (N, T, in_features) are clips without padding. What is left to 1 in a row is CLS's attention to itself.
    """
    model.eval()
    state, rows = model.sequence.tokens(model.embedding(x)), []
    for layer in model.sequence.encoder.layers:
        asked = layer.norm1(state) if layer.norm_first else state
        weights = layer.self_attn(asked, asked, asked, need_weights=True)[1]
        rows.append(weights[:, 0, 1:])
        state = layer(state)
    return torch.stack(rows, dim=1)


@torch.inference_mode()
def needed(model: PTN, x: Tensor, label: int) -> Tensor:
    """How far the log-probability of ``label`` falls when each frame in turn is hidden, (T,). One clip x (T, F)."""
    model.eval()
    shown = torch.cat([torch.ones(1, len(x)), 1 - torch.eye(len(x))]).bool()  # all frames, then all but one
    scores = model(x.expand(len(shown), *x.shape), shown).log_softmax(dim=1)[:, label]
    return scores[0] - scores[1:]


PARTS = ("handshape", "handshape_end", "place", "orientation", "path", "hands")


def likeness(lexicon: Sequence[Sign]) -> np.ndarray:
    """How many of `PARTS` every two signs have in common, int (C, C), 6 on the diagonal."""
    return np.array([[sum(getattr(a, part) == getattr(b, part) for part in PARTS) for b in lexicon] for a in lexicon])


def mixups(guesses: np.ndarray, labels: np.ndarray, lexicon: Sequence[Sign]) -> tuple[np.ndarray, np.ndarray]:
    """For each mistake among ``guesses`` (N,) of ``labels`` (N,), indices of the lexicon: the parts shared by the true
    sign and the guessed one, and by the true sign and any other (the mean: what mistakes at random would share)."""
    alike, wrong = likeness(lexicon), np.asarray(guesses) != labels
    others = (alike.sum(axis=1) - len(PARTS)) / (len(lexicon) - 1)
    return alike[labels[wrong], guesses[wrong]], others[labels[wrong]]


def verdict(seeds: Interval, clips: Interval) -> str:
    """Whether a gain is one, by the rule of chapter 15: of its intervals over trainings and over clips the wider."""
    return decide("> 0", wider(seeds, clips))


def gain_row(claim: str, results: SignResults, row: str, other: str, paper: str | None = None, **here) -> Row:
    """The claim that ``row`` beats ``other`` in the synthetic results: points over the seeds, over the clips beside it.

    ``paper`` names what a paper says of it (`lib.tools.papers`), None where none does; ``here`` is what
    `lib.report.report` wants besides.
    """
    gain, clips = results.gain(row, other), results.gain_by_clip(row, other)
    note = f"synthetic, {gain.n} seeds; over {clips.n} clips {clips}"
    about = dict(paper=paper, source="" if paper else "ours", unit="points", verdict=verdict(gain, clips), note=note)
    return report(claim, gain, **about, **here)
