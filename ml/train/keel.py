"""The network that we ship: a thin convolution at full resolution, then four residual blocks, each at half the side.

On two cores without a GPU the number of pictures seen decides: the run starts at 32×32 pixels, ends at 40×40, and
serving shrinks its crops to the side that validation likes best. 3.5 million parameters; 83 million multiplications a
face at 40×40.
"""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from ml.train.blocks import Residual, TwoHeads, conv, pooled
from ml.train.recipe import Augmentation, Recipe


def network(width: int = 32) -> nn.Module:
    layers: list[nn.Module] = [conv(1, width)]
    inputs = width
    for outputs in (2 * width, 4 * width, 8 * width, 12 * width):
        layers += [nn.MaxPool2d(2), Residual(inputs, outputs)]
        inputs = outputs
    return TwoHeads(pooled(*layers), inputs, dropout=0.3)


# Two hours on two quiet cores are some ninety passes (`--workers 2`): too few for mixup or much covering,
# so the changes are milder. A label loss as heavy as the votes' raised the label by two points and cost FER+ nothing.
CPU = Recipe(
    name="keel",
    network=network,
    epochs=None,
    minutes=120,
    learning_rate=0.08,
    ema=0.998,
    sizes=((0.0, 32), (0.35, 40)),
    label_weight=1.0,
    label_from_votes=0.05,
    clean_tail=0.2,
    augmentation=Augmentation(mixup=0.0, erase=0.2, gamma=0.25, rotate=12, noise=0.1, blur=0.2),
)
# A pupil of trained networks (`--taught-by`), served beside them: their answers are softer than labels, so mixup pays,
# and it ends larger than they did, because networks of different sides err differently.
TAUGHT = replace(
    CPU,
    name="keel-taught",
    sizes=((0.0, 32), (0.4, 44)),
    taught=(0.4, 0.5),
    augmentation=replace(CPU.augmentation, mixup=0.2, mixup_share=0.4),
    seed=97,
)
# On from a trained network (`--from`, `ml.train.restore`), taught by all that are served. Two such runs are two
# networks that are each better than the one they began with and err differently. Half precision gave 1.6 times the
# passes on a processor with bfloat16 instructions.
FURTHER = replace(
    TAUGHT,
    name="keel-further",
    minutes=95,
    bfloat16=True,
    learning_rate=0.07,
    sizes=((0.0, 40), (0.4, 48)),
    taught=(0.25, 0.4),
    augmentation=replace(TAUGHT.augmentation, mixup_share=0.5),
    seed=131,
)
FURTHER_44 = replace(FURTHER, name="keel-further-44", sizes=((0.0, 40), (0.3, 44)), taught=(0.35, 0.5), seed=137)
GPU = Recipe(name="keel-gpu", network=network, epochs=200, bfloat16=True, ema=0.9995)
