"""Bhutanese words as MediaPipe keypoints: 16 classes with 10 recordings each, one of which is no word.

From github.com/divyashC/BSL-Word-Level (its folder BSL-Word-Level-GRU): words of Bhutanese Sign Language, recorded at
a webcam with MediaPipe Holistic, 30 frames a recording. The class "predicting....." shows no hand in any frame: the
program's own pause. It is fetched as it is published, and `data_scripts.shared.word_folders` leaves it out. The
repository states no licence, so nobody but its author may pass the data on: they are fetched to your machine, for you
to look at. No account is needed.

    python data_scripts/bhutanese_words.py --out data/bhutanese_words

writes WORD/NN.npy, (30, 1662) each, and manifest.json. The archive holds more recordings of each word; the course takes
the first 10.
"""

from data_scripts.shared.word_archive import main

if __name__ == "__main__":
    raise SystemExit(main(__doc__, "Bhutanese"))
