"""Five real languages in pictures and tables, and what a network keeps of a sign's parts."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from book.shared.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, interval, panel, panels
from book.studies.embeddings.rows import CHANCE, MOMENTS, RANDOM, TRAINED, named, part_gains
from book.studies.real_words.few_shots import WAYS
from book.studies.real_words.language_rows import Values, at, gains, over_languages, shares
from data_scripts.signer.phonology import PLACES, SPACE
from lib.evaluation.intervals import Interval, over_seeds
from lib.evaluation.verdicts import decide

MARKS = dict(zip(("ASL", "DGS", "BISINDO", "ISL", "Bhutanese"), zip("osD^v", (BLUE, ORANGE, GREEN, PURPLE, SKY))))


def gains_chart(gains: Mapping[str, Values]) -> Figure:
    """A row for each difference: a mark for each language, the mean over its seeds, and above them mean and interval.

    The interval is that over languages and seeds, `book.studies.real_words.language_rows.over_languages`.
    """
    figure, ax = panel(8, 0.75 * len(gains) + 1.2)
    for row, values in enumerate(gains.values()):
        interval(ax, over_languages(values), row - 0.15, VERMILLION, "|", None if row else "mean and interval")
        for name, found in values.items():
            mark, colour = MARKS.get(name, ("x", "0.3"))
            label = None if row else name
            ax.plot(np.mean(found), row + 0.15, mark, color=colour, markersize=7, markeredgecolor="k", label=label)
    ax.axvline(0, color="0.4", linewidth=0.8)
    ax.set_yticks(range(len(gains)), list(gains))
    ax.set(ylim=(len(gains) - 0.5, -0.5), xlabel="points of accuracy on the test recordings")
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def accuracy_table(rows: Sequence[dict]) -> pd.DataFrame:
    """Accuracy in per cent, a row a way and a column a language, with t intervals over the seeds; the last is over all.

    ``rows`` are of one number of examples.
    """
    table = {}
    for way, name in WAYS.items():
        found = shares(rows, way)
        each = {language: str(over_seeds(values)) for language, values in found.items()}
        table[name] = each | {"all, by languages": str(over_languages(found))}
    return pd.DataFrame(table).T


def gains_table(rows: Sequence[dict], way: str = "all", other: str = "scratch") -> pd.DataFrame:
    """How many points ``way`` is above ``other``: a row a number of examples, a column a language, and over all."""
    table = {}
    for shots in sorted({row["shots"] for row in rows}):
        found = gains(at(rows, shots), way, other)
        each = {language: f"{values.mean():+.1f}" for language, values in found.items()}
        seeds = {"seeds": min(map(len, found.values()))}
        table[shots] = seeds | each | {"over languages and seeds": str(over_languages(found))}
    return pd.DataFrame(table).T.fillna("").rename_axis("examples a sign")


def words_table(facts: Mapping) -> pd.DataFrame:
    """How many words of each language are judged, and which are not, and why."""
    rows = {
        name: {
            "words judged": number,
            "left out": len(facts["left out"][name]),
            "because": "; ".join(facts["left out"][name]) or "",
        }
        for name, number in facts["words"].items()
    }
    return pd.DataFrame(rows).T.rename_axis("language").reset_index()


KINDS = {  # of vectors, and what a table calls them
    CHANCE: "always the commonest value",
    f"{RANDOM}, clip": "random weights, the clip's vector",
    f"{TRAINED}, frames": "trained, mean of the frames' vectors",
    f"{TRAINED}, clip": "trained, the clip's vector",
    MOMENTS: "the keypoints themselves",
}
QUESTIONS = {  # of the trained clip vectors, each by an interval above zero
    "kept: more than the commonest value": CHANCE,
    "learned: more than random weights": f"{RANDOM}, clip",
    "made plainer: more than the keypoints": MOMENTS,
}
REGIONS = {"head": VERMILLION, "trunk": BLUE, "space": GREEN}
HANDS = {"one": BLUE, "mirror": ORANGE, "alternate": GREEN, "base": PURPLE}


def pairs_chart(gains: Mapping[tuple[str, str], Interval]) -> Figure:
    """A square for each pair of languages, learned first (rows) and new (columns): points, with interval; a frame where
    the interval is on one side of zero."""
    names = list(dict.fromkeys(source for source, _ in gains))
    figure, ax = panel(7.2, 4.6)
    table = np.full((len(names), len(names)), np.nan)
    for (source, target), found in gains.items():
        row, column = names.index(source), names.index(target)
        table[row, column] = found.mean
        ax.text(column, row - 0.12, f"{found.mean:+.1f}", ha="center", va="center")
        ax.text(column, row + 0.24, f"[{found.low:+.1f}, {found.high:+.1f}]", ha="center", va="center", fontsize=7)
        if found.low > 0 or found.high < 0:
            ends = dict(width=0.94, height=0.94, fill=False, edgecolor="k", linewidth=1.8)
            ax.add_patch(Rectangle((column - 0.47, row - 0.47), **ends))
    most = np.nanmax(np.abs(table))
    shown = ax.imshow(table, cmap="PuOr", vmin=-2 * most, vmax=2 * most)  # pale, so that figures can be read
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="new language", ylabel="learned first")
    figure.colorbar(shown, ax=ax, label="points")
    return figure


def parts_table(rows: Sequence[dict], language: str, apart: str) -> pd.DataFrame:
    """How many clips' parts are named rightly, in per cent: a row a kind of vectors, a column a part of signs."""
    parts = dict.fromkeys(row["part"] for row in rows)
    values = {row["part"]: row["values"] for row in rows if (row["language"], row["apart"]) == (language, apart)}
    table = {
        name: {
            f"{part}, {values[part]} values": str(over_languages(named(rows, language, part, kind, apart)))
            for part in parts
        }
        for kind, name in KINDS.items()
    }
    return pd.DataFrame(table).T


def parts_asked(rows: Sequence[dict], apart: str) -> pd.DataFrame:
    """What is kept, learned and made plainer: points and verdict, a row a language and part."""
    pairs = dict.fromkeys((row["language"], row["part"]) for row in rows)
    table = []
    for language, part in pairs:
        found = {
            asked: over_languages(part_gains(rows, language, part, (f"{TRAINED}, clip", other), apart))
            for asked, other in QUESTIONS.items()
        }
        told = {asked: f"{one}: {decide('> 0', one)}" for asked, one in found.items()}
        table.append({"signs of": language, "part": part} | told)
    return pd.DataFrame(table)


def map_chart(clips: Sequence[dict]) -> Figure:
    """The same map twice: a dot a clip, coloured by where the sign is made, and by how many hands make it."""
    figure, axes = panels(2, (9, 4.2), frame=True)
    region = [_region(clip["place"]) for clip in clips]
    for ax, title, of, colours in (
        (axes[0], "where the sign is made", region, REGIONS),
        (axes[1], "which hands make it", [clip["hands"] for clip in clips], HANDS),
    ):
        for name, colour in colours.items():
            some = [clip for clip, value in zip(clips, of) if value == name]
            ax.plot([c["x"] for c in some], [c["y"] for c in some], "o", color=colour, markersize=3.5, label=name)
        ax.set(title=title, xticks=[], yticks=[])
        ax.legend(
            frameon=False, loc="upper left", bbox_to_anchor=(0, -0.02), ncols=4, columnspacing=1, handletextpad=0.1
        )
    return figure


def _region(place: str) -> str:
    if place in SPACE:
        return "space"
    return "head" if PLACES[place][0] == "eyes" else "trunk"
