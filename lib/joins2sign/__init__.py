"""R3: the network that reads letters from hand joints, its photos and training."""

from lib.joins2sign.losses import dynamic_loss, joint_loss, letter_loss, static_loss
from lib.joins2sign.network import Config, Joins2Sign, KeypointClassifier, LetterCNN, to_polar
