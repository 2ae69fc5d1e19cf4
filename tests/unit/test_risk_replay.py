"""`evenkeel risk replay`: the CSV contract, its errors, its table and its picture."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from backend.risk.cli import app
from benchmarks.risk_worlds import TRAIN, simulate
from ml.emotions import EMOTIONS
from ml.risk.assess import replay
from ml.risk.replay import BadCsv, read_days

HEADER = ["person", "day", *EMOTIONS]
FINE = ["0.1"] * 10
MONDAY = date(2026, 1, 5)


def write(path: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def simulated(path: Path, people: int, blank: bool, dated: bool = True) -> tuple[Path, np.ndarray]:
    sim = simulate(TRAIN[0], people, 11)
    rows = []
    for person, day in np.ndindex(people, sim.days.shape[1]):
        name = (MONDAY + timedelta(days=day)).isoformat() if dated else str(day)
        values = sim.days[person, day]
        if np.isfinite(values[0]):
            rows.append([f"p{person}", name, *(repr(float(v)) for v in values)])
        elif blank:
            rows.append([f"p{person}", name, *[""] * 10])
    return write(path, rows), sim.days


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["replay", *map(str, arguments)])
    return result.exit_code, result.output


def test_every_person_and_day_is_assessed_as_the_library_would(tmp_path: Path) -> None:
    path, days = simulated(tmp_path / "days.csv", 12, blank=True)
    code, said = run(path, "--out", tmp_path / "out.csv", "--picture", tmp_path / "out.png")
    assert code == 0, said
    rows = read(tmp_path / "out.csv")
    assert list(rows[0]) == ["person", "day", "level", "acute", "sustained", "reasons"]
    expected = replay(days, weekday_of_last=(days.shape[1] - 1) % 7)
    assert [row["level"] for row in rows] == [expected[p, d].level.label for p, d in np.ndindex(*expected.level.shape)]
    assert {row["level"] for row in rows} <= {"none", "low", "moderate", "high"}
    assert all(row["reasons"] for row in rows if row["level"] != "none")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    assert "Alerts a week" in said
    assert "person-weeks" in said


def test_absent_rows_and_blank_rows_mean_the_same(tmp_path: Path) -> None:
    for blank in (True, False):
        simulated(tmp_path / f"{blank}.csv", 6, blank)
        run(tmp_path / f"{blank}.csv", "--out", tmp_path / f"{blank}.out.csv")
    whole = {(r["person"], r["day"]): r for r in read(tmp_path / "True.out.csv")}
    for row in read(tmp_path / "False.out.csv"):
        assert whole[row["person"], row["day"]] == row


def test_days_may_be_running_numbers_and_rows_in_any_order(tmp_path: Path) -> None:
    path, _ = simulated(tmp_path / "numbers.csv", 4, blank=False, dated=False)
    run(path, "--out", tmp_path / "a.csv")
    header, *lines = path.read_text().splitlines()
    (tmp_path / "mixed.csv").write_text("\n".join([header, *lines[::-1]]) + "\n")
    run(tmp_path / "mixed.csv", "--out", tmp_path / "b.csv")
    one, other = ({(r["person"], r["day"]): r["level"] for r in read(tmp_path / n)} for n in ("a.csv", "b.csv"))
    assert one == other
    assert ("p0", "40") in one


def test_a_date_without_dashes_is_a_date_and_no_running_number(tmp_path: Path) -> None:
    days = read_days(write(tmp_path / "d.csv", [["a", "20260131", *FINE], ["a", "20260201", *FINE]]))
    assert [days.label(column) for column in range(days.values.shape[1])] == ["2026-01-31", "2026-02-01"]


def test_numbers_and_dates_agree_when_the_weekday_does(tmp_path: Path) -> None:
    days = [read_days(simulated(tmp_path / f"{dated}.csv", 3, False, dated)[0]) for dated in (True, False)]
    assert days[0].weekday_of_last == days[1].weekday_of_last == (84 - 1) % 7


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["a", "2026-01-06", "x", *FINE[1:]], "line 3: happy is 'x', expected a number from 0 to 1"),
        (["a", "2026-01-06", "1.2", *FINE[1:]], "line 3: happy is 1.2"),
        (["a", "2026-01-06", "inf", *FINE[1:]], "line 3: happy is inf"),
        (["a", "soon", *FINE], "line 3: day 'soon' is neither a date"),
        (["a", "7", *FINE], "line 3: dates and running numbers are mixed"),
        (["a", "2026-01-05", *FINE], "line 3: a has this day already in line 2"),
        (["", "2026-01-06", *FINE], "line 3: the person is empty"),
        (["a", "2026-01-06", *FINE[1:]], "line 3: 11 cells, expected 12"),
        (["a", "2206-01-06", *FINE], "more than ten years"),
    ],
)
def test_bad_rows_are_named_by_line(tmp_path: Path, row: list[str], said: str) -> None:
    path = write(tmp_path / "bad.csv", [["a", "2026-01-05", *FINE], row])
    with pytest.raises(BadCsv) as caught:
        read_days(path)
    assert said in str(caught.value)
    code, output = run(path, "--out", tmp_path / "out.csv")
    assert code == 2
    assert "Traceback" not in output
    assert not (tmp_path / "out.csv").exists()


def test_bad_files_are_refused_in_words(tmp_path: Path) -> None:
    no_sad = write(tmp_path / "h.csv", [], [name for name in HEADER if name != "sad"])
    with pytest.raises(BadCsv, match="line 1: no column sad"):
        read_days(no_sad)
    with pytest.raises(BadCsv, match="no days"):
        read_days(write(tmp_path / "e.csv", []))
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadCsv, match="UTF-8"):
        read_days(tmp_path / "b.csv")
    fine = ",".join(["a", "2026-01-05", *FINE])
    (tmp_path / "q.csv").write_text(f'{",".join(HEADER)}\n"{fine}\n' + f"{fine}\n" * 3000)
    with pytest.raises(BadCsv, match="never closed"):
        read_days(tmp_path / "q.csv")
    code, _ = run(tmp_path / "absent.csv", "--out", tmp_path / "o.csv")
    assert code == 2


def test_a_policy_file_is_used_and_checked(tmp_path: Path) -> None:
    path, _ = simulated(tmp_path / "days.csv", 8, blank=False)
    policy = tmp_path / "policy.json"
    policy.write_text('{"moderate_at": 9.0, "high_at": 12.0}')
    assert run(path, "--out", tmp_path / "strict.csv", "--policy", policy)[0] == 0
    run(path, "--out", tmp_path / "usual.csv")
    alarms = [
        sum(row["level"] in ("moderate", "high") for row in read(tmp_path / name))
        for name in ("strict.csv", "usual.csv")
    ]
    assert alarms[0] < alarms[1]
    policy.write_text('{"moderate_at": 0.0}')
    code, said = run(path, "--out", tmp_path / "x.csv", "--policy", policy)
    assert code == 2
    assert "moderate_at" in said
