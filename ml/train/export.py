"""A trained network to the weights that are served: ONNX with its meaning in the metadata, and the record beside it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from ml.emotions import EXPRESSIONS
from ml.expression.classifier import NORMALISATION, SIDE
from ml.train.blocks import resize


@dataclass(frozen=True)
class Record:
    """What stands beside the weights; filled in by `ml.train.ship` from measurements on validation."""

    name: str
    version: str
    mirror: bool
    votes_temperature: float
    label_temperature: float
    min_confidence: float
    training: dict[str, object] = field(default_factory=dict)  # how the weights came about, for the model card


class _Served(nn.Module):
    """The network as serving calls it: uint8 crops in, both heads' logits out, at the side it was trained at."""

    def __init__(self, network: nn.Module, side: int) -> None:
        super().__init__()
        self.network, self.side = network, side

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        votes, label = self.network(resize(crops.float().unsqueeze(1), self.side))
        return votes, label


def write_onnx(network: nn.Module, path: Path, *, name: str, version: str, side: int = SIDE) -> None:
    """Export in evaluation mode with a free batch size, and stamp the metadata that loading asserts."""
    served = _Served(network.to(memory_format=torch.contiguous_format), side).eval()  # type: ignore[call-overload]
    example = torch.zeros(2, SIDE, SIDE, dtype=torch.uint8)
    torch.onnx.export(
        served,
        (example,),
        str(path),
        input_names=["crops"],
        output_names=["votes", "label"],
        dynamic_shapes={"crops": {0: torch.export.Dim("n", min=1, max=4096)}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    stamp(path, name=name, version=version)


def stamp(path: Path, *, name: str, version: str) -> None:
    model = onnx.load(path)
    meaning = {
        "name": name,
        "version": version,
        "labels": ",".join(EXPRESSIONS),
        "side": str(SIDE),
        "normalisation": NORMALISATION,
    }
    onnx.helper.set_model_props(model, meaning)
    # The exporter notes where each node was called from, with the folders of the machine that it ran on.
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, model.graph):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.save(model, path)


class _Calibration(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, crops: NDArray[np.uint8]) -> None:
        self._batches: Iterator[dict[str, NDArray[np.uint8]]] = iter(
            [{"crops": crops[i : i + 32]} for i in range(0, len(crops), 32)]
        )

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self._batches, None)


def _stems(path: Path) -> list[str]:
    """The convolutions that read the picture itself: one channel, so that exactness costs next to nothing there."""
    graph = onnx.load(path).graph
    inputs = {weights.name: weights.dims[1] for weights in graph.initializer if len(weights.dims) == 4}
    return [node.name for node in graph.node if node.op_type == "Conv" and inputs.get(node.input[1]) == 1]


def quantise(source: Path, target: Path, crops: NDArray[np.uint8]) -> None:
    """int8 QDQ behind the first layers, a scale for each output channel, ranges from the means over batches of crops.

    Means forget the one crop that stretches a range. Both together bring the logits a quarter nearer to the exact ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            _Calibration(crops),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "MaxPool", "Add", "Relu"],
            nodes_to_exclude=_stems(prepared),
            extra_options={"CalibMovingAverage": True},
        )
    meaning = {entry.key: entry.value for entry in onnx.load(source).metadata_props}
    stamp(target, name=meaning["name"], version=meaning["version"])


def write_record(weights: Path, record: Record) -> None:
    """The JSON beside the weights, with their checksum."""
    content = {
        "name": record.name,
        "version": record.version,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "mirror": record.mirror,
        "temperature": {"votes": round(record.votes_temperature, 4), "label": round(record.label_temperature, 4)},
        "min_confidence": record.min_confidence,
        "training": record.training,
    }
    weights.with_suffix(".json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
