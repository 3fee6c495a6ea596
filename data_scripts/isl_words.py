"""ISL letters and words as MediaPipe keypoints: 32 signs with 15 recordings each.

From github.com/granthgg/ISL-Sign-Language-Detection-Transformer: the 26 letters and six words of Indian Sign Language,
recorded at a webcam with MediaPipe Holistic, 30 frames a recording. The repository states no licence, so nobody but its
author may pass the data on: they are fetched to your machine, for you to look at. No account is needed.

    python data_scripts/isl_words.py --out data/isl_words

writes SIGN/NN.npy, (30, 258) each, and manifest.json. The archive holds more recordings of each sign; the course takes
the first 15.
"""

from data_scripts.shared.word_archive import main

if __name__ == "__main__":
    raise SystemExit(main(__doc__, "ISL"))
