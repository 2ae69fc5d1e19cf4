"""What the browser tests and the screenshots share: the running product, a Chromium and a fake camera."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import cv2
import httpx
import numpy as np
from numpy.typing import NDArray
from playwright.async_api import Browser, Playwright

from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
DIST = ROOT / "mobile_client" / "dist" / "index.html"
AXE = ROOT / "mobile_client" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PASSWORD = "a calm harbour at dawn"


def find_chromium() -> str | None:
    """A Chromium of the machine: Playwright's own download is not always reachable."""
    if named := os.environ.get("EVENKEEL_CHROMIUM"):
        return named
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


async def launch(playwright: Playwright, camera: Path, *, allow: bool = True) -> Browser:
    """`allow=False`: nobody answers the browser's question whether the page may use the camera."""
    fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
    arguments = ["--no-sandbox", *fake, *(["--use-fake-ui-for-media-stream"] if allow else [])]
    return await playwright.chromium.launch(executable_path=find_chromium(), args=arguments)


def write_camera(frames: Iterable[NDArray[np.uint8]], target: Path) -> Path:
    """Concatenated JPEGs: Chromium plays them round and round as its camera."""
    with target.open("wb") as file:
        for frame in frames:
            good, encoded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 85])
            assert good
            file.write(encoded.tobytes())
    return target


def clip_frames(clip: Path, start: float, seconds: float) -> list[NDArray[np.uint8]]:
    """A few frames of a clip, on a camera-like 640x480 with room around the face."""
    video = cv2.VideoCapture(str(clip))
    rate = video.get(cv2.CAP_PROP_FPS)
    video.set(cv2.CAP_PROP_POS_FRAMES, int(start * rate))
    frames = []
    for _ in range(int(seconds * rate)):
        good, frame = video.read()
        if not good:
            break
        frames.append(_on_camera(frame))
    video.release()
    return frames


def _on_camera(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    canvas = np.full((480, 640, 3), 150, np.uint8)
    scale = min(440 / frame.shape[0], 600 / frame.shape[1])
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = (480 - small.shape[0]) // 2, (640 - small.shape[1]) // 2
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


@dataclass
class Product:
    """`evenkeel up` on a fresh data directory; can be stopped and started again on the same data."""

    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="evk-browser-")))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def demo(self) -> dict[str, Any]:
        return json.loads((self.home / "demo.json").read_text())

    def start(self) -> None:
        self.home.chmod(0o711)  # run as root, the database belongs to another user
        environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "EVENKEEL_HOME": str(self.home),
            "PORT": str(self.port),
            "EVENKEEL_RATE_LIMITS": "false",
            "EVENKEEL_LOG_LEVEL": "WARNING",
        }
        log = (self.home / "up.log").open("ab")
        command = [sys.executable, "-m", "backend.cli", "up"]
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                with urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200 and (self.home / "demo.json").is_file():
                        return
            except (URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"evenkeel up did not get ready:\n{(self.home / 'up.log').read_text()[-3000:]}")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.process = None

    def discard(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


class Api:
    """A person talking to the API directly: to prepare what a screen then shows."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=30)

    def sign_in(self, username: str, password: str) -> Api:
        answer = self.http.post("/auth/token", data={"username": username, "password": password})
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self

    def register(self, username: str, invite: str, **more: Any) -> Api:
        body = {"username": username, "password": PASSWORD, "phone": "+44 7911 123456", "invite_code": invite, **more}
        self.http.post("/accounts", json=body).raise_for_status()
        return self.sign_in(username, PASSWORD)

    def consent(self, *purposes: str) -> Api:
        for purpose in purposes:
            self.http.put(f"/me/consents/{purpose}", json={"granted": True}).raise_for_status()
        return self

    def send(self, photo: bytes, captured_at: str | None = None, wait: int = 10) -> dict[str, Any]:
        answer = self.http.post(
            "/snapshots",
            files={"file": ("photo.jpg", photo, "image/jpeg")},
            data={"captured_at": captured_at} if captured_at else {},
            headers={"Prefer": f"wait={wait}"},
        )
        answer.raise_for_status()
        return dict(answer.json())

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(path, params=params)
        answer.raise_for_status()
        return answer.json()
