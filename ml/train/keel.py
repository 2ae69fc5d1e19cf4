"""The network that we ship: a thin convolution at 48×48, then four residual blocks at 24, 12, 6 and 3 pixels.

On two cores without a GPU the number of pictures seen decides, so the full resolution gets one thin convolution and
the first half of the run sees 40×40 pixels. 3.5 million parameters, about 120 million multiplications a face.
"""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from ml.train.blocks import Residual, TwoHeads, conv, pooled
from ml.train.recipe import Recipe


def network(width: int = 32) -> nn.Module:
    layers: list[nn.Module] = [conv(1, width)]
    inputs = width
    for outputs in (2 * width, 4 * width, 8 * width, 12 * width):
        layers += [nn.MaxPool2d(2), Residual(inputs, outputs)]
        inputs = outputs
    return TwoHeads(pooled(*layers), inputs, dropout=0.3)


CPU = Recipe(name="keel", network=network, epochs=None, minutes=120, sizes=((0.0, 40), (0.5, 48)))
GPU = replace(CPU, name="keel-gpu", epochs=200, minutes=None, sizes=((0.0, 48),), bfloat16=True, ema=0.9995)
