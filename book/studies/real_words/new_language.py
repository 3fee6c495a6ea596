"""A language that you have, from a folder of words: how well a few examples of each are read, and by what.

`book.studies.transfer` prints it with ``--new FOLDER``. The source is the network that ships
(`book.studies.real_words.known_signs`); nothing of yours is kept, and nothing leaves your machine.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from book.studies.real_words.few_shots import SHOTS, STEPS, WAYS, few_shot
from book.studies.real_words.known_signs import read as read_known
from book.studies.real_words.languages import Language, language, without_leaks
from data_scripts.shared.word_folders import read_folder
from lib.evaluation.intervals import over_seeds
from lib.ptn import PTN
from lib.tools.errors import BadInput

GAIN = "everything minus from scratch, points"
SHOWN = 20  # of what was left out; the rest is counted


def new_language(folder: Path, seeds: int, shots: Sequence[int] = SHOTS, steps: int = STEPS) -> str:
    """The table of a folder of words and its foot, as text; ``steps`` are those of a stage.

    Raises BadInput where the folder holds no two words.
    """
    one, note = language(folder.resolve().name, read_folder(folder)), ""
    try:
        judged = without_leaks(one)
    except BadInput as problem:
        judged, note = one, f"{problem}: so all words are kept, and much of what follows is posture.\n"
    most = int(np.bincount(judged.signs.labels[~judged.test]).max())
    possible = [number for number in shots if number <= most] or [most]
    table = few_shot_table(judged, read_known(), possible, seeds, steps)
    return f"{table.to_string()}\n\n{note}{foot(judged, max(possible), seeds)}"


def few_shot_table(one: Language, source: PTN, shots: Sequence[int], seeds: int, steps: int = STEPS) -> pd.DataFrame:
    """Accuracy in per cent, a row a way and a column a number of examples, with t intervals over the seeds."""
    columns = {}
    for number in tqdm(shots, unit="number of examples"):
        found = [few_shot(source, one, number, seed, steps)["right"] for seed in range(seeds)]
        share = 100 * pd.DataFrame(found) / int(one.test.sum())
        cells = {name: _told(share[way]) for way, name in WAYS.items()}
        columns[f"{number} example{'s' * (number > 1)}"] = cells | {GAIN: _told(share["all"] - share["scratch"])}
    return pd.DataFrame(columns)


def foot(one: Language, shots: int, seeds: int) -> str:
    """What the table is of, and what is not in it."""
    learn = np.bincount(one.signs.labels[~one.test])
    lines = [
        f"{one.name}: accuracy in % on {one.test.sum()} recordings of {len(one.words)} words, the last third of each; "
        f"by chance {100 / len(one.words):.1f}.",
        f"In brackets the 95 % t interval over {seeds} seeds: other examples, not other signers and not other words.",
    ]
    if (few := int((learn < shots).sum())) > 0:
        lines.append(
            f"{few} of the words have fewer than {shots} recordings to learn from, and gave all that they have."
        )
    lines.append(f"Left out: {len(one.left_out) or 'nothing'}.")
    lines += [f"- {why}" for why in one.left_out[:SHOWN]]
    if len(one.left_out) > SHOWN:
        lines.append(f"- and {len(one.left_out) - SHOWN} more")
    return "\n".join(lines)


def _told(values: pd.Series) -> str:
    if len(values) < 2:
        return f"{values.mean():.1f}"
    found = over_seeds(values)
    return f"{found.mean:.1f} [{found.low:.1f}, {found.high:.1f}]"
