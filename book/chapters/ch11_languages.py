"""Five real languages in one picture and two tables: what each gains, and what of it an interval can say."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from book.shared.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, interval, panel
from book.studies.real_words.few_shots import WAYS
from book.studies.real_words.language_rows import Values, over_languages, shares
from lib.evaluation.intervals import over_seeds

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
