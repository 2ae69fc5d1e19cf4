"""VGG16, the corporate seed's network: 13 convolutions with batch normalisation, GAP, three fully connected layers."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from ml.train.recipe import MOBILE_SEED, Recipe
from ml.train.vgg import Vgg


def network() -> nn.Module:
    return Vgg(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)))


# The mobile seed's settings: SGD 0.01, momentum 0.9, weight decay 1e-4, batch 128, 300 epochs, its augmentation.
GPU = Recipe(
    name="vgg16-gpu",
    network=network,
    epochs=300,
    learning_rate=0.01,
    weight_decay=1e-4,
    bfloat16=True,
    augmentation=MOBILE_SEED,
)
# Two cores see a twentieth of that in two hours: fewer epochs, a higher peak.
CPU = replace(GPU, name="vgg16", epochs=None, minutes=120, learning_rate=0.02)
