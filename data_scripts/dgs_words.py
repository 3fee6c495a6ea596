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
from data_scripts.word_archive import WordSet, make

DGS_WORDS = WordSet(
    language="DGS",
    repository="Birkenpapier/GSL-Detector",
    commit="48f90b7cbbc4402fb044823904c9243c682f0e91",
    licence="Unlicense",
    credit="GSL-Detector by Birkenpapier, in the public domain",
    recordings=30,
    frames=30,
    sha256={
        "bitte": "01be77de48fe6a3709e118f95541c59b895dac83beecaeb66643fa2c8b4b4156",
        "danke": "c3f8cddaeda4eda097017dc7496d351489c606ad7000015ae7eeff34483eecc9",
        "hallo": "91879260d2831d33f8e384d7b839e3683413e38b63261f7d3b6d353f9a29bcef",
        "vielglück": "3278f1f79e7b556576a7fa28f2b8e6808e3a8cc7230d6b20616175c177eaf92e",
        "wo": "41670d7696e0f967200abc08d6b4a49b1f366c3b5ed86ccd00f7040fafae134c",
    },
)

if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, partial(make, DGS_WORDS), DGS_WORDS.archive))
