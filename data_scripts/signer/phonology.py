"""A small phonology: signs built, as Stokoe described them, from handshape, place, orientation and movement.

The signs mean nothing and belong to no language. What is kept from real signing is the structure: the
same few parts recombine, two-handed signs are symmetric or have a resting base hand (Battison's conditions),
and signs in a sentence flow into each other. The parts are listed in ``phonology.toml``.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PARTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HANDSHAPES: dict[str, list[float]] = PARTS["handshapes"]
PAIRS: list[list[str]] = PARTS["pairs"]
ORIENTATIONS: dict[str, list[list[float]]] = PARTS["orientations"]
PLACES: dict[str, tuple[str, list[float], str, list[str]]] = {
    place: (*where, PARTS["fits"][fits]) for place, (*where, fits) in PARTS["places"].items()
}
HANDS: dict[str, str] = PARTS["hands"]
SPACE, PATHS, NEAR_BODY, FOR_ONE_HAND = (PARTS[name] for name in ("space", "paths", "near_body", "for_one_hand"))


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
