"""The agent: every source's eyes, the line to the server, and how it ends. Called by `evenkeel camera`."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ml.camera.buffer import Buffer
from ml.camera.eyes import Eyes
from ml.camera.link import Link
from ml.camera.mailbox import watch
from ml.camera.people import People
from ml.camera.policy import BURST, LINK, PACE, RECORDED
from ml.camera.server import Away, Invalid, Refused, Server
from ml.camera.sources import Frame, Source, SourceError, recorded_frames
from ml.camera.statistics import REGISTRY, SourceCount, Statistics
from ml.camera.thin_eyes import ThinEyes
from ml.camera.tracks import Tracker

if TYPE_CHECKING:
    from ml.camera.preview import Preview
    from ml.pipeline import FacePipeline

DONE, LEFT_OVER, NO_SOURCE, REFUSED = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Options:
    sources: Sequence[Source]
    server: str
    key: str
    data_dir: Path
    buffer_dir: Path
    every: int = PACE.every
    # None: ten for cameras, none for recordings, which are played for their timeline.
    minutes: float | None = None
    fast: bool = False
    thin: bool = False
    preview: str | None = None
    metrics: int | None = None
    quiet: bool = False


class Agent:
    def __init__(self, options: Options, pipeline: FacePipeline | None = None) -> None:
        self.options = options
        self._pipeline = pipeline
        self.statistics = Statistics()
        self.people = People()
        self.buffer = Buffer(options.buffer_dir, options.key)
        self.server = Server(options.server, options.key)
        self.link = Link(self.server, self.people, self.buffer, self.statistics)
        self.failed: list[str] = []
        self._resting: dict[str, datetime] = {}
        self._said = time.monotonic()

    @cached_property
    def pipeline(self) -> FacePipeline:
        from ml.pipeline import FacePipeline

        return self._pipeline or FacePipeline(self.options.data_dir)

    @cached_property
    def preview(self) -> Preview | None:
        wanted = self.options.preview
        if wanted is None:
            return None
        from ml.camera.preview import Preview

        if not wanted.isdigit():
            return Preview(Path(wanted))
        preview = Preview()
        preview.serve(int(wanted))
        self._say(f"preview at http://127.0.0.1:{wanted}/ (faces are blotted out)")
        return preview

    def open(self) -> None:
        """What the options ask for on this machine; an OSError where it cannot be had."""
        if self.options.metrics is not None:
            from prometheus_client import start_http_server

            start_http_server(self.options.metrics, "127.0.0.1", REGISTRY)
        if not self.options.thin:
            _ = self.preview

    def run(self) -> int:
        """As a command: a signal ends it, and what is under way is still kept."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.link.stop.set())
        return self.go()

    def go(self) -> int:
        """Until the recordings end, somebody sets `link.stop`, or the server refuses this camera."""
        if not self.options.thin:
            self.pipeline.warm()
        talking = self.link.start(templates=not self.options.thin)
        watching = self._open_eyes() if self._heard() else []
        self._wait_for(watching)
        self._bring_the_rest()
        self.link.stop.set()
        for thread in talking:
            thread.join(2)
        return self._verdict()

    def _heard(self) -> bool:
        """Whoever may be known comes first: frames before that would be looked at in vain."""
        if self.options.thin:
            return True
        live = any(source.live for source in self.options.sources)
        deadline = time.monotonic() + LINK.patience
        while not self.link.stop.is_set() and (live or time.monotonic() < deadline):
            if self.people.heard.wait(0.5):
                self._say(f"{self.statistics.people} people may be known here")
                return True
            self._say_now_and_then(f"The server is not there ({self.link.trouble}); nobody is looked at before it is.")
        return False

    def _open_eyes(self) -> list[threading.Thread]:
        threads = []
        for source in self.options.sources:
            count = self.statistics.source(source.name)
            thread = self.link.thread(self._watch, source.name, source, count)
            thread.start()
            threads.append(thread)
        return threads

    def _watch(self, source: Source, count: SourceCount) -> None:
        eyes = ThinEyes(self.server, self.statistics, count) if self.options.thin else self._eyes(source, count)
        try:
            eyes.watch(self._frames(source, count))
        except SourceError as error:
            self.failed.append(str(error))
        except Refused as refused:
            self.link.refused = str(refused)
            self.link.stop.set()
        count.state = "ended"

    def _eyes(self, source: Source, count: SourceCount) -> Eyes:
        minutes = self.options.minutes
        if minutes is None:
            minutes = PACE.minutes if source.live else 0.0
        tracker = Tracker(BURST if source.live else RECORDED, minutes, self._resting)
        show = self.preview.of(source.name) if self.preview else None
        return Eyes(self.pipeline, self.people, tracker, self.buffer.add, self.statistics, count, show, self._ahead)

    def _ahead(self) -> timedelta:
        return self.server.ahead

    def _frames(self, source: Source, count: SourceCount) -> Iterator[Frame]:
        if source.live:

            def say(state: str) -> None:
                count.state = state

            return watch(source, self.options.every, self.link.stop, say)
        count.state = "watching"
        return recorded_frames(source, self.options.every, self.link.stop, fast=self.options.fast)

    def _wait_for(self, watching: Sequence[threading.Thread]) -> None:
        while any(thread.is_alive() for thread in watching) and not self.link.stop.is_set():
            self.link.stop.wait(0.2)
            self._say_now_and_then(self.statistics.line())
        for thread in watching:
            thread.join(5)

    def _bring_the_rest(self) -> None:
        """At the end, unless the server will not have it: what waits is sent if the server is there."""
        deadline = time.monotonic() + LINK.patience
        stopped = self.link.stop.is_set()
        while len(self.buffer) and self.link.refused is None and time.monotonic() < deadline:
            try:
                self.link.drain()
            except Away:
                if stopped:
                    return
                time.sleep(0.5)
            except Refused as refused:
                self.link.refused = str(refused)
        with suppress(Away, Refused, Invalid):
            self.server.heartbeat(self.statistics.health())

    def _verdict(self) -> int:
        self.statistics.buffered = len(self.buffer)
        self.statistics.dropped += self.buffer.take_dropped()
        self._say(self.statistics.line())
        if self.link.refused is not None:
            print(f"The server refuses this camera: {self.link.refused} Everybody is forgotten.", file=sys.stderr)
            return REFUSED
        if self.link.broken:
            return LEFT_OVER
        if len(self.buffer):
            print(f"{len(self.buffer)} readings wait, sealed, until this is started again.", file=sys.stderr)
            return LEFT_OVER
        if self.statistics.dropped and not any(source.live for source in self.options.sources):
            print(f"{self.statistics.dropped} frames or readings were lost; play it again.", file=sys.stderr)
            return LEFT_OVER
        for sentence in self.failed:
            print(sentence, file=sys.stderr)
        if self.failed:
            return NO_SOURCE
        if not self.statistics.sources:
            print(f"The server is not there ({self.link.trouble}); nothing was looked at.", file=sys.stderr)
            return LEFT_OVER
        return DONE

    def _say_now_and_then(self, line: str) -> None:
        if time.monotonic() - self._said > 10:
            self._said = time.monotonic()
            self._say(line)

    def _say(self, line: str) -> None:
        if not self.options.quiet:
            print(line, file=sys.stderr, flush=True)
