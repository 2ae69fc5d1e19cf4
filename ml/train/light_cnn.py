"""The action-unit seed's light CNN: a 7×7 convolution, two residual blocks, one dense layer; 22,247 numbers.

Its first layer has three input channels. The paper calls the input a picture in one place and action units in another;
here it is a map of the face with each unit drawn where it acts (`ml.studies.unit_map`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

CHANNELS = 3
CLASSES = 7


@dataclass(frozen=True)
class LightRecipe:
    """The published network; each field but one kept is one of its ablations."""

    layers: int = 5  # convolutions along the main path: 1, 3 or 5
    normalised: bool = True
    activation: Callable[[], nn.Module] = nn.ReLU
    shortcut: bool = True  # without: the "conventional CNN" of its Table 4


class Block(nn.Module):
    """Two 3×3 convolutions; a 1×1 on the shortcut where the number of channels changes."""

    def __init__(self, inputs: int, outputs: int, recipe: LightRecipe) -> None:
        super().__init__()
        self.first = _convolution(inputs, outputs, 3, recipe)
        self.second = _convolution(outputs, outputs, 3, recipe)
        self.across = _convolution(inputs, outputs, 1, recipe) if inputs != outputs else nn.Identity()
        self.activation = recipe.activation()
        self.shortcut = recipe.shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.second(self.activation(self.first(x)))
        return self.activation(y + self.across(x)) if self.shortcut else self.activation(y)


def light_cnn(recipe: LightRecipe = LightRecipe()) -> nn.Module:
    head = [_convolution(CHANNELS, 16, 7, recipe, stride=2), recipe.activation(), nn.MaxPool2d(3, 2)]
    blocks = [Block(16, 16, recipe), Block(16, 32, recipe)][: (recipe.layers - 1) // 2]
    channels = 32 if len(blocks) == 2 else 16
    return nn.Sequential(*head, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES))


def _convolution(inputs: int, outputs: int, side: int, recipe: LightRecipe, stride: int = 1) -> nn.Module:
    convolution = nn.Conv2d(inputs, outputs, side, stride, padding=side // 2)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs)) if recipe.normalised else convolution


def size(model: nn.Module) -> int:
    """Numbers in a network as the paper counts them: running means and variances of the normalisation included."""
    buffers = sum(b.numel() for name, b in model.named_buffers() if "num_batches" not in name)
    return sum(p.numel() for p in model.parameters()) + buffers
