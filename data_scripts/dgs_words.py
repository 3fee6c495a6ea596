"""DGS words as MediaPipe keypoints: 5 words with 30 recordings each, the course's real target language.

From github.com/Birkenpapier/GSL-Detector (Unlicense: given to the public domain): five words of German Sign Language
(Deutsche Gebärdensprache), recorded at a webcam with MediaPipe Holistic, 30 frames a recording. Only numbers, no
pictures; still, they are the movements of a person, so they are fetched to your machine and not passed on with the
course. No account is needed.

    python data_scripts/dgs_words.py --out data/dgs_words

writes WORD/NN.npy, (30, 1662) each, LICENSE and manifest.json.
"""

from data_scripts.shared.word_archive import main

if __name__ == "__main__":
    raise SystemExit(main(__doc__, "DGS"))
