"""The corporate seed's augmentation: I_new = I · (1 + ΔS), on the saturation of a colour picture in HSV.

FER-2013 is grey, where saturation is zero and the formula changes nothing: it applies to colour photos that the user
of a recipe brings. Grey training uses its counterpart, brightness and contrast (`ml.train.augment`).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def saturate(rgb: NDArray[np.uint8], delta: float) -> NDArray[np.uint8]:
    """ΔS > 0 makes colours more vivid, ΔS = −1 makes the picture grey, 0 leaves it as it is; clipped at full colour."""
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"saturation needs a uint8 colour picture [H, W, 3], got {rgb.dtype} {list(rgb.shape)}")
    if delta == 0:
        return rgb.copy()
    hsv = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    hsv[..., 1] = np.clip(hsv[..., 1] * (1 + delta), 0, 1)
    return np.rint(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255).astype(np.uint8)


def random_saturation(rgb: NDArray[np.uint8], rng: np.random.Generator, largest: float = 0.5) -> NDArray[np.uint8]:
    """One picture with ΔS drawn evenly between −largest and largest."""
    return saturate(rgb, float(rng.uniform(-largest, largest)))
