"""Many films: two workers of a cluster beside one, the scheduler's share, and whether memory grows."""

import tempfile
from pathlib import Path
from statistics import median

from book.studies.corpus_costs import memory, timed

BAR = 1.4  # two workers of one thread each, beside one


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        rows, held = timed(Path(folder)), memory(Path(folder))
    seconds = {
        way: [row["seconds"] for row in rows if row["way"] == way] for way in dict.fromkeys(r["way"] for r in rows)
    }
    print(f"\nMany films: {rows[0]['films']} of television, {rows[0]['frames']} frames\n{'':24}  frames a s")
    for way, times in seconds.items():
        print(f"{way:24}  {rows[0]['frames'] / median(times):10.1f}")
    gain = median(one / two for one, two in zip(seconds["one worker"], seconds["two workers"]))
    share = median(one / bare - 1 for one, bare in zip(seconds["one worker"], seconds["one machine, one thread"]))
    print(f"two workers are {gain:.2f} times one (the bar: {BAR}); the scheduler's share of the time: {share:.1%}")
    print(", ".join(f"after {row['films']} films {row['bytes'] / 1e6:.0f} MB" for row in held))


if __name__ == "__main__":
    main()
