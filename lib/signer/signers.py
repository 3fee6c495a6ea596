"""Who signs: eighteen people who differ in body, skin, hair, clothes and manner, each drawn from a number."""

from dataclasses import dataclass

import numpy as np

from lib.signer.body import Phenotype
from lib.signer.look import SKIN_TONES, Style
from lib.signer.motion import Manner

HAIR = [(0.010, 0.008, 0.007), (0.022, 0.013, 0.008), (0.055, 0.028, 0.014), (0.12, 0.060, 0.028), (0.26, 0.16, 0.075),
        (0.20, 0.060, 0.022), (0.22, 0.21, 0.20)]  # fmt: skip
TOPS = [(0.012, 0.013, 0.016), (0.030, 0.045, 0.11), (0.18, 0.028, 0.032), (0.040, 0.11, 0.075), (0.30, 0.29, 0.27),
        (0.10, 0.10, 0.11), (0.055, 0.16, 0.22), (0.20, 0.12, 0.035), (0.10, 0.045, 0.12),
        (0.42, 0.36, 0.24)]  # fmt: skip


@dataclass(frozen=True)
class Signer:
    """One synthetic signer: shape, looks and way of moving."""

    name: str
    phenotype: Phenotype
    style: Style
    manner: Manner


def draw_signer(number: int) -> Signer:
    """Signer ``number``: always the same person. Skin tones and genders are spread evenly, the rest is drawn."""
    rng = np.random.default_rng([2306, number])
    female = number % 2
    phenotype = Phenotype(
        gender=float(np.clip(female + rng.uniform(-0.15, 0.15), 0, 1)),
        age=float(rng.uniform(0.55, 0.9)),
        muscle=float(rng.uniform(0.35, 0.65)),
        weight=float(rng.uniform(0.35, 0.70)),
        height=float(rng.uniform(0.40, 0.65)),
        proportions=float(rng.uniform(0.45, 0.85)),
    )
    tone = (number * 7 + 3) % len(SKIN_TONES)
    dark = tone > 5
    hair = HAIR[rng.integers(2 if dark else len(HAIR))]
    top, stripe = rng.choice(len(TOPS), 2, replace=False)
    style = Style(
        skin_tone=tone,
        hair_color=hair,
        hair_thickness=float(rng.uniform(0.008, 0.024)),
        hairline=float(rng.uniform(0.050, 0.064)),
        bob=float(rng.uniform(0.04, 0.13)) if female and rng.random() < 0.75 else 0.0,
        cloth_color=TOPS[top],
        stripe_color=TOPS[stripe] if rng.random() < 0.25 else None,
        stripe_period=float(rng.uniform(0.03, 0.07)),
        sleeve=float(rng.choice([0.16, 0.22, 0.34, 0.47, 0.49])),
        neckline=float(rng.uniform(0.075, 0.11)),
        looseness=float(rng.uniform(0.005, 0.010)),
        trouser_color=tuple(float(c) for c in rng.uniform(0.01, 0.10) * np.array([0.9, 0.95, 1.1])),
    )
    manner = Manner(
        tempo=float(rng.uniform(0.95, 1.25)), size=float(rng.uniform(0.85, 1.2)), left_handed=number in (7, 15)
    )
    return Signer(f"S{number:02d}", phenotype, style, manner)


SIGNERS = [draw_signer(number) for number in range(1, 19)]
