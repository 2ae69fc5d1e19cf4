"""What one training run is made of; each recipe file fills one in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import nn


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training batch; every number is the largest change, 0 switches it off."""

    flip: bool = True
    rotate: float = 15.0  # degrees
    scale: float = 0.15  # relative: crops cut from phone photos are framed loosely or tightly
    shift: float = 0.10  # relative to the side
    shear: float = 0.05
    gamma: float = 0.35  # log range: low light and back light
    contrast: float = 0.30
    brightness: float = 0.15
    blur: float = 0.25  # share of faces that lose resolution, as far or shaken phone photos do
    noise: float = 0.15  # share of faces with sensor noise
    erase: float = 0.30  # share of faces with one rectangle covered (hands, masks, hair)
    mixup: float = 0.2  # Beta parameter
    mixup_share: float = 0.5  # share of batches


NO_AUGMENTATION = Augmentation(
    flip=False,
    rotate=0,
    scale=0,
    shift=0,
    shear=0,
    gamma=0,
    contrast=0,
    brightness=0,
    blur=0,
    noise=0,
    erase=0,
    mixup=0,
)


# The mobile seed's list: flips, rotation, scale, crop, translation and colour jitter (brightness and contrast in grey).
MOBILE_SEED = Augmentation(
    rotate=10, scale=0.10, shift=0.08, shear=0, gamma=0, contrast=0.2, brightness=0.2, blur=0, noise=0, erase=0, mixup=0
)


@dataclass(frozen=True)
class Recipe:
    """One network and how it is trained. `minutes` (wall clock) ends a run where `epochs` is None."""

    name: str
    network: Callable[[], nn.Module]
    epochs: float | None = 60
    minutes: float | None = None
    batch: int = 128
    learning_rate: float = 0.1
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 5e-4
    warm_up: float = 0.08  # share of the run in which the one cycle rises
    clean_tail: float = 0.15  # last share of the run: no mixup, no erasing, so that the end sees real faces
    sizes: tuple[tuple[float, int], ...] = ((0.0, 48),)  # from this share of the run on, this input side
    label_weight: float = 0.6  # of the label head's loss beside the votes' 1.0: its targets are noisier
    label_from_votes: float = 0.08  # share of the label head's target that comes from the votes
    taught: tuple[float, float] = (0.0, 0.0)  # share of the votes' and the label's targets that comes from teachers
    balance: float = 0.25  # weight of a class = frequency ** -balance: full balance costs accuracy
    ema: float = 0.9985
    clip: float = 2.0  # largest gradient norm
    bfloat16: bool = False
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 7
