"""What is written down stays true: the API description, the settings, the flow."""

from __future__ import annotations

import inspect
import re
from itertools import takewhile
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from backend import events
from backend.admin.policy import RetentionPolicy
from backend.admin.purge import TRACE_TERMS
from backend.cli import openapi_document
from backend.config import Settings
from backend.events import Event, PersonEvent
from backend.flow import FLOW, PERIODIC, load, steps
from backend.insights.policy import DEFAULT as INSIGHTS
from tests.conftest import ROOT


def test_the_committed_api_description_is_the_one_that_is_served() -> None:
    committed = (ROOT / "docs" / "openapi.json").read_text()
    assert committed == openapi_document(), "run `.venv/bin/evenkeel openapi > docs/openapi.json` and commit it"


def rows_of(page: str, header: str) -> list[list[str]]:
    """The cells of the table below this header."""
    lines = (ROOT / "docs" / page).read_text().splitlines()
    table = takewhile(lambda line: line.startswith("|"), lines[lines.index(header) + 2 :])
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def test_every_setting_is_documented_with_its_default_and_nothing_else() -> None:
    documented = rows_of("settings.md", "| Variable | Default | Meaning |")
    real = [
        [
            f"`{field.alias or f'EVENKEEL_{name.upper()}'}`",
            f"`{field.default}`" if field.default not in (None, "") else "–",
            field.description,
        ]
        for name, field in Settings.model_fields.items()
    ]
    of_a_program = [row for row in documented if row[0] == "`EVENKEEL_POSTGRES_BIN`"]
    assert [row for row in documented if row not in of_a_program] == real
    assert len(of_a_program) == 1


def test_data_is_kept_as_long_as_the_page_on_privacy_says() -> None:
    kept = {kind: (days, bounds) for kind, days, bounds in rows_of("privacy.md", "| Kind | Default, days | Bounds |")}
    named = {
        "readings": "readings, hours, days, assessments",
        "self_reports": "self-reports",
        "chat": "chat",
        "notices": "notices",
        "closed_cases": "closed cases",
        "access_log": "access log",
    }
    for name, days in RetentionPolicy().to_json().items():
        low, high = RetentionPolicy.bounds()[name]
        assert kept[named[name]] == (str(days), f"{low}–{high}")
    (queue_log,) = [days for kind, (days, _) in kept.items() if kind.startswith("the job queue's log")]
    (mails,) = [days for kind, (days, _) in kept.items() if kind.startswith("to whom a mail was sent")]
    (figures,) = [days for kind, (days, _) in kept.items() if kind.startswith("published figures of groups")]
    assert (queue_log, mails) == (str(TRACE_TERMS.queue_log.days), str(TRACE_TERMS.mails.days))
    assert figures == str(INSIGHTS.keep.days)


def test_the_page_on_risk_has_the_figures_that_were_measured() -> None:
    page = (ROOT / "docs" / "risk.md").read_text().splitlines()
    measured = (ROOT / "benchmarks" / "results" / "risk.md").read_text()
    test_worlds = measured[measured.index("## Test worlds") : measured.index("## Train worlds")]
    shipped, _, worlds = test_worlds.split("\n### ")
    rows = [line for part in (shipped, worlds) for line in part.splitlines() if line.startswith("|")]
    assert len(rows) > 10
    assert [row for row in rows if row not in page] == []


def test_every_step_of_the_flow_exists_and_takes_its_event() -> None:
    for step, event in steps().values():
        for path in filter(None, (step.run, step.give_up)):
            hints = get_type_hints(load(path))
            assert event in (get_args(hints["event"]) or (hints["event"],)), path


def test_every_event_is_on_the_road() -> None:
    known = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)}
    assert known - {Event, PersonEvent} == set(FLOW)


def test_periodic_work_exists() -> None:
    for path in PERIODIC:
        assert inspect.iscoroutinefunction(load(path)), path


def test_events_survive_the_queue() -> None:
    from datetime import UTC, date, datetime
    from uuid import uuid4

    from backend.events import SnapshotRead

    event = SnapshotRead(person_id=uuid4(), hour=datetime.now(UTC), day=date(2026, 3, 29))
    assert SnapshotRead.decode(event.encode()) == event


def test_there_is_a_decision_record_for_what_a_newcomer_would_question() -> None:
    titles = [path.read_text().splitlines()[0] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert all(re.match(r"# \d{4}: ", title) for title in titles)
    assert len(titles) >= 3
    assert Path(ROOT / "docs" / "architecture.md").is_file()


def test_the_bots_models_are_as_large_as_its_card_says() -> None:
    for _, _, place, size in rows_of("bot-model-card.md", "| | what | where | size |"):
        real = sum(path.stat().st_size for path in ROOT.glob(place.strip("`")))
        (said,) = re.findall(r"about (\d+) kB", size)
        assert int(said) * 1000 == pytest.approx(real, rel=0.05), place


def test_every_place_that_a_document_names_is_there() -> None:
    """Paths from the project's root, and links from where they stand."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    roots = "backend|benchmarks|bot|deploy|docs|migrations|ml|mobile_client|scripts|tests"
    gone = []
    for page in pages:
        text = page.read_text()
        gone += [
            (page.name, path) for path in re.findall(rf"`((?:{roots})/[\w./*-]+)`", text) if not any(ROOT.glob(path))
        ]
        links = [link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if not (page.parent / link).exists()]
        gone += [(page.name, link) for link in links]
    assert gone == []


def test_nobody_is_told_to_install_a_strangers_package() -> None:
    """On PyPI `evenkeel` is somebody else's: ours is installed from its folder."""
    folders = ("backend", "bot", "docs", "ml", "scripts")
    told = [path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix in (".py", ".md", ".sh")]
    asks = re.compile(r"pip install ['\"]?evenkeel")
    assert [str(path) for path in [ROOT / "README.md", *told] if asks.search(path.read_text())] == []
