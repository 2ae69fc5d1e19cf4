"""A network camera: RTSP with a password, JPEG frames in RTP packets over the same connection (RFC 2326, RFC 2435)."""

from __future__ import annotations

import base64
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

PACKET: Final = 1400
CLOCK: Final = 90_000  # ticks a second, as RTP counts video
SDP: Final = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=door\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track1\r\n"


@dataclass
class RtspCamera:
    """Repeats its pictures until `frames` are sent; then it hangs up or, if it `stalls`, says nothing more."""

    jpegs: Sequence[bytes]  # baseline, 4:2:0, the usual Huffman tables, sides in multiples of 8
    frames: int
    stalls: bool = False
    login: str = ""  # "name:password"
    rate: float = 50.0
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> RtspCamera:
        self._over, self._listener = threading.Event(), socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, client.makefile("rb") as lines:
            while head := _head(lines):
                method = head[""].split()[0]
                self.asked.append(method)
                client.sendall(self._answer(method, head))
                if method == "PLAY":
                    return self._play(client)

    def _answer(self, method: str, head: dict[str, str]) -> bytes:
        known = "Basic " + base64.b64encode(self.login.encode()).decode()
        status, lines, body = "200 OK", [f"CSeq: {head['cseq']}", "Session: 7"], ""
        if self.login and method != "OPTIONS" and head.get("authorization") != known:
            status, lines = "401 Unauthorized", [*lines, 'WWW-Authenticate: Basic realm="door"']
        elif method == "DESCRIBE":
            body = SDP
            lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        elif method == "SETUP":
            lines.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        elif method == "OPTIONS":
            lines.append("Public: DESCRIBE, SETUP, PLAY, TEARDOWN")
        return "\r\n".join([f"RTSP/1.0 {status}", *lines, "", body]).encode()

    def _play(self, client: socket.socket) -> None:
        sequence = 0
        for number in range(self.frames):
            ticks = int(number * CLOCK / self.rate)
            for payload, last in packets(self.jpegs[number % len(self.jpegs)]):
                rtp = struct.pack(">BBHII", 0x80, 26 | last << 7, sequence & 0xFFFF, ticks, 7) + payload
                client.sendall(struct.pack(">cBH", b"$", 0, len(rtp)) + rtp)
                sequence += 1
            time.sleep(1 / self.rate)
        if self.stalls:
            self._over.wait(60)


def _head(lines: BinaryIO) -> dict[str, str]:
    """A request's first line under "", its fields under their small names; nothing at the end of the talk."""
    found: dict[str, str] = {}
    while line := lines.readline().decode().strip():
        name, _, value = line.partition(": ")
        found[name.lower() if found else ""] = value if found else line
    return found


def packets(jpeg: bytes) -> Iterator[tuple[bytes, bool]]:
    """The payloads of one picture, and which is the last; the first carries the quantisation tables."""
    tables, height, width, scan = _parts(jpeg)
    quantisation = struct.pack(">BBH", 0, 0, len(tables)) + tables
    for start in range(0, len(scan), PACKET):
        part = scan[start : start + PACKET]
        head = struct.pack(">II", start, 1 << 24 | 255 << 16 | width // 8 << 8 | height // 8)
        yield head + (quantisation if start == 0 else b"") + part, start + PACKET >= len(scan)


def _parts(jpeg: bytes) -> tuple[bytes, int, int, bytes]:
    """Quantisation tables, height, width, and the scan, between the markers that the receiver makes itself."""
    at, tables, height, width = 2, b"", 0, 0
    while True:
        marker, length = struct.unpack(">HH", jpeg[at : at + 4])
        segment = jpeg[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xFFDB:
            tables += b"".join(segment[i + 1 : i + 65] for i in range(0, len(segment), 65))
        elif marker == 0xFFC0:
            height, width = struct.unpack(">HH", segment[1:5])
        elif marker == 0xFFDA:
            return tables, height, width, jpeg[at : jpeg.rindex(b"\xff\xd9")]
