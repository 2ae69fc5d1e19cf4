"""Letter n-grams and a linear model in plain numpy: how the bot reads, without a model runtime."""

from __future__ import annotations

import io
import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LONGEST: Final = 5  # letters; East Asian words are short, English ones are told apart by five


def features(folded: str, size: int) -> dict[int, float]:
    """Hashed counts of n-grams within and across words, damped and scaled to length one."""
    text = f" {' '.join(folded.split())} "
    counts: Counter[int] = Counter()
    for n in range(1, LONGEST + 1):
        for at in range(len(text) - n + 1):
            gram = text[at : at + n]
            if n == 1 and gram.isascii():
                continue
            counts[zlib.crc32(gram.encode()) % size] += 1
    for word in text.split():
        counts[zlib.crc32(f"={word}".encode()) % size] += 1
    weights = {index: 1.0 + math.log(count) for index, count in counts.items()}
    norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    return {index: w / norm for index, w in weights.items()}


@dataclass(frozen=True)
class Linear:
    """One-byte weights with one scale a class: small on disk, and as good as floats here."""

    labels: Sequence[str]
    weights: NDArray[np.int8]  # features × classes
    scale: FloatArray
    bias: FloatArray

    def probabilities(self, folded: str) -> FloatArray:
        found = features(folded, self.weights.shape[0])
        rows = self.weights[list(found)].astype(np.float64)
        scores = np.asarray(list(found.values())) @ rows * self.scale + self.bias
        raised = np.exp(scores - scores.max())
        return np.asarray(raised / raised.sum(), dtype=np.float64)


def load(path: Traversable) -> Linear:
    with np.load(io.BytesIO(path.read_bytes())) as data:
        return Linear([str(x) for x in data["labels"]], data["weights"], data["scale"], data["bias"])
