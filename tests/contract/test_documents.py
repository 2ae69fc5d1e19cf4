"""What is written down stays true: the API description, the settings, the flow."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import get_args, get_type_hints

from backend import events
from backend.cli import openapi_document
from backend.config import Settings
from backend.events import Event, PersonEvent
from backend.flow import FLOW, PERIODIC, load, steps
from tests.conftest import ROOT


def test_the_committed_api_description_is_the_one_that_is_served() -> None:
    committed = (ROOT / "docs" / "openapi.json").read_text()
    assert committed == openapi_document(), "run `make openapi` and commit docs/openapi.json"


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    real = {field.alias or f"EVENKEEL_{name.upper()}" for name, field in Settings.model_fields.items()}
    assert documented == real | {"EVENKEEL_POSTGRES_BIN"}


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
