"""Real sign languages side by side: what of each is learned, what is judged, and which words a chair gives away.

Five public sets of keypoints are of one form, and each was filmed by a developer at a webcam, word after word. So:

- *Six moments.* Of each recording the networks and the yardsticks see `FRAMES` moments, evenly apart: recordings of
  20 and of 30 frames become alike, and a training takes seconds.
- *The last third is the test part*, always; neighbours in filming are all but one film. Examples to learn from are
  drawn from the first two thirds, the pool.
- *A word leaks* where posture alone, the mean places of face, shoulders and hips, names it: logistic regression on
  these learns on one half of the pool (in the order of filming) and names `LEAK` or more of the word's recordings in
  the other half, in the mean over both ways round. Such a word is left out, of learning and of the test. The rule looks
  at the pool alone, and was fixed before any network was trained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from book.studies.real_transfer import logistic, posture
from data_scripts.shared.word_archive import Words
from data_scripts.shared.word_folders import read_folder
from lib.keypoints import HOLISTIC_67
from lib.ptn.corpora import Inputs
from lib.ptn.training import SignSet
from lib.tools.errors import BadInput
from lib.tools.paths import DATA

ARCHIVES = {name: f"{name.lower()}_words" for name in ("ASL", "DGS", "BISINDO", "ISL", "Bhutanese")}
FRAMES = 6
TEST = 3  # the last third of a word's recordings judges
LEAK = 0.9


@dataclass(frozen=True)
class Language:
    """``signs`` clips (FRAMES, 134) of ``words[label]``; ``test`` bool (N,) marks those that judge."""

    name: str
    words: tuple[str, ...]
    signs: SignSet
    test: np.ndarray
    left_out: tuple[str, ...] = ()

    @property
    def pool(self) -> int:
        """The fewest recordings that any word has to learn from."""
        return int(np.bincount(self.signs.labels[~self.test]).min())

    def only(self, kept: Sequence[int], why: Sequence[str] = ()) -> "Language":
        """The language with these words alone; ``why`` says what was wrong with the others."""
        rows = np.flatnonzero(np.isin(self.signs.labels, kept))
        clips = [self.signs.clips[row] for row in rows]
        labels = np.searchsorted(kept, self.signs.labels[rows])
        words = tuple(self.words[label] for label in kept)
        return replace(
            self, words=words, signs=SignSet(clips, labels), test=self.test[rows], left_out=(*self.left_out, *why)
        )


def language(name: str, words: Words) -> Language:
    """A set of words, ready to learn and to judge."""
    clips = [at_moments(Inputs()(clip, HOLISTIC_67)) for clip in words.clips]
    return Language(name, words.names, SignSet(clips, words.labels), last_third(words), words.left_out)


def at_moments(clip: np.ndarray, moments: int = FRAMES) -> np.ndarray:
    """The frames of a clip (T, F) at so many moments evenly apart; a short clip shows some of its frames twice."""
    return clip[np.linspace(0, len(clip) - 1, moments).round().astype(int)]


def last_third(words: Words) -> np.ndarray:
    """Which recordings judge, bool (N,): of each word the last third as they were filmed, one at least."""
    test = np.zeros(len(words), bool)
    for label in range(len(words.names)):
        rows = np.flatnonzero(words.labels == label)
        test[rows[np.argsort(words.numbers[rows])][-max(1, len(rows) // TEST) :]] = True
    return test


def posture_recall(one: Language) -> np.ndarray:
    """Of each word, the share of its recordings that posture alone names, (words,): halves of the pool, both ways.

    Recordings lie in the order of filming. NaN for a word with one recording in the pool.
    """
    labels, second = one.signs.labels, np.zeros(len(one.signs), bool)
    for label in range(len(one.words)):
        rows = np.flatnonzero((labels == label) & ~one.test)
        second[rows[len(rows) // 2 :]] = True
    halves, vectors = (second & ~one.test, ~second & ~one.test), posture(one.signs)
    shares = []
    for learn, judge in (halves, halves[::-1]):
        if len(np.unique(labels[learn])) < 2:
            return np.full(len(one.words), np.nan)
        right, of = logistic(vectors, labels, learn, judge), labels[judge]
        shares.append([right[of == label].mean() if (of == label).any() else np.nan for label in range(len(one.words))])
    return np.mean(shares, axis=0)


def without_leaks(one: Language) -> Language:
    """The language without the words that leak. Raises BadInput where fewer than two are left."""
    recall = posture_recall(one)
    kept = np.flatnonzero(~(recall >= LEAK))
    why = [f"{one.words[i]}: posture alone names {100 * recall[i]:.0f} % of it" for i in np.flatnonzero(recall >= LEAK)]
    if len(kept) < 2:
        raise BadInput(f"{one.name} has {len(kept)} words that posture alone does not name, and two are needed")
    return one.only(kept, why)


def read_languages(folders: Mapping[str, Path] | None = None) -> list[Language]:
    """The five languages without what leaks, as the scripts of `ARCHIVES` wrote them."""
    folders = folders or {name: DATA / folder for name, folder in ARCHIVES.items()}
    missing = [folder.name for folder in folders.values() if not folder.is_dir()]
    if missing:
        how = "; ".join(f"python data_scripts/{name}.py --out data/{name}" for name in missing)
        raise BadInput(f"data/ holds no {', '.join(missing)}: {how}")
    return [without_leaks(language(name, read_folder(folder))) for name, folder in folders.items()]
