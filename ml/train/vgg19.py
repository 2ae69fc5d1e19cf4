"""VGG19, the mobile seed's network: 16 convolutions with batch normalisation, GAP, three fully connected layers."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from ml.train import vgg16
from ml.train.vgg import Vgg


def network() -> nn.Module:
    return Vgg(((64, 2), (128, 2), (256, 4), (512, 4), (512, 4)))


GPU = replace(vgg16.GPU, name="vgg19-gpu", network=network)
CPU = replace(vgg16.CPU, name="vgg19", network=network)
