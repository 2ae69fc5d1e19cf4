"""Several trained networks as one: the mean of their logits, each at the input side that its run ended with.

Networks that ended at different sides err differently: two of them agree with people more often than one with its
mirror image, in the same time. `ml.train.ship` builds one where it is given several runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from ml.train.blocks import resize
from ml.train.recipes import RECIPES


class Ensemble(nn.Module):
    def __init__(self, members: Sequence[nn.Module], sides: Sequence[int]) -> None:
        super().__init__()
        self.members, self.sides = nn.ModuleList(members), tuple(sides)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        heads = [network(resize(x, side)) for network, side in zip(self.members, self.sides, strict=True)]
        votes, label = (torch.stack(logits).mean(0) for logits in zip(*heads, strict=True))
        return votes, label


def averaged_network(run: Path) -> nn.Module:
    """The averaged weights of a run's checkpoint, ready for evaluation."""
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    network = RECIPES[state["recipe"]].network()
    network.load_state_dict(state["average"])
    return network.eval()


def last_line(run: Path) -> dict[str, float]:
    """What a run's history says about its end."""
    return dict(json.loads((run / "history.json").read_text(encoding="utf-8"))[-1])


def ensemble_of(runs: Sequence[Path]) -> Ensemble:
    sides = [int(last_line(run)["side"]) for run in runs]
    return Ensemble([averaged_network(run) for run in runs], sides).eval()
