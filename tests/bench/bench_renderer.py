"""The synthetic signer's pictures: how many a second one core draws."""

import os

for _library in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_library] = "1"  # before numpy and torch count the cores

import numpy as np  # noqa: E402
from table import compare  # noqa: E402

from data_scripts.synthetic_signers import film, plan  # noqa: E402
from lib.video.pixels import linear_to_srgb  # noqa: E402

FRAMES = 20
BAR = 20  # frames a second that the course promises for one sample in time


def one_core() -> str:
    """Keep this process on one core where the system lets us; say which it was."""
    if not hasattr(os, "sched_setaffinity"):
        return "as many cores as the system gives"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return "one core"


def main() -> None:
    """Print the table."""
    where = one_core()
    shot = film(plan("tiny", 0)[0])
    vertices = shot.figure.vertices(shot.performance, shot.middles[:FRAMES])

    def bar() -> None:
        """What a picture may cost, as pictures: so the ratio says at once whether the promise is kept."""
        import time

        time.sleep(FRAMES / BAR)

    def draw(smooth: bool) -> None:
        for moment in vertices:
            linear_to_srgb(shot.renderer.render(moment, smooth=smooth))

    def photograph() -> None:
        for moment in np.arange(0, FRAMES * 8, 8):
            (posed,) = shot.figure.vertices(shot.performance, np.array([moment]))
            linear_to_srgb(shot.renderer.render(posed))

    cases = {
        f"the bar: {BAR} frames/s": bar,
        "pictures": lambda: draw(False),
        "with smooth edges": lambda: draw(True),
        "and posed one by one": photograph,
    }
    compare(f"Synthetic signer, 304 x 336, one sample in time, {where}", cases, items=FRAMES, unit="frame", rounds=3)


if __name__ == "__main__":
    main()
