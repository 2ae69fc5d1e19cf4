"""What happens on the road. An event is a fact with ids, never with health data: it travels through the queue."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Self, get_type_hints
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    def encode(self) -> bytes:
        return json.dumps({field.name: getattr(self, field.name) for field in fields(self)}, default=str).encode()

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        kinds = get_type_hints(cls)
        return cls(**{name: _restore(kinds[name], value) for name, value in json.loads(payload).items()})


def _restore(kind: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind is date else value


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEvent(Event):
    """About one person: its steps take that person's lock."""

    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotAccepted(PersonEvent):
    snapshot_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipAccepted(PersonEvent):
    snapshot_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRead(PersonEvent):
    """A reading was stored, changed or deleted: its hour and day are to be computed again."""

    hour: datetime
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesAccepted(Event):
    """An office camera sent frames; whose faces are in them nobody knows yet."""

    burst_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsAdded(PersonEvent):
    """Cameras added readings to a day: all its hours are to be computed again, once for however many came."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupUpdated(PersonEvent):
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskChanged(PersonEvent):
    day: date
    level: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StillLow(PersonEvent):
    """The level has not changed but is raised: time alone may make it a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDue(PersonEvent):
    notice_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChanged(PersonEvent):
    case_id: UUID
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDue(PersonEvent):
    """One channel shall bring one notice; each has a job of its own, so that one that is down holds up no other."""

    notice_id: UUID
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDue(DeliveryDue):
    """The channel is e-mail: a mail server that does not answer keeps whoever asks it waiting, and holds up mails
    alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRequested(PersonEvent):
    mail_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentAsked(PersonEvent):
    enrolment_id: UUID


__all__ = [
    "CaseChanged",
    "ClipAccepted",
    "DeliveryDue",
    "EnrolmentAsked",
    "Event",
    "FramesAccepted",
    "LetterDue",
    "MailRequested",
    "NoticeDue",
    "PersonEvent",
    "ReadingsAdded",
    "RiskChanged",
    "RollupUpdated",
    "SnapshotAccepted",
    "SnapshotRead",
    "StillLow",
]
