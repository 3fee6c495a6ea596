"""``python -m lib.holistic``: keypoints of a whole corpus, see `lib.holistic.corpus`."""

import sys

from lib.holistic.corpus import main

if __name__ == "__main__":  # a process of the pool imports this file again
    sys.exit(main())
