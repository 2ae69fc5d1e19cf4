"""`evenkeel score`: what a script and what a person get."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from ml.emotions import EmotionVector
from ml.faces.reading import FaceReading, ModelId
from ml.score import register
from ml.score_files import Scored, find_photos
from ml.score_picture import draw
from ml.score_table import bar, show

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)  # with a single command Typer would swallow its name
    return app


@pytest.fixture(autouse=True)
def home(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = models_dir.parent / "data"
    if not link.exists():
        link.symlink_to(models_dir)
    monkeypatch.setenv("EVENKEEL_HOME", str(models_dir.parent))


def lines(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.shared
def test_json_lines(app: typer.Typer, photos: Path) -> None:
    file = photos / "groups" / "two_sizes.jpg"
    result = CliRunner().invoke(app, ["score", str(file), "--json"])
    assert result.exit_code == 0
    (line,) = lines(result.stdout)
    assert line["file"] == str(file)
    assert "error" not in line
    first, second = line["readings"]
    assert set(first) >= {"expression", "vector", "top", "confidence", "abstained", "quality", "model", "box"}
    assert len(first["vector"]) == 10
    width = [r["box"][2] - r["box"][0] for r in (first, second)]
    assert width[0] > width[1]


@pytest.mark.shared
def test_unreadable_files_get_a_line_and_fail_the_run(app: typer.Typer, photos: Path, tmp_path: Path) -> None:
    files = [photos / "odd" / "truncated.jpg", tmp_path / "nothing.jpg", photos / "odd" / "quality_good.jpg"]
    result = CliRunner().invoke(app, ["score", *map(str, files), "--json"])
    assert result.exit_code == 1
    found = lines(result.stdout)
    assert [line["file"] for line in found] == [str(f) for f in files]
    assert [line.get("error", {}).get("code") for line in found] == ["damaged", "not_found", None]
    assert all(line["error"]["message"].endswith(".") for line in found[:2])
    assert len(found[2]["readings"]) == 1


@pytest.mark.shared
def test_a_folder_is_searched(app: typer.Typer, photos: Path, tmp_path: Path) -> None:
    source = (photos / "odd" / "quality_good.jpg").read_bytes()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jpg").write_bytes(source)
    (tmp_path / "b_without_a_name").write_bytes(source)
    (tmp_path / "list.csv").write_text("not a photo")
    (tmp_path / "z.png").write_text("calls itself one")
    result = CliRunner().invoke(app, ["score", str(tmp_path), "--json"])
    assert {Path(str(line["file"])).name: line.get("error") is None for line in lines(result.stdout)} == {
        "a.jpg": True,
        "b_without_a_name": True,
        "z.png": False,
    }
    assert result.exit_code == 1


def test_what_cannot_be_looked_into_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ended the run, or was left out of it without a word."""
    for name in ("closed", "open"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(b"")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "link_to_nothing.jpg").symlink_to("nothing")
    os.mkfifo(tmp_path / "pipe.jpg")
    look = os.scandir

    def denied(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", denied)
    impossible = tmp_path / ("a" * 300)
    found = list(find_photos([tmp_path, impossible]))
    assert found == [*(tmp_path / n for n in ("closed", "loop.jpg", "open/a.png")), impossible]


def test_a_photo_that_is_gone_is_left_out_of_the_picture(tmp_path: Path) -> None:
    """One that came through a pipe, too."""
    (tmp_path / "empty.jpg").write_bytes(b"")
    Image.new("RGB", (40, 30)).save(tmp_path / "there.png")
    files = [tmp_path / name for name in ("gone.jpg", "empty.jpg", "there.png")]
    assert draw([Scored(file) for file in files], tmp_path / "out.png") == 1
    assert (tmp_path / "out.png").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_no_name_and_no_bar_ends_the_table(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vector = EmotionVector.from_probabilities([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    reading = FaceReading(ModelId("keel", "1"), vector, confidence=0.4)
    file = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, encoding, write_through=True))
    show([Scored(Path(os.fsdecode(b"caf\xe9.jpg")), [reading])])
    assert "caf?.jpg" in file.getvalue().decode(encoding)
    assert "neutral" in file.getvalue().decode(encoding)


@pytest.mark.shared
def test_what_has_no_end_is_too_large(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["score", "/dev/zero", "--json"])
    assert lines(result.stdout)[0]["error"]["code"] in ("too_large", "not_found")


@pytest.mark.shared
@pytest.mark.parametrize("copies", [1, 4])
def test_names_are_printed_as_they_are(app: typer.Typer, photos: Path, tmp_path: Path, copies: int) -> None:
    """Square brackets are markup to the library that draws the tables."""
    file = tmp_path / "me [1] [red].jpg"
    file.write_bytes((photos / "odd" / "quality_good.jpg").read_bytes())
    result = CliRunner().invoke(app, ["score", *[str(file)] * copies, "--picture", str(tmp_path)])
    assert "[red].jpg" in result.stdout
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.shared
def test_the_table_names_faces_and_reasons(app: typer.Typer, photos: Path) -> None:
    good, dark = (str(photos / "odd" / f"quality_{n}.jpg") for n in ("good", "dark"))
    result = CliRunner().invoke(app, ["score", good, dark, str(photos / "noface" / "white.png")])
    assert result.exit_code == 0
    assert "% sure" in result.stdout
    assert "surprise" in result.stdout
    assert "too_dark" in result.stdout
    assert "no face found" in result.stdout
    assert "3 photos · 2 faces" in result.stderr
    assert "not scored, too_dark: 1" in result.stderr


@pytest.mark.shared
def test_a_long_table(app: typer.Typer, photos: Path) -> None:
    result = CliRunner().invoke(app, ["score", str(photos / "groups")])
    assert result.exit_code == 0
    assert result.stdout.count("nine_in_a_call.jpg") == 9


@pytest.mark.shared
def test_the_picture_marks_the_face(app: typer.Typer, photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "out.png"
    file = photos / "odd" / "quality_good.jpg"
    result = CliRunner().invoke(app, ["score", str(file), "--json", "--picture", str(target)])
    assert result.exit_code == 0
    assert "1 of 1 photos drawn" in result.stderr
    with Image.open(target) as picture:
        colours = {colour for _, colour in picture.getcolors(1 << 24)}
    assert (47, 125, 107) in colours  # the box and the bars of a scored face
    assert (255, 215, 94) in colours  # its points


@pytest.mark.parametrize(("share", "drawn"), [(0, ""), (1, "█" * 8), (0.5, "█" * 4), (1 / 64, "▏"), (2, "█" * 8)])
def test_bars(share: float, drawn: str) -> None:
    assert bar(share, 8) == drawn.ljust(8)


def test_the_command_line_loads_no_model_until_it_scores() -> None:
    script = "import sys, ml.score\nprint([m for m in ('cv2', 'dlib', 'onnxruntime', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.shared
def test_the_installed_command(photos: Path) -> None:
    command = [sys.executable, "-m", "backend.cli", "score", "--json", str(photos / "odd" / "grey16.png")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = lines(done.stdout)
    assert line["readings"][0]["top"] == "happy"
