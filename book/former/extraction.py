"""`lib.extraction`, as scripts of others know it: `lib.holistic.corpus` since the house was built."""

import sys

from lib.holistic.corpus import extract_folder as extract_folder, find_videos as find_videos, main

if __name__ == "__main__":
    sys.exit(main())
