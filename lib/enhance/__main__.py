"""``python -m lib.enhance``: see `lib.enhance.film` for what it does, `lib.enhance.cli` for its options.

Processes import what they run by its name, and this file has none that they could import.
"""

import sys

from lib.enhance.cli import main

if __name__ == "__main__":
    sys.exit(main())
