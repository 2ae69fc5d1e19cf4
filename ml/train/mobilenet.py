"""MobileNetV1 adapted to 48×48 grey: the stem keeps 24×24, three strides instead of five."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from ml.train.blocks import MinMax, TwoHeads, conv, pooled
from ml.train.recipe import MOBILE_SEED, Recipe


def _separable(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(conv(inputs, inputs, 3, stride, groups=inputs), conv(inputs, outputs, 1))


def network() -> nn.Module:
    plan = ((64, 1), (128, 1), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))
    layers: list[nn.Module] = [conv(1, 32, 3, 2)]
    inputs = 32
    for outputs, stride in plan:
        layers.append(_separable(inputs, outputs, stride))
        inputs = outputs
    return TwoHeads(pooled(*layers), inputs, normalise=MinMax())


GPU = Recipe(
    name="mobilenet-gpu",
    network=network,
    epochs=200,
    learning_rate=0.05,
    weight_decay=1e-4,
    bfloat16=True,
    augmentation=MOBILE_SEED,
)
CPU = replace(GPU, name="mobilenet", epochs=None, minutes=120, bfloat16=False)
