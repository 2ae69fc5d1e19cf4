"""Other readers of faces on the labelled photos: how often they agree with the label, and how long they take.

Detection and expression only, on decoded pixels, so that no peer pays for a file format. `fer` counts where it is
installed; face-api where Node is there and a folder has it:

    npm install --prefix FOLDER @vladmandic/face-api @tensorflow/tfjs @tensorflow/tfjs-backend-wasm

Their detectors miss faces that fill the picture, so each also gets the photos with half a side of black around them.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.decode import decode
from ml.pipeline import FacePipeline

FACE_API = Path(__file__).parent / "face_api_peer.cjs"


class Photo(NamedTuple):
    file: Path
    label: str
    rgb: NDArray[np.uint8]


class Answer(NamedTuple):
    """What a reader saw on one photo: the strongest expression of the largest face, or none."""

    top: str | None
    ms: float


def labelled(folder: Path) -> list[Photo]:
    with (folder / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("people/") and row["emotion"]]
    files = [folder / row["file"] for row in rows]
    return [Photo(f, row["emotion"], decode(f.read_bytes()).rgb) for f, row in zip(files, rows, strict=True)]


def padded(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = (side // 2 for side in rgb.shape[:2])
    return np.pad(rgb, ((height, height), (width, width), (0, 0)))


def ours(pipeline: FacePipeline, photos: list[Photo]) -> list[Answer]:
    """The whole self-check, decoding, points, quality and descriptor included."""
    answers = []
    for photo in photos:
        file, start = photo.file.read_bytes(), time.perf_counter()
        reading = pipeline.self_check(file)
        answers.append(Answer(reading.top, (time.perf_counter() - start) * 1000))
    return answers


def fer(photos: list[Photo], *, pad: bool) -> list[Answer]:
    from fer.fer import FER

    peer, answers = FER(), []
    for photo in photos:
        rgb = padded(photo.rgb) if pad else photo.rgb
        bgr, start = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), time.perf_counter()
        faces = peer.detect_emotions(bgr)
        best: Any = max(faces, key=lambda face: face["box"][2] * face["box"][3], default=None)
        top = max(best["emotions"], key=best["emotions"].get) if best else None
        answers.append(Answer(top, (time.perf_counter() - start) * 1000))
    return answers


def face_api(folder: Path, photos: list[Photo], detector: str, *, pad: bool) -> list[Answer]:
    with tempfile.TemporaryDirectory() as name:
        shown = []
        for number, photo in enumerate(photos):
            rgb = padded(photo.rgb) if pad else photo.rgb
            pixels = Path(name) / str(number)
            pixels.write_bytes(np.ascontiguousarray(rgb).tobytes())
            height, width = rgb.shape[:2]
            shown.append({"file": photo.file.name, "pixels": str(pixels), "width": width, "height": height})
        listed = Path(name) / "photos.json"
        listed.write_text(json.dumps(shown))
        command = ["node", str(FACE_API), str(folder), str(listed), detector]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [Answer(line["top"], line["ms"]) for line in lines]


def agreement(pipeline: FacePipeline, folder: Path, face_api_folder: Path | None) -> None:
    """Top-1 agreement with the manifest's labels; the peers on the same photos where they are installed."""
    photos = labelled(folder)

    def tell(name: str, answers: list[Answer]) -> None:
        right = sum(answer.top == photo.label for answer, photo in zip(answers, photos, strict=True))
        unread = sum(answer.top is None for answer in answers)
        ms = statistics.median(answer.ms for answer in answers)
        share = f"{right / len(photos):6.3f} of {len(photos)} photos"
        print(f"{name:<28}{share}, {unread:>2} not read, {ms:6.1f} ms", flush=True)

    tell("ours, everything", ours(pipeline, photos))
    if importlib.util.find_spec("fer") is None:
        print("peer fer: not installed")
    else:
        tell("fer", fer(photos, pad=False))
        tell("fer, padded", fer(photos, pad=True))
    if face_api_folder is None or shutil.which("node") is None:
        print("peer face-api: not installed (--face-api FOLDER, and Node)")
        return
    for detector in ("ssd", "tiny"):
        tell(f"face-api, {detector}", face_api(face_api_folder, photos, detector, pad=False))
        tell(f"face-api, {detector}, padded", face_api(face_api_folder, photos, detector, pad=True))
