"""Several trained networks as one: the mean of their logits, each at the input side that its run ended with.

Networks that ended at different sides err differently: two of them agree with people more often than one with its
mirror image, in the same time. `ml.train.ship` builds one where it is given several runs.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ml.train.blocks import resize


class Ensemble(nn.Module):
    def __init__(self, members: Sequence[nn.Module], sides: Sequence[int]) -> None:
        super().__init__()
        self.members, self.sides = nn.ModuleList(members), tuple(sides)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        heads = [network(resize(x, side)) for network, side in zip(self.members, self.sides, strict=True)]
        votes, label = (torch.stack(logits).mean(0) for logits in zip(*heads, strict=True))
        return votes, label
