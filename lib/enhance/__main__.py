"""``python -m lib.enhance``: see `lib.enhance.film` for what it does, `lib.enhance.cli` for its options."""

import sys

from lib.enhance.cli import main

if __name__ == "__main__":  # a process of the pool imports this file again
    sys.exit(main())
