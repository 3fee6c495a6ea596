"""R2: the Pose Transformer Network that reads isolated signs, its inputs, data and training."""

from lib.ptn.network import PTN, VTN, PoseEmbedding, SequenceEmbedder, l1_first_layer, positions
