"""DGS words as MediaPipe keypoints: 5 words with 30 recordings each, the course's real target language.

From github.com/Birkenpapier/GSL-Detector (Unlicense: given to the public domain): five words of German Sign Language
(Deutsche Gebärdensprache), recorded at a webcam with MediaPipe Holistic, 30 frames a recording. Only numbers, no
pictures; still, they are the movements of a person, so they are fetched to your machine and not passed on with the
course. No account is needed.

    python data_scripts/dgs_words.py --out data/dgs_words

writes WORD/NN.npy, (30, 1662) each, LICENSE and manifest.json.
"""

from functools import partial

from data_scripts._common import command_line
from data_scripts.word_archive import SUMS, WordSet, make

DGS_WORDS = WordSet(
    language="DGS",
    repository="Birkenpapier/GSL-Detector",
    commit="48f90b7cbbc4402fb044823904c9243c682f0e91",
    licence="Unlicense",
    credit="GSL-Detector by Birkenpapier, in the public domain",
    recordings=30,
    frames=30,
    sha256=SUMS["DGS"],
)

if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, partial(make, DGS_WORDS), DGS_WORDS.archive))
