"""The few pieces that the networks share. Every network maps grey 0–255 [N, 1, S, S] to (votes, label) logits."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from ml.emotions import EXPRESSIONS


class Centre(nn.Module):
    """Grey 0–255 to −2…2, inside the exported graph."""

    def forward(self, x: Tensor) -> Tensor:
        return (x / 255.0 - 0.5) * 4.0


class MinMax(nn.Module):
    """Grey 0–255 to 0–1, the mobile seed's normalisation."""

    def forward(self, x: Tensor) -> Tensor:
        return x / 255.0


def conv(
    inputs: int, outputs: int, kernel: int = 3, stride: int = 1, *, relu: bool = True, groups: int = 1
) -> nn.Sequential:
    """Convolution, batch normalisation and, unless it ends a residual branch, ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False, groups=groups),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


class Residual(nn.Module):
    """Two 3×3 convolutions beside the identity, or beside a 1×1 convolution where the width changes."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(conv(inputs, outputs), conv(outputs, outputs, relu=False))
        self.beside = conv(inputs, outputs, 1, relu=False) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.branch(x) + self.beside(x))


def resize(x: Tensor, side: int) -> Tensor:
    """To the input side of a run: the sampling that `ml.train.augment` uses, without its random changes."""
    return x if x.shape[-1] == side else F.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)


class TwoHeads(nn.Module):
    """A trunk that ends in a feature vector, and the two heads: FER+ votes (served) and original label (reported)."""

    def __init__(
        self, trunk: nn.Module, features: int, *, dropout: float = 0.3, normalise: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.normalise = normalise or Centre()
        self.trunk = trunk
        self.dropout = nn.Dropout(dropout)
        self.votes = nn.Linear(features, len(EXPRESSIONS))
        self.label = nn.Linear(features, len(EXPRESSIONS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.dropout(self.trunk(self.normalise(x)))
        return self.votes(features), self.label(features)


def pooled(*layers: nn.Module) -> nn.Sequential:
    """Layers followed by global average pooling: works at any input side, so training can start small."""
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
