"""The VGG family of the seeds at 48×48 grey: convolutions, pooling, GAP, three fully connected layers with dropout."""

from __future__ import annotations

from torch import Tensor, nn

from ml.emotions import EXPRESSIONS
from ml.train.blocks import MinMax, conv, pooled

Plan = tuple[tuple[int, int], ...]  # (channels, convolutions) before each of the five pools


class ThreeLayerHead(nn.Sequential):
    """512 → 512 → 256 → 7 with ReLU and dropout between, as the mobile seed draws it."""

    def __init__(self, features: int, dropout: float) -> None:
        super().__init__(
            nn.Linear(features, 512),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(512, 256),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(256, len(EXPRESSIONS)),
        )


class Vgg(nn.Module):
    """One trunk, and the seed's classifier once for each head."""

    def __init__(self, plan: Plan, *, dropout: float = 0.5) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 1
        for channels, repeats in plan:
            for _ in range(repeats):
                layers.append(conv(inputs, channels))
                inputs = channels
            layers.append(nn.MaxPool2d(2))
        self.normalise, self.trunk = MinMax(), pooled(*layers)
        self.votes, self.label = ThreeLayerHead(inputs, dropout), ThreeLayerHead(inputs, dropout)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.trunk(self.normalise(x))
        return self.votes(features), self.label(features)
