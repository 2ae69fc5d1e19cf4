"""ResNet50 adapted to 48×48 grey: a 3×3 stem without pooling and stride 2 from the first stage on."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn
from torch.nn import functional as F

from ml.train.blocks import MinMax, TwoHeads, conv, pooled
from ml.train.recipe import MOBILE_SEED, Recipe


class Bottleneck(nn.Module):
    """1×1, 3×3, 1×1 beside the identity, four times as wide outside as inside."""

    def __init__(self, inputs: int, inside: int, stride: int) -> None:
        super().__init__()
        outputs = 4 * inside
        self.branch = nn.Sequential(
            conv(inputs, inside, 1), conv(inside, inside, 3, stride), conv(inside, outputs, 1, relu=False)
        )
        same = stride == 1 and inputs == outputs
        self.beside = nn.Identity() if same else conv(inputs, outputs, 1, stride, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.branch(x) + self.beside(x))


def network() -> nn.Module:
    layers: list[nn.Module] = [conv(1, 64)]
    inputs = 64
    for inside, repeats in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for repeat in range(repeats):
            layers.append(Bottleneck(inputs, inside, 2 if repeat == 0 else 1))
            inputs = 4 * inside
    return TwoHeads(pooled(*layers), inputs, normalise=MinMax())


GPU = Recipe(
    name="resnet50-gpu",
    network=network,
    epochs=200,
    learning_rate=0.05,
    weight_decay=5e-4,
    bfloat16=True,
    augmentation=MOBILE_SEED,
)
CPU = replace(GPU, name="resnet50", epochs=None, minutes=120, learning_rate=0.03, bfloat16=False)
