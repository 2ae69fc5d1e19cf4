"""Random changes of a whole training batch at once, in plain torch; called by `ml.train.loop` for every batch."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ml.train.recipe import Augmentation


def _uniform(n: int, limit: float) -> Tensor:
    return (torch.rand(n) * 2 - 1) * limit


def _affine(n: int, how: Augmentation) -> Tensor:
    """[N, 2, 3] matrices for `affine_grid`: rotation, scale, shear, shift and mirror in one resampling."""
    angle, zoom = _uniform(n, math.radians(how.rotate)), torch.exp(_uniform(n, how.scale))
    shear, mirror = _uniform(n, how.shear), torch.ones(n)
    if how.flip:
        mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    top = torch.stack([cos * mirror, (shear - sin) * mirror, _uniform(n, 2 * how.shift)], dim=1)
    bottom = torch.stack([sin, cos, _uniform(n, 2 * how.shift)], dim=1)
    return torch.stack([top, bottom], dim=1)


def _light(x: Tensor, how: Augmentation) -> Tensor:
    """Gamma, contrast and brightness, with the clipping that a real sensor does."""
    n = len(x)
    shape = (n, 1, 1, 1)
    x = (x / 255).clamp(0, 1) ** torch.exp(_uniform(n, how.gamma)).view(shape)
    mean = x.mean(dim=(2, 3), keepdim=True)
    x = (x - mean) * torch.exp(_uniform(n, how.contrast)).view(shape) + mean + _uniform(n, how.brightness).view(shape)
    return x.clamp(0, 1) * 255


def _lose_resolution(x: Tensor, share: float) -> Tensor:
    """Shrink and enlarge some faces: blur of distance, of focus and of a shaken hand look alike at 48 pixels."""
    rows = torch.rand(len(x)) < share
    if not bool(rows.any()):
        return x
    side = x.shape[-1]
    small = int(side * (0.4 + 0.45 * float(torch.rand(()))))
    shrunk = F.interpolate(x[rows], size=small, mode="bilinear", antialias=True)
    x = x.clone()
    x[rows] = F.interpolate(shrunk, size=side, mode="bilinear")
    return x


def _add_noise(x: Tensor, share: float) -> Tensor:
    strength = (torch.rand(len(x)) < share) * torch.rand(len(x)) * 18
    return x + torch.randn_like(x) * strength.view(-1, 1, 1, 1)


def _erase(x: Tensor, share: float) -> Tensor:
    """Cover one rectangle of some faces with an even grey."""
    n, side = len(x), x.shape[-1]
    span = torch.arange(side)
    height, width = (side * (0.1 + 0.3 * torch.rand(2, n))).unbind(0)
    top, left = torch.rand(n) * (side - height), torch.rand(n) * (side - width)
    rows = (span >= top[:, None]) & (span < (top + height)[:, None])
    columns = (span >= left[:, None]) & (span < (left + width)[:, None])
    chosen = (torch.rand(n) < share)[:, None, None]
    mask = (rows[:, :, None] & columns[:, None, :] & chosen)[:, None]
    return torch.where(mask, (torch.rand(n) * 255).view(n, 1, 1, 1), x)


def augment(images: Tensor, how: Augmentation, side: int) -> Tensor:
    """uint8 [N, 48, 48] to changed float grey [N, 1, side, side] in 0–255."""
    x = images.float().unsqueeze(1)
    grid = F.affine_grid(_affine(len(x), how), [len(x), 1, side, side], align_corners=False)
    x = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
    x = _light(x, how)
    x = _lose_resolution(x, how.blur) if how.blur else x
    x = _add_noise(x, how.noise) if how.noise else x
    return _erase(x, how.erase) if how.erase else x


def mixup(x: Tensor, targets: tuple[Tensor, ...], parameter: float) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Blend a batch with its own reverse; every target is blended alike."""
    share = float(torch.distributions.Beta(parameter, parameter).sample())
    share = max(share, 1 - share)
    return share * x + (1 - share) * x.flip(0), tuple(share * t + (1 - share) * t.flip(0) for t in targets)
