"""For setting up a camera: what it sees, every face blotted out, whoever is known in a frame. Off in production.

Either a page on this machine alone (`--preview 8090`) or annotated pictures in a folder (`--preview DIR`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from ml.camera.sources import Frame
from ml.camera.tracks import Place, Sighting
from ml.faces.decode import RGB
from ml.faces.detect import DetectionPolicy, Detector

GREEN: Final = (60, 170, 90)
BLOCKS: Final = 6
# Blotting out is careful where recognising is strict: a doubtful face is blotted out too.
CAREFUL: Final = DetectionPolicy(score=0.4)
PAGE: Final = """<!doctype html><meta charset="utf-8"><title>Camera preview</title>
<body style="margin:1rem;font-family:system-ui"><h1>Camera preview</h1>
<p>For setting up only. Faces are blotted out; a green frame is somebody whom this camera may know.</p>
{pictures}</body>"""
BOUNDARY: Final = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n"


class Preview:
    """Newest annotated picture of each source."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._detector = Detector(policy=CAREFUL)
        self._changed = threading.Condition()
        self._pictures: dict[str, bytes] = {}
        self._numbers: dict[str, int] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def of(self, name: str) -> Callable[[Frame, Sequence[Sighting]], None]:
        """What the eyes of one source call with each frame."""

        def show(frame: Frame, seen: Sequence[Sighting]) -> None:
            picture = self.annotated(frame.rgb, seen)
            encoded = cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes()
            number = self._numbers[name] = self._numbers.get(name, -1) + 1
            if self._folder is not None:
                safe = "".join(letter if letter.isalnum() else "_" for letter in name)
                (self._folder / f"{safe}-{number:06d}.jpg").write_bytes(encoded)
            with self._changed:
                self._pictures[name] = encoded
                self._changed.notify_all()

        self._pictures[name] = b""
        return show

    def annotated(self, rgb: RGB, seen: Sequence[Sighting]) -> RGB:
        picture = rgb.copy()
        for found in self._detector.find(rgb):
            left, top, right, bottom = (float(v) for v in found.box)
            blot(picture, (left, top, right, bottom))
        for one in seen:
            blot(picture, one.box)
        for one in seen:
            _frame(picture, one)
        return picture

    def serve(self, port: int) -> ThreadingHTTPServer:
        """On loopback alone; the caller shuts it down."""
        preview = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                names = list(preview._pictures)
                if self.path == "/":
                    pictures = "".join(
                        f'<h2>{escape(name)}</h2><img src="/{at}" alt="{escape(name)}">'
                        for at, name in enumerate(names)
                    )
                    self._answer("text/html; charset=utf-8", PAGE.format(pictures=pictures).encode())
                elif self.path[1:].isdigit() and int(self.path[1:]) < len(names):
                    self._stream(names[int(self.path[1:])])
                else:
                    self.send_error(404)

            def _answer(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _stream(self, name: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    while True:
                        with preview._changed:
                            preview._changed.wait(5)
                            picture = preview._pictures[name]
                        self.wfile.write(BOUNDARY + picture + b"\r\n")
                except OSError:
                    return  # the browser left

            def log_message(self, *_: object) -> None:
                """Nothing: requests are no news."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, name="preview", daemon=True).start()
        return server


def blot(picture: RGB, box: Place) -> None:
    """A face becomes a few blocks, with a margin, in place."""
    height, width = picture.shape[:2]
    margin = 0.15 * (box[2] - box[0])
    left, top = max(0, int(box[0] - margin)), max(0, int(box[1] - margin))
    right, bottom = min(width, int(box[2] + margin)), min(height, int(box[3] + margin))
    if right - left < 1 or bottom - top < 1:
        return
    small = cv2.resize(picture[top:bottom, left:right], (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
    picture[top:bottom, left:right] = np.asarray(
        cv2.resize(small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    )


def _frame(picture: RGB, one: Sighting) -> None:
    left, top, right, bottom = (int(v) for v in one.box)
    cv2.rectangle(picture, (left, top), (right, bottom), GREEN, 2)
    size = (one.quality or {}).get("face_px", 0.0)
    said = f"known, {size:.0f} px" + ("" if one.vector else ", not readable")
    cv2.putText(picture, said, (left, max(14, top - 6)), cv2.FONT_HERSHEY_SIMPLEX, 0.5, GREEN, 1, cv2.LINE_AA)
