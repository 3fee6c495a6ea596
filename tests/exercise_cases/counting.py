"""Chapter 6: three clips of a made-up set, the last one longest."""

from book.exercises.counting import check_gap, check_pooled
from exercise_cases import Case

FRAMES = {"a": 50, "b": 100, "c": 250}
UHP = {"target": (0.02, 0.04, 0.06), "input": (0.2, 0.4, 0.6), "bicubic": (0.26, 0.28, 0.42)}
ROWS = [
    {"set": "d1", "method": method, "clip": clip, "frames": FRAMES[clip], "uhp_dominant": lost}
    for method, each in UHP.items()
    for clip, lost in zip(FRAMES, each, strict=True)
] + [{"set": "td2", "method": method, "clip": "a", "frames": 9, "uhp_dominant": 0.5} for method in UHP]
CLOSED = 100 * (0.40 - 0.32) / (0.40 - 0.04)
POOLED = 100 * (10 + 40 + 150) / 400

CASES = [
    Case(
        check_gap,
        lambda answer: check_gap(answer, ROWS, "d1", "bicubic"),
        right=CLOSED,
        wrong=[
            (CLOSED / 100, "a share; give it in per cent"),
            (-CLOSED, "sign is the other way round"),
            (100 - CLOSED, "stays open"),
            (8, "difference in points"),
            (20, "fewer are lost"),
            ([CLOSED, CLOSED], "shape (2,)"),
            (3.3, "(input - method)"),
        ],
    ),
    Case(
        check_pooled,
        lambda answer: check_pooled(answer, ROWS, "d1"),
        right=POOLED,
        wrong=[
            (POOLED / 100, "a share"),
            (40, "mean over clips"),
            (200, "divide by all frames"),
            (f"{POOLED} %", "without quotation marks"),
            (31, "in each clip"),
        ],
    ),
]
