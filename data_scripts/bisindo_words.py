"""BISINDO words as MediaPipe keypoints: 10 words with 15 recordings each.

From github.com/mettaberliana/action-detection-BISINDO: ten words of Indonesian Sign Language (Bahasa Isyarat
Indonesia), recorded at a webcam with MediaPipe Holistic, 30 frames a recording. The repository states no licence, so
nobody but its author may pass the data on: they are fetched to your machine, for you to look at. No account is needed.

    python data_scripts/bisindo_words.py --out data/bisindo_words

writes WORD/NN.npy, (30, 1662) each, and manifest.json. The archive holds more recordings of each word; the course takes
the first 15.
"""

from data_scripts.shared.word_archive import main

if __name__ == "__main__":
    raise SystemExit(main(__doc__, "BISINDO"))
