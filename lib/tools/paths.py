"""Where things lie: the tracked clips and weights, and the ignored folders for caches, data and results."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ROOT / "book" / "clips"
WEIGHTS = ROOT / "book" / "weights"
DATA = Path(os.environ.get("HANDS_DATA", ROOT / "data"))
CACHE = Path(os.environ.get("HANDS_CACHE", ROOT / ".cache"))
RESULTS = Path(os.environ.get("HANDS_RESULTS", ROOT / "results"))
