"""Between a camera that never waits and eyes that may be busy: one frame, the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from ml.camera.policy import LINK, LinkPolicy
from ml.camera.sources import Frame, Source, SourceError, live_frames


class Mailbox:
    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._frame: Frame | None = None
        self.overwritten = 0

    def put(self, frame: Frame) -> None:
        with self._ready:
            self.overwritten += self._frame is not None
            self._frame = frame
            self._ready.notify()

    def take(self, seconds: float) -> Frame | None:
        with self._ready:
            self._ready.wait_for(lambda: self._frame is not None, seconds)
            frame, self._frame = self._frame, None
            return frame


def watch(
    source: Source,
    every: int,
    stop: threading.Event,
    say: Callable[[str], None],
    policy: LinkPolicy = LINK,
    open_frames: Callable[[Source, int], Iterator[Frame]] = live_frames,
) -> Iterator[Frame]:
    """Frames of a live source until `stop`; it is opened again, with growing pauses, whenever it breaks off."""
    mailbox = Mailbox()
    broken: list[Exception] = []

    def grab() -> None:
        try:
            _keep_grabbing(lambda: open_frames(source, every), mailbox, stop, say, policy)
        except Exception as error:  # whoever looks ends with it: a camera must not look well and see nothing
            broken.append(error)

    # A driver may hang in a read: the thread must not keep the process from ending.
    threading.Thread(target=grab, name=f"grab {source.name}", daemon=True).start()
    while not stop.is_set():
        if (frame := mailbox.take(0.5)) is not None:
            yield frame
        if broken:
            raise broken[0]


def _keep_grabbing(
    opened: Callable[[], Iterator[Frame]],
    mailbox: Mailbox,
    stop: threading.Event,
    say: Callable[[str], None],
    policy: LinkPolicy,
) -> None:
    pause = policy.first_pause
    while not stop.is_set():
        say("starting")
        try:
            for frame in opened():
                mailbox.put(frame)
                pause = policy.first_pause
                say("watching")
                if stop.is_set():
                    return
        except SourceError:
            pass
        say("reconnecting")
        stop.wait(pause)
        pause = min(2 * pause, policy.longest_pause)
