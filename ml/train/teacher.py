"""What trained networks answer to the training pictures: part of the targets of the next network.

FER-2013's labels are noisy, and a vote of ten is coarse; the answers of an ensemble tell a hard face from a mislabelled
one. A pupil is served beside its teachers (`ml.train.ensemble`). `evenkeel train keel-taught --taught-by RUN` uses it.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

# Networks are too sure of pictures that they were trained on.
SOFTENED: Final = 1.3


@torch.no_grad()
def answers(teacher: nn.Module, images: Tensor, batch: int = 256) -> tuple[Tensor, Tensor]:
    """Shares [N, 7] of both heads for uint8 pictures, each read together with its mirror image."""
    teacher.eval()
    found: tuple[list[Tensor], list[Tensor]] = ([], [])
    for part in images.split(batch):
        x = part.float().unsqueeze(1).to(memory_format=torch.channels_last)
        for head, plain, mirrored in zip(found, teacher(x), teacher(x.flip(3)), strict=True):
            head.append(torch.softmax((plain + mirrored) / 2 / SOFTENED, dim=1))
    return torch.cat(found[0]), torch.cat(found[1])


def with_answers(target: Tensor, answer: Tensor, share: float) -> Tensor:
    """`share` of every target from the teacher's answer; a row keeps its weight."""
    return (1 - share) * target + share * target.sum(dim=1, keepdim=True) * answer
