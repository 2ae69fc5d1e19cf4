"""The plain way through the same parts, for comparison in the same run: RetinaFace as its package serves it, dlib's 68
points and chip, the descriptor by onnxruntime, a VGG16 in int8. The aims of benchmarks/photo.md were set where it
takes 21.5 ms a photo. Needs the `train` extra: the VGG16 is made here, with random weights, for its time alone.

`python -m benchmarks.reference_pipeline FOLDER` writes it in a process of its own: the one that is timed never loads
torch.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import dlib
import face_recognition_models
import numpy as np
import retinaface
from retinaface.weights import WEIGHTS

from ml.faces.descriptor import Descriptors
from ml.faces.sessions import open_session

EYES = range(36, 42), range(42, 48)


class ReferencePipeline:
    def __init__(self, folder: Path) -> None:
        retinaface.ONNX_SESSION = open_session(WEIGHTS)
        self._points = dlib.shape_predictor(face_recognition_models.pose_predictor_model_location())
        self._descriptors = Descriptors(folder)
        subprocess.run([sys.executable, "-m", "benchmarks.reference_pipeline", str(folder)], check=True)
        self._vgg16 = open_session(folder / "vgg16-int8.onnx")

    def read(self, photo: bytes) -> tuple[np.ndarray, np.ndarray]:
        """Descriptor and expression of the first face of a photo that is 640 pixels wide."""
        rgb = cv2.cvtColor(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        face = retinaface.detect_faces(rgb)[0]
        box = dlib.rectangle(face.x, face.y, face.x + face.width, face.y + face.height)
        points = self._points(rgb, box)
        descriptor = self._descriptors.describe(dlib.get_face_chip(rgb, points, size=150)[None])
        return descriptor, self._vgg16.run(None, {"crops": self._crop(rgb, box, points)[None]})[0]

    def _crop(self, rgb: np.ndarray, box: dlib.rectangle, points: dlib.full_object_detection) -> np.ndarray:
        """48 x 48 grey, the eyes level."""
        left, right = (np.mean([(points.part(i).x, points.part(i).y) for i in eye], 0) for eye in EYES)
        theta = np.degrees(np.arctan2(right[1] - left[1], right[0] - left[0]))
        turn = cv2.getRotationMatrix2D((box.center().x, box.center().y), theta, 48 / max(box.width(), box.height()))
        turn[:, 2] += 24 - np.array([box.center().x, box.center().y])
        return cv2.cvtColor(cv2.warpAffine(rgb, turn, (48, 48)), cv2.COLOR_RGB2GRAY)


def make_vgg16(folder: Path) -> None:
    from ml.train.export import quantise, write_onnx
    from ml.train.vgg16 import network

    exact, small = folder / "vgg16.onnx", folder / "vgg16-int8.onnx"
    write_onnx(network().eval(), exact, name="vgg16", version="0")
    quantise(exact, small, np.random.default_rng(0).integers(0, 256, (64, 48, 48), dtype=np.uint8))


if __name__ == "__main__":
    make_vgg16(Path(sys.argv[1]))
