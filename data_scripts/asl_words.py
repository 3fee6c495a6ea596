"""ASL words as MediaPipe keypoints: 14 words with 60 recordings each, the course's real source language.

From github.com/traduttore/traduttore-model (MIT licence, Copyright 2022 traduttore): a student project's vocabulary
of a cafe, recorded with MediaPipe Holistic, 20 frames a recording. Only numbers, no pictures; still, they are the
movements of people, so they are fetched to your machine and not passed on with the course. No account is needed.

    python data_scripts/asl_words.py --out data/asl_words

writes WORD/NN.npy, (20, 258) each, LICENSE and manifest.json. The archive holds more words, and more recordings of
some; the course takes the first 60 recordings of the words that word_archive.json names.
"""

from data_scripts.shared.word_archive import main

if __name__ == "__main__":
    raise SystemExit(main(__doc__, "ASL"))
