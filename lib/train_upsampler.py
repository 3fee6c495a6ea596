"""``python -m lib.train_upsampler``, as the cards of the weights name it: see `lib.upsampler.train`."""

import sys

from lib.upsampler.train import main

if __name__ == "__main__":
    sys.exit(main())
