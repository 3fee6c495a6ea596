"""R1: networks that enlarge a frame twofold and sharpen it, their weights, data and training."""

from lib.upsampler.network import (
    PRETRAINED,
    R1_FIVE,
    AttentionGate,
    Config,
    UNet,
    build,
    load,
    load_pretrained,
    parameter_count,
    read_weights,
    save,
)
