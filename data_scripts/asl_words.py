"""ASL words as MediaPipe keypoints: 14 words with 60 recordings each, the course's real source language.

From github.com/traduttore/traduttore-model (MIT licence, Copyright 2022 traduttore): a student project's vocabulary
of a cafe, recorded with MediaPipe Holistic, 20 frames a recording. Only numbers, no pictures; still, they are the
movements of people, so they are fetched to your machine and not passed on with the course. No account is needed.

    python data_scripts/asl_words.py --out data/asl_words

writes WORD/NN.npy, (20, 258) each, LICENSE and manifest.json. The archive holds more words, and more recordings of
some; the course takes the first 60 recordings of the words below.
"""

from functools import partial

from data_scripts._common import command_line
from data_scripts.word_archive import WordSet, make

ASL_WORDS = WordSet(
    language="ASL",
    repository="traduttore/traduttore-model",
    commit="c7c2f3eba11226a32bad547c4f89186afab676da",
    licence="MIT",
    credit="traduttore-model, Copyright (c) 2022 traduttore",
    recordings=60,
    frames=20,
    sha256={
        "can": "a8a17a212360e9b2eb0d0f9570f4d10a1e5cec15d68234f3f9bff46bb92e0d27",
        "coffee": "60cb5a14624d9954b59901e55784cda7829602e5ebd663bbcf04a2f42a5bf17d",
        "get": "3ff13e8b76dc9f1c88ebade379cd5c7c161bbdca0a9b020298d5ceee0ad5774c",
        "hello": "d6ddbb3db79ae34ace0a39b0fc11ecbc576bcbb99216c36a4c3741db6e5039b5",
        "i": "167d24b13e50a30eb90bf2dfcd7485ba0638d943042834428341aa012e94119d",
        "large": "1d7a00f9ef928a5513b7541168ea28f0dcef5f3c698a438f252ba8bb9efed303",
        "medium": "2e9d4c8cc7cd24da258445e0ef7acd784e74586872c3d8ce2ffa31c1508ed8da",
        "muffin": "7742de61a805a2cbf01a071e7752be70467aeeaa51ef71a3f2caee48119c608b",
        "no": "7f98afd9de20db8eb1be638945ce718b721ac05684aa118cf9312a24b52c2121",
        "please": "c936807e6fe879a6cd37a5dc0d18d73c671be69d9604a44dc2d0b4e80711ee4a",
        "small": "8219b167ab040b4b4e2382bfb88a8ea946268590124948890bdcfe7994e5e650",
        "tea": "a5e23c8aa6f53cd5ad554c9b7aeaef20810ccd3aa820d1219f26da7b3a320eff",
        "thank-you": "6485a3940056e6d6a6cd9d718681dc35005b9aa2a2335d0e965127e6b6006d98",
        "water": "3871dced1bf609dc0928a1372e49b0b41bd213c5b1f83ba59e56e404634b9b7a",
    },
)

if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, partial(make, ASL_WORDS), ASL_WORDS.archive))
