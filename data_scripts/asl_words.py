"""ASL words as MediaPipe keypoints: 14 words with 60 recordings each, the course's real source language.

From github.com/traduttore/traduttore-model (MIT licence, Copyright 2022 traduttore): a student project's vocabulary
of a cafe, recorded with MediaPipe Holistic, 20 frames a recording. Only numbers, no pictures; still, they are the
movements of people, so they are fetched to your machine and not passed on with the course. No account is needed.

    python data_scripts/asl_words.py --out data/asl_words

writes WORD/NN.npy, (20, 258) each, LICENSE and manifest.json. The archive holds more words, and more recordings of
some; the course takes the first 60 recordings of the words that word_archive_sums.json names.
"""

from functools import partial

from data_scripts._common import command_line
from data_scripts.word_archive import SUMS, WordSet, make

ASL_WORDS = WordSet(
    language="ASL",
    repository="traduttore/traduttore-model",
    commit="c7c2f3eba11226a32bad547c4f89186afab676da",
    licence="MIT",
    credit="traduttore-model, Copyright (c) 2022 traduttore",
    recordings=60,
    frames=20,
    sha256=SUMS["ASL"],
)

if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, partial(make, ASL_WORDS), ASL_WORDS.archive))
