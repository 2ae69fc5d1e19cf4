"""48×48 grey crops to calibrated probabilities, by onnxruntime. `ml.pipeline` and `evenkeel evaluate` call it.

A weights file is trusted only when its SHA-256 is the recorded one and its metadata says the labels, the size and the
normalisation that this code means.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS
from ml.expression.abstention import AbstentionPolicy

WEIGHTS: Final = Path(__file__).parent / "weights" / "keel.onnx"
SIDE: Final = 48
NORMALISATION: Final = "grey 0-255 as uint8, scaled inside the graph"
# Crops in one run of the session: enough to keep a core busy, small enough that memory does not follow the caller.
CHUNK: Final = 32

Crops = NDArray[np.uint8]
Probabilities = NDArray[np.float64]


class ModelMismatch(RuntimeError):
    """The weights are damaged or mean something else than this code does; nothing may be scored with them."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of the loaded weights: recorded beside them when they were exported."""

    name: str
    version: str
    sha256: str
    mirror: bool  # each face is read together with its mirror image
    votes_temperature: float
    label_temperature: float
    abstention: AbstentionPolicy


def _info(weights: Path) -> ModelInfo:
    """Read the record beside the weights and check the weights against it."""
    record: dict[str, Any] = json.loads(weights.with_suffix(".json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if digest != record["sha256"]:
        raise ModelMismatch(f"{weights.name} does not match its checksum: fetch it again or reinstall")
    return ModelInfo(
        name=record["name"],
        version=record["version"],
        sha256=digest,
        mirror=bool(record["mirror"]),
        votes_temperature=float(record["temperature"]["votes"]),
        label_temperature=float(record["temperature"]["label"]),
        abstention=AbstentionPolicy(min_confidence=float(record["min_confidence"])),
    )


def _assert_meaning(metadata: dict[str, str], info: ModelInfo, file: str) -> None:
    """Refuse weights whose own metadata differs from this code in label order, size, normalisation or version."""
    expected = {
        "labels": ",".join(EXPRESSIONS),
        "side": str(SIDE),
        "normalisation": NORMALISATION,
        "version": info.version,
    }
    for key, value in expected.items():
        if metadata.get(key) != value:
            raise ModelMismatch(f"{file}: {key} is {metadata.get(key)!r}, this program needs {value!r}")


def softmax(logits: NDArray[np.floating[Any]], temperature: float = 1.0) -> Probabilities:
    """Row-wise, in float64, stable for any logits."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    weights = np.exp(scaled)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def _one_thread_session(weights: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Threads that spin while they wait take the core from the next worker.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


class ExpressionClassifier:
    """The loaded model. Safe to call from several threads; results do not depend on what else is in the batch."""

    def __init__(self, weights: Path | None = None, *, threads: int = 1) -> None:
        file = weights or WEIGHTS
        self.model: Final = _info(file)
        self._session = _one_thread_session(file, threads)
        _assert_meaning(self._session.get_modelmeta().custom_metadata_map, self.model, file.name)

    def predict(self, crops: Crops) -> Probabilities:
        """Calibrated probabilities [N, 7] in the order of EXPRESSIONS, as people who see the face would vote."""
        return softmax(self.logits(crops)[0], self.model.votes_temperature)

    def predict_label(self, crops: Crops) -> Probabilities:
        """The same for FER-2013's original labels: reported so that papers can be compared, not served."""
        return softmax(self.logits(crops)[1], self.model.label_temperature)

    def logits(self, crops: Crops) -> tuple[Probabilities, Probabilities]:
        """Both heads before softmax, the mirror image averaged in where the model was chosen so."""
        if crops.ndim != 3 or crops.shape[1:] != (SIDE, SIDE) or crops.dtype != np.uint8:
            raise ValueError(f"crops must be uint8 [N, {SIDE}, {SIDE}], got {crops.dtype} {list(crops.shape)}")
        votes, label = np.zeros((len(crops), len(EXPRESSIONS))), np.zeros((len(crops), len(EXPRESSIONS)))
        for start in range(0, len(crops), CHUNK):
            part = slice(start, start + CHUNK)
            votes[part], label[part] = self._run(crops[part])
        return votes, label

    def _run(self, crops: Crops) -> tuple[Probabilities, Probabilities]:
        views = np.concatenate([crops, crops[:, :, ::-1]]) if self.model.mirror else crops
        votes, label = self._session.run(["votes", "label"], {"crops": np.ascontiguousarray(views)})
        shape = (-1, len(crops), len(EXPRESSIONS))
        return votes.reshape(shape).mean(axis=0, dtype=np.float64), label.reshape(shape).mean(axis=0, dtype=np.float64)
