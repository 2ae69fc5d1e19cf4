"""The agent's parts: sealed buffer, freshness of templates, sources and their reconnecting, the blotted preview."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from backend.cli import app
from ml.camera.agent import LEFT_OVER, Agent, Options
from ml.camera.buffer import Buffer
from ml.camera.command import _key
from ml.camera.eyes import Eyes
from ml.camera.link import Link
from ml.camera.mailbox import Mailbox, watch
from ml.camera.people import People
from ml.camera.policy import BURST, BufferPolicy, LinkPolicy
from ml.camera.server import Away, Invalid, News, Server
from ml.camera.sources import Frame, Source, SourceError, live_frames, parse, recorded_frames
from ml.camera.statistics import SourceCount, Statistics
from ml.camera.templates import Known
from ml.camera.tracks import Glance, Tracker
from ml.emotions import EmotionVector
from ml.faces.identity import FaceTemplate
from ml.faces.reading import ModelId

KEY = "evk_camera_one"


def reading(person: str, number: int = 0) -> dict[str, object]:
    return {"id": f"{person}-{number}", "person_id": person, "vector": [0.123456789]}


# The buffer ----------------------------------------------------------------------------------------------------------


def test_what_waits_survives_a_restart_and_nobody_else_can_read_it(tmp_path: Path):
    buffer = Buffer(tmp_path, KEY)
    buffer.add([reading("ana"), reading("ben")])
    buffer.add([reading("ana", 1)])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert b"ana" not in path.read_bytes()
        assert b"0.123456789" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    again = Buffer(tmp_path, KEY)
    assert len(again) == 3
    assert [one["id"] for some in again.batch(10).values() for one in some] == ["ana-0", "ben-0", "ana-1"]
    assert len(Buffer(tmp_path, "evk_camera_other")) == 0


def test_a_changed_or_moved_file_is_dropped_not_believed(tmp_path: Path):
    buffer = Buffer(tmp_path, KEY)
    buffer.add([reading("ana")])
    buffer.add([reading("ben")])
    first, second = sorted(tmp_path.rglob("*.sealed"))
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    second.rename(second.with_name(f"9{second.name}"))
    assert len(Buffer(tmp_path, KEY)) == 0
    assert list(tmp_path.rglob("*.sealed")) == []


def test_it_is_bounded_and_the_oldest_go_first(tmp_path: Path):
    buffer = Buffer(tmp_path, KEY, BufferPolicy(most_files=3))
    for number in range(5):
        buffer.add([reading("ana", number)])
    assert [one["id"] for some in buffer.batch(10).values() for one in some] == ["ana-2", "ana-3", "ana-4"]
    assert buffer.dropped == 2


def test_nothing_waits_longer_than_a_month_however_long_the_agent_runs(tmp_path: Path, monkeypatch):
    buffer = Buffer(tmp_path, KEY)
    buffer.add([reading("ana")])
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 29 * 86_400)
    assert len(buffer.batch(10)) == 1
    monkeypatch.setattr("time.time", lambda: now + 31 * 86_400)
    buffer.batch(10)
    assert (len(buffer), buffer.take_dropped(), list(tmp_path.rglob("*.sealed"))) == (0, 1, [])


def test_who_withdrew_is_taken_out_of_what_waits(tmp_path: Path):
    buffer = Buffer(tmp_path, KEY)
    buffer.add([reading("ana"), reading("ben")])
    buffer.add([reading("ana", 1)])
    buffer.keep_only({"ben"})
    assert [one["id"] for some in Buffer(tmp_path, KEY).batch(10).values() for one in some] == ["ben-0"]
    assert len(list(tmp_path.rglob("*.sealed"))) == 1


def test_a_full_disk_costs_the_newest_and_keeps_nobody_who_withdrew(tmp_path: Path, monkeypatch):
    buffer = Buffer(tmp_path, KEY)
    buffer.add([reading("ana"), reading("ben")])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    buffer.add([reading("ben", 1)])
    assert (len(buffer), buffer.take_dropped(), buffer.take_dropped()) == (2, 1, 0)
    buffer.keep_only({"ben"})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_batches_are_bounded_but_never_empty(tmp_path: Path):
    buffer = Buffer(tmp_path, KEY)
    for number in range(4):
        buffer.add([reading("ana", 10 * number + one) for one in range(3)])
    assert len(buffer.batch(7)) == 2
    assert len(buffer.batch(1)) == 1
    buffer.remove(buffer.batch(7))
    assert len(buffer) == 6


# Whom the agent knows ------------------------------------------------------------------------------------------------


def test_people_are_forgotten_when_the_server_was_not_heard_for_too_long():
    clock = [0.0]
    people = People(LinkPolicy(stale_after=120), lambda: clock[0])
    assert people.now() is None
    template = FaceTemplate.of([np.ones(128)])
    people.learn(News("v1", [Known("ana", template.to_bytes())]))
    clock[0] = 119
    assert people.now() is not None
    people.confirm()
    clock[0] = 238
    assert people.now().people == ("ana",)
    clock[0] = 240
    assert people.now() is None
    assert people.version is None, "so the next question asks for everything again"


# The line to the server ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def answering(status: int, kind: str, body: bytes = b"", **headers: str) -> Iterator[Server]:
    """Something that gives this answer to everything."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response_only(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    server = Server(f"http://127.0.0.1:{listening.server_port}", KEY)
    yield server
    server.close()
    listening.shutdown()
    listening.server_close()


@pytest.mark.parametrize(
    ("status", "kind", "body", "headers"),
    [
        (404, "text/plain", b"404 page not found", {}),  # a proxy whose backend is just being replaced
        (403, "text/html", b"<html>sign in</html>", {}),
        (404, "application/json", b'{"message": "no Route matched with those values"}', {}),  # a gateway
        (403, "application/json", b'{"message": "Forbidden"}', {}),
        (403, "application/problem+json", b'{"title": "Forbidden", "status": 403}', {}),
        (301, "text/html", b"moved", {"Location": "https://evenkeel.example/"}),
        (200, "text/html", b"<html>sign in</html>", {}),
        (200, "application/json", b'{"sign": "in"}', {}),
        (200, "application/json", b"[", {}),
    ],
)
def test_only_our_own_words_end_anything(tmp_path: Path, status, kind, body, headers):
    """What waits is kept: whatever stands before the server now may be gone in a minute."""
    buffer = Buffer(tmp_path, KEY)
    buffer.add([reading("ana")])
    with answering(status, kind, body, **headers) as server:
        link = Link(server, People(), buffer, Statistics())
        for ask in (lambda: server.templates(None, 0), link.drain):
            with pytest.raises(Away):
                ask()
    assert len(buffer) == 1


class Named:
    model = ModelId("keel", "1")


def test_a_wrong_clock_is_noticed_and_a_network_that_takes_seconds_is_none():
    for behind, noticed in ((3600, True), (-3600, True), (5, False)):
        date = format_datetime(datetime.now(UTC) - timedelta(seconds=behind), usegmt=True)
        with answering(201, "application/json", b'{"refused": []}', Date=date) as server:
            server.send([])
            found = server.ahead.total_seconds()
            glance = Glance("ana", datetime.now(UTC), EmotionVector.from_probabilities([1, 0, 0, 0, 0, 0, 0]), {})
            eyes = Eyes(
                Named, People(), Tracker(BURST, 0), print, Statistics(), SourceCount("door"), None, lambda: server.ahead
            )
            dated = datetime.fromisoformat(eyes._reading(glance)["captured_at"])
        assert found == pytest.approx(behind, abs=30) if noticed else found == 0
        assert (datetime.now(UTC) - dated).total_seconds() == pytest.approx(behind if noticed else 0, abs=60)


def test_a_server_that_does_not_understand_the_heartbeat_ends_nobody(tmp_path: Path, monkeypatch):
    link = Link(Server("http://127.0.0.1:9", KEY), People(), Buffer(tmp_path, KEY), Statistics())
    said = threading.Event()

    def heartbeat(_: object) -> None:
        said.set()
        raise Invalid("agent: Extra inputs are not permitted")

    monkeypatch.setattr(link.server, "heartbeat", heartbeat)
    thread = link.thread(link.bring, "bring")
    thread.start()
    assert said.wait(5)
    link.stop.set()
    thread.join(5)
    assert link.refused is None


def test_a_thread_that_breaks_ends_the_agent(tmp_path: Path, monkeypatch):
    """Half alive, a camera would look well and see nothing."""
    link = Link(Server("http://127.0.0.1:9", KEY), People(), Buffer(tmp_path, KEY), Statistics())
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)

    def breaks(what: str) -> None:
        raise RuntimeError(what)

    thread = link.thread(breaks, "eyes", "a driver")
    thread.start()
    thread.join()
    assert link.broken
    assert link.stop.is_set()


@pytest.mark.parametrize(
    "options",
    [
        ["--server", "localhost:8000"],
        ["--server", "http://h", "--buffer", __file__],
        ["--server", "http://h", "--metrics", "99999"],
        ["--server", "http://h", "--key-file", "/nowhere/key"],
    ],
)
def test_what_cannot_work_is_said_at_once(options, tmp_path: Path):
    answer = CliRunner().invoke(app, ["camera", str(tmp_path), "--key", KEY, *options])
    assert answer.exit_code == 2
    assert options[-2] in answer.output


# Sources -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind", "name"),
    [
        ("rtsp://user:secret@10.0.0.5:554/ch1?token=x", "network", "rtsp://10.0.0.5:554/ch1"),
        ("http://cam.local/mjpeg", "network", "http://cam.local/mjpeg"),
        ("rtsp://a:b@dvr/cam?channel=2&subtype=0&pw=s3", "network", "rtsp://dvr/cam?channel=2&subtype=0"),
        ("rtsp://dvr/user=me&password=a=b_c&channel=1.sdp", "network", "rtsp://dvr/user=…&password=…&channel=1.sdp"),
        (
            "rtsp://dvr/user=me_password=s3_channel=1_stream=0",
            "network",
            "rtsp://dvr/user=…_password=…_channel=1_stream=0",
        ),
        ("0", "device", "device 0"),
        ("/dev/video2", "device", "device /dev/video2"),
    ],
)
def test_addresses_and_names_without_secrets(address, kind, name):
    source = parse(address)
    assert (source.kind, source.name, source.live) == (kind, name, True)


def test_files_and_folders(tmp_path: Path):
    (tmp_path / "clip.mp4").write_bytes(b"")
    assert parse(str(tmp_path / "clip.mp4")).kind == "file"
    assert parse(str(tmp_path)).kind == "images"
    with pytest.raises(SourceError):
        parse(str(tmp_path / "nothing.mp4"))
    with pytest.raises(SourceError):
        list(recorded_frames(parse(str(tmp_path / "clip.mp4")), 12, threading.Event(), fast=True))


def test_sources_come_from_the_environment_where_nobody_reads_their_passwords():
    """Both of the list are looked at: the first is a good address, the second is named as wrong."""
    environment = {
        "EVENKEEL_CAMERA_SOURCE": "rtsp://door:s3cret@127.0.0.1:9/a nowhere.mp4",
        "EVENKEEL_CAMERA_KEY": KEY,
        "EVENKEEL_CAMERA_SERVER": "http://127.0.0.1:9",
    }
    answer = CliRunner().invoke(app, ["camera"], env=environment)
    assert answer.exit_code == 2
    assert "nowhere.mp4 is no file" in answer.stderr
    assert "s3cret" not in answer.output


def test_a_folder_of_images_in_order_half_a_second_apart(tmp_path: Path):
    for number in (3, 1, 2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((8, 8, 3), (0, 0, number), np.uint8))
    (tmp_path / "notes.txt").write_text("no image")
    frames = list(recorded_frames(parse(str(tmp_path)), 12, threading.Event(), fast=True))
    assert [int(one.rgb[0, 0, 0]) for one in frames] == [1, 2, 3], "red comes first: RGB, not BGR"
    assert [(b.moment - a.moment).total_seconds() for a, b in pairwise(frames)] == [0.5, 0.5]


def test_every_twelfth_frame_of_a_clip(photos: Path):
    clip = parse(str(photos / "clip" / "neutral_happy_sad.mp4"))
    frames = list(recorded_frames(clip, 12, threading.Event(), fast=True))
    assert len(frames) == 12
    assert (frames[-1].moment - frames[0].moment).total_seconds() == pytest.approx(5.5, abs=0.01)


def test_who_names_a_key_file_means_it(tmp_path: Path):
    """Also where a service's environment holds another key."""
    (tmp_path / "key").write_text("of the file\n")
    assert _key("of the environment", tmp_path / "key") == "of the file"
    assert _key(" of the environment", None) == "of the environment"
    assert _key("of the environment", tmp_path / "nowhere") == ""


def test_newest_wins():
    mailbox = Mailbox()
    frames = [Frame(np.zeros((1, 1, 3), np.uint8), None) for _ in range(3)]  # type: ignore[arg-type]
    for frame in frames:
        mailbox.put(frame)
    assert mailbox.take(0) is frames[2]
    assert mailbox.take(0) is None
    assert mailbox.overwritten == 2


def test_a_live_source_is_opened_again_until_it_is_stopped():
    stop, said, opened = threading.Event(), [], []
    frame = Frame(np.zeros((1, 1, 3), np.uint8), None)  # type: ignore[arg-type]

    def flaky(_source: Source, _every: int):
        opened.append(1)
        if len(opened) % 2:
            raise SourceError("not there")
        yield frame
        raise SourceError("gone again")

    policy = LinkPolicy(first_pause=0.01, longest_pause=0.02)
    frames = watch(Source("rtsp://x/", "network"), 1, stop, said.append, policy, flaky)
    for taken, _ in enumerate(frames, 1):
        if taken == 3:
            stop.set()
    assert len(opened) >= 6
    assert {"starting", "watching", "reconnecting"} <= set(said)


def test_a_driver_that_breaks_ends_whoever_looks():
    """Only frames that stop coming are waited for; a camera must not look well and see nothing."""

    def breaks(_source: Source, _every: int) -> Iterator[Frame]:
        raise RuntimeError("a driver")
        yield

    with pytest.raises(RuntimeError):
        list(watch(Source("0", "device"), 1, threading.Event(), print, open_frames=breaks))


def test_what_is_no_picture_is_a_stream_that_broke_off(monkeypatch):
    class Torn:
        def grab(self) -> bool:
            raise cv2.error("imdecode: !buf.empty()")

        def release(self) -> None: ...

    monkeypatch.setattr("ml.camera.sources.capture", lambda _: Torn())
    with pytest.raises(SourceError):
        list(live_frames(Source("0", "device"), 1))


def test_a_recording_that_was_not_all_sent_does_not_end_well(tmp_path: Path):
    """Frames of a thin device wait nowhere: without the server they are gone."""
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros((8, 8, 3), np.uint8))
    sources = [parse(str(tmp_path))]
    agent = Agent(Options(sources, "http://127.0.0.1:9", KEY, tmp_path, tmp_path / "buffer", thin=True, quiet=True))
    assert agent.go() == LEFT_OVER


# The preview ---------------------------------------------------------------------------------------------------------


def test_the_preview_shows_nobodys_face(photos: Path, people: list[Path], detector):
    from ml.camera.preview import Preview

    picture = cv2.imread(str(next(path for path in people if path.name.startswith("press_person"))))[:, :, ::-1]
    assert len(detector.find(np.ascontiguousarray(picture))) == 1
    shown = Preview().annotated(np.ascontiguousarray(picture), [])
    assert detector.find(shown) == []
    assert shown.shape == picture.shape
    assert (shown[0] == picture[0]).all(), "the rest of the room stays"


def test_the_preview_page_is_on_loopback_alone():
    from ml.camera.preview import Preview

    preview = Preview()
    show = preview.of("lobby <1>")
    server = preview.serve(0)
    try:
        assert server.server_address[0] == "127.0.0.1"
        http = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        http.request("GET", "/")
        page = http.getresponse().read().decode()
        assert "lobby &lt;1&gt;" in page
        http.request("GET", "/0")
        stream = http.getresponse()
        show(Frame(np.zeros((64, 64, 3), np.uint8), None), [])  # type: ignore[arg-type]
        part = stream.read(200)
        assert b"image/jpeg" in part
        assert b"\xff\xd8" in part
        http.close()
    finally:
        server.shutdown()
        server.server_close()
