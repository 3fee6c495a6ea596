"""A small phonology: signs built, as Stokoe described them, from handshape, place, orientation and movement.

The signs mean nothing and belong to no language. What is kept from real signing is the structure: the
same few parts recombine, two-handed signs are symmetric or have a resting base hand (Battison's conditions),
and signs in a sentence flow into each other.
"""

from dataclasses import dataclass

import numpy as np

# thumb: across, out, knuckle, tip; then knuckle and middle joint of index, middle, ring, pinky; spread (degrees)
HANDSHAPES: dict[str, tuple[float, ...]] = {
    "rest": (20, 5, 10, 12, 20, 24, 26, 28, 32, 32, 36, 34, 6),
    "B": (48, -14, 34, 42, 2, 2, 2, 2, 2, 2, 2, 2, 0),
    "flat": (12, 4, 4, 6, 3, 3, 3, 3, 3, 3, 3, 3, 2),
    "5": (0, 26, -4, -2, 0, 2, 0, 2, 0, 2, 0, 2, 26),
    "claw": (22, 20, 8, 26, 14, 52, 14, 52, 14, 52, 14, 54, 24),
    "A": (16, -8, 6, 6, 78, 98, 80, 98, 82, 96, 82, 94, 0),
    "S": (58, -6, 34, 40, 78, 98, 80, 98, 82, 96, 82, 94, 0),
    "1": (56, -4, 36, 44, 0, 2, 80, 98, 82, 98, 82, 96, 0),
    "V": (58, -4, 38, 46, 0, 2, 0, 2, 82, 98, 82, 96, 26),
    "U": (58, -4, 38, 46, 0, 2, 0, 2, 82, 98, 82, 96, 0),
    "bent V": (58, -4, 38, 46, 14, 66, 14, 66, 82, 98, 82, 96, 22),
    "3": (0, 26, -2, 0, 0, 2, 0, 2, 82, 98, 82, 96, 24),
    "W": (58, -2, 42, 48, 0, 2, 0, 2, 0, 2, 76, 90, 22),
    "4": (50, -10, 36, 44, 0, 2, 0, 2, 0, 2, 0, 2, 18),
    "L": (0, 34, -4, 0, 0, 2, 80, 98, 82, 98, 82, 96, 0),
    "Y": (0, 34, -4, 0, 80, 98, 82, 98, 82, 96, 2, 4, 14),
    "I": (52, -4, 34, 42, 80, 98, 82, 98, 82, 96, 2, 4, 0),
    "ILY": (0, 32, -4, 0, 0, 2, 80, 98, 82, 98, 2, 4, 10),
    "C": (44, 24, 6, 20, 34, 38, 34, 38, 34, 38, 34, 38, 2),
    "O": (50, 12, 16, 30, 50, 48, 52, 48, 54, 48, 56, 48, 0),
    "F": (48, 10, 20, 30, 56, 50, 4, 6, 2, 4, 2, 4, 22),
    "flat O": (52, 12, 14, 14, 62, 14, 62, 14, 62, 14, 62, 14, 0),
    "bent B": (22, 0, 8, 10, 76, 6, 76, 6, 76, 6, 76, 6, 0),
    "8": (40, 14, 18, 26, 2, 4, 58, 40, 2, 4, 2, 4, 24),
}
PAIRS = [("flat O", "5"), ("S", "5"), ("S", "1"), ("O", "F"), ("5", "flat O"), ("5", "S"), ("1", "bent V"),
         ("flat", "bent B"), ("C", "S"), ("A", "L"), ("S", "V"), ("bent V", "V")]  # fmt: skip

# directions as (towards the signing hand's own side, out to the viewer, up)
ORIENTATIONS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "fingers up, palm out": ((-0.15, 0.10, 1.0), (-0.10, 1.0, 0.0)),
    "fingers up, palm in": ((-0.45, 0.15, 1.0), (-0.25, -1.0, 0.1)),
    "fingers up, palm aside": ((-0.20, 0.30, 1.0), (-1.0, 0.15, 0.0)),
    "fingers out, palm down": ((-0.45, 1.0, 0.25), (0.0, 0.15, -1.0)),
    "fingers out, palm up": ((-0.30, 1.0, 0.15), (-0.15, 0.0, 1.0)),
    "fingers out, palm aside": ((-0.25, 1.0, 0.40), (-1.0, -0.15, 0.0)),
    "fingers across, palm in": ((-1.0, 0.20, 0.35), (-0.10, -1.0, 0.0)),
    "fingers across, palm down": ((-1.0, 0.45, 0.20), (0.0, 0.1, -1.0)),
    "fingers across, palm up": ((-0.80, 0.75, 0.10), (0.0, -0.2, 1.0)),
}
HEAD = ("fingers up, palm in", "fingers up, palm aside", "fingers across, palm in")
TEMPLE = ("fingers up, palm aside", "fingers up, palm out", "fingers up, palm in")
CHEST = ("fingers across, palm in", "fingers across, palm down", "fingers up, palm in")
# place: (anchor, offset in (own side, out, up) metres where shoulders are 0.33 m apart, part of the hand, orientations)
PLACES: dict[str, tuple[str, tuple[float, float, float], str, tuple[str, ...]]] = {
    "forehead": ("eyes", (0.035, 0.055, 0.050), "tips", HEAD),
    "temple": ("eyes", (0.085, 0.000, 0.020), "tips", TEMPLE),
    "cheek": ("eyes", (0.060, 0.030, -0.050), "tips", HEAD[:2]),
    "nose": ("eyes", (0.010, 0.070, -0.040), "tips", HEAD),
    "mouth": ("eyes", (0.015, 0.060, -0.075), "tips", HEAD),
    "chin": ("eyes", (0.015, 0.060, -0.115), "tips", HEAD),
    "own shoulder": ("chest", (0.140, 0.060, 0.110), "tips", ("fingers across, palm in", "fingers up, palm in")),
    "other shoulder": ("chest", (-0.120, 0.075, 0.080), "tips", ("fingers across, palm in",)),
    "chest": ("chest", (0.020, 0.110, 0.000), "palm", CHEST),
    "own chest": ("chest", (0.090, 0.110, -0.020), "palm", CHEST),
    "belly": ("chest", (0.030, 0.160, -0.170), "palm", CHEST),
    "space": ("chest", (0.100, 0.260, -0.040), "palm", tuple(ORIENTATIONS)),
    "high space": ("chest", (0.150, 0.230, 0.110), "palm", tuple(ORIENTATIONS)[:6]),
    "side space": ("chest", (0.230, 0.200, -0.020), "palm", tuple(ORIENTATIONS)[:6]),
    "low space": ("chest", (0.090, 0.250, -0.150), "palm", tuple(ORIENTATIONS)[3:]),
}
SPACE = ("space", "high space", "side space", "low space")
PATHS = ("hold", "down", "up", "out", "aside", "across", "arc", "circle", "flat circle", "zigzag", "tap", "twist",
         "nod", "wiggle")  # fmt: skip
NEAR_BODY = ("hold", "down", "aside", "out", "circle", "tap", "twist", "wiggle")  # the paths that stay off the face
HANDS = {
    "one": "one hand", "mirror": "both hands alike", "alternate": "both hands in turn", "base": "on the other palm",
}  # fmt: skip
FOR_ONE_HAND = ("other shoulder", "nose", "mouth")


@dataclass(frozen=True)
class Sign:
    """One sign: what the strong hand does, and how the other hand joins in (`HANDS`)."""

    handshape: str
    handshape_end: str
    place: str
    orientation: str
    path: str
    hands: str = "one"


def in_words(sign: Sign) -> str:
    """A sign's description for people who do not see the picture."""
    change = "" if sign.handshape == sign.handshape_end else f" changing to {sign.handshape_end}"
    straight = ("up", "down", "out", "aside", "across")
    move = "held" if sign.path == "hold" else f"moving {sign.path}" if sign.path in straight else sign.path
    return f"{sign.handshape}{change} hand at the {sign.place}, {sign.orientation}, {move}, {HANDS[sign.hands]}"


def draw_sign(rng: np.random.Generator) -> Sign:
    """A sign at random that a person could make: its orientation suits its place, its path stays off the face."""
    if rng.random() < 0.3:
        start, end = PAIRS[rng.integers(len(PAIRS))]
    else:
        start = end = str(rng.choice([h for h in HANDSHAPES if h != "rest"]))
    place = str(rng.choice(list(PLACES) + list(SPACE)))  # neutral space is the commonest place
    orientation = str(rng.choice(PLACES[place][3]))
    path = str(rng.choice(PATHS if place in SPACE else NEAR_BODY))
    hands = "one" if place in FOR_ONE_HAND else str(rng.choice(list(HANDS), p=[0.5, 0.27, 0.1, 0.13]))
    if hands == "base":
        place, orientation = "space", str(rng.choice(["fingers across, palm in", "fingers out, palm down"]))
    return Sign(start, end, place, orientation, path, hands)


def draw_lexicon(size: int, seed: int) -> list[Sign]:
    """``size`` different signs. Two seeds give two lexicons of the same parts; a sign or two may be in both."""
    rng = np.random.default_rng(seed)
    signs: dict[Sign, None] = {}
    while len(signs) < size:
        signs[draw_sign(rng)] = None
    return list(signs)


def draw_sentence(lexicon: list[Sign], length: int, rng: np.random.Generator) -> list[int]:
    """Indices of ``length`` signs, no sign twice running; frequencies are long-tailed (Zipf), as in R2's Figure 1."""
    weights = 1 / np.arange(1, len(lexicon) + 1) ** 0.8
    chosen: list[int] = []
    while len(chosen) < length:
        sign = int(rng.choice(len(lexicon), p=weights / weights.sum()))
        if not chosen or chosen[-1] != sign:
            chosen.append(sign)
    return chosen
