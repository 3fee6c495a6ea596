"""MediaPipe Holistic over films, and closer looks where it lost a hand."""

from lib.holistic.corpus import find_videos
from lib.holistic.graph import extract, extract_file
