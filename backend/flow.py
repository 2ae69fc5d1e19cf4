"""The one-way road, on one screen: which steps follow which event.

A step is named by where it lives, so that the API can emit events without importing what a worker needs
(the models, above all). `give_up` runs when a step is held for good, so that nothing that waits is left waiting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from backend.events import (
    CaseChanged,
    ClipAccepted,
    DeliveryDue,
    EnrolmentAsked,
    Event,
    FramesAccepted,
    LetterDue,
    MailRequested,
    NoticeDue,
    ReadingsAdded,
    RiskChanged,
    RollupUpdated,
    SnapshotAccepted,
    SnapshotRead,
    StillLow,
)

StepFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Step:
    run: str
    give_up: str | None = None
    # Steps about one person run one at a time; reading a photo need not, it touches nothing shared.
    serial: bool = True
    # At most so many at once, over all workers (0: as many as there are slots): long steps must not take every slot.
    at_once: int = 0

    @property
    def name(self) -> str:
        """The queue's name for it, such as `reading.read_snapshot`."""
        module, function = self.run.split(":")
        return f"{module.split('.')[1]}.{function}"


FLOW: Final[dict[type[Event], tuple[Step, ...]]] = {
    SnapshotAccepted: (
        Step(
            "backend.reading.tasks:read_snapshot",
            give_up="backend.reading.tasks:reject_snapshot",
            serial=False,
        ),
    ),
    # A clip takes seconds where a photo takes milliseconds; half of one worker's slots stay free for photos.
    ClipAccepted: (
        Step("backend.clips.tasks:read_clip", give_up="backend.reading.tasks:reject_snapshot", serial=False, at_once=4),
    ),
    FramesAccepted: (
        Step("backend.camera.tasks:read_frames", give_up="backend.camera.tasks:drop_frames", serial=False, at_once=2),
    ),
    SnapshotRead: (Step("backend.rollup.tasks:roll_up"),),
    ReadingsAdded: (Step("backend.rollup.tasks:roll_up_day"),),
    RollupUpdated: (Step("backend.risk.tasks:assess_person"),),
    RiskChanged: (
        Step("backend.notify.tasks:plan_notices"),
        Step("backend.escalation.tasks:consider_case"),
    ),
    StillLow: (Step("backend.escalation.tasks:consider_again"),),
    CaseChanged: (
        Step("backend.notify.tasks:tell_about_case"),
        Step("backend.escalation.tasks:tell_hr"),
    ),
    NoticeDue: (Step("backend.notify.tasks:deliver"),),
    # Half a minute each where a firewall swallows what is sent: together these leave a slot for photos.
    DeliveryDue: (Step("backend.notify.tasks:bring", give_up="backend.notify.tasks:could_not_bring", at_once=3),),
    LetterDue: (Step("backend.notify.tasks:bring_letter", give_up="backend.notify.tasks:could_not_bring", at_once=2),),
    MailRequested: (Step("backend.notify.tasks:send_mail", give_up="backend.notify.tasks:could_not_send", at_once=2),),
    EnrolmentAsked: (Step("backend.people.tasks:enrol_face", give_up="backend.people.tasks:refuse_enrolment"),),
}

# Periodic work: cron expression with seconds last → step. Each runs once, however many workers there are.
PERIODIC: Final[dict[str, str]] = {
    "backend.risk.tasks:assess_everybody": "20 2 * * *",
    "backend.intake.tasks:sweep": "*/5 * * * *",
    "backend.people.tasks:tidy": "*/5 * * * *",
    "backend.camera.tasks:tidy": "*/5 * * * *",
    "backend.insights.tasks:publish_everything": "15 * * * *",
    "backend.insights.tasks:send_summaries": "0 8 10 * *",
    "backend.admin.tasks:remove_what_is_old": "40 2 * * *",
    "backend.admin.tasks:end_consents": "50 2 * * *",
    "backend.admin.tasks:remind_of_consents": "0 9 * * *",
    "backend.notify.tasks:ask_for_moods": "*/10 * * * *",
    "backend.notify.tasks:remind_of_questionnaire": "*/10 * * * *",
    "backend.escalation.tasks:look_for_low": "15 * * * *",
    "backend.escalation.tasks:remind": "25 * * * *",
    "backend.escalation.tasks:let_questions_lapse": "35 * * * *",
}


def steps() -> dict[str, tuple[Step, type[Event]]]:
    """Every step by its queue name, with the event it takes."""
    return {step.name: (step, event) for event, following in FLOW.items() for step in following}


@lru_cache
def load(path: str) -> StepFunction:
    module, function = path.split(":")
    loaded: Any = getattr(import_module(module), function)
    return loaded  # type: ignore[no-any-return]
