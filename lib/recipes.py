"""R1's progressive procedure (IV-A) as a list: each model adds one thing to the last; and ours, which goes on from it.

Only of BWFA-UNet does R1 say that it starts from another model's weights; that BWA-UNet does is ours, and saves time.
"""

from dataclasses import dataclass

EVERYTHING = ("d1", "td1", "varied")


@dataclass(frozen=True)
class Stage:
    """How one model is trained. ``crops`` are seen in an epoch; ``start`` names the stage whose weights it takes;
    ``guided`` is the weight of the detector's opinion beside SSIM + L1."""

    name: str
    about: str
    sets: tuple[str, ...] = ("d1",)
    skips: bool = True
    attention: bool = False
    weighted: bool = False
    guided: float = 0.0
    start: str | None = None
    learning_rate: float = 1e-3
    cosine: bool = True
    epochs: int = 8
    patience: int = 7
    keep_last: bool = False
    crops: int = 6000


_ALL = [
    Stage("b-ae", "R1's autoencoder: a U-Net without skips", skips=False, epochs=16),
    Stage("b-unet", "a U-Net: the autoencoder with skips", epochs=16),
    Stage("ba-unet", "attention gates in the skips", attention=True, epochs=16),
    Stage("bwa-unet", "the hands weigh twice in the loss", attention=True, weighted=True, start="ba-unet", epochs=50),
    Stage(
        "bwfa-unet", "fine-tuned on good recordings (TD1)", ("td1",), attention=True, weighted=True, start="bwa-unet",
        learning_rate=2e-4, epochs=9, crops=4000,
    ),
    Stage("bv-unet", "the Attention U-Net on films of every kind", EVERYTHING, attention=True, epochs=4, crops=16000),
    Stage(
        "bg-first", "guided by the detector's own eye for hands, a first course", EVERYTHING, attention=True,
        guided=0.05, start="bv-unet", learning_rate=3e-4, epochs=14, patience=14, crops=8000,
    ),
    Stage(
        "bg-second", "a second course", EVERYTHING, attention=True, guided=0.05,
        start="bg-first", learning_rate=2e-4, epochs=16, patience=16, keep_last=True, crops=8000,
    ),
    Stage(
        "bg-unet", "guided by the detector's own eye for hands, at last three times as strongly", EVERYTHING,
        attention=True, guided=0.15, start="bg-second", learning_rate=2e-4, epochs=7, patience=16, keep_last=True,
        crops=8000,
    ),
]  # fmt: skip
STAGES = {stage.name: stage for stage in _ALL}
