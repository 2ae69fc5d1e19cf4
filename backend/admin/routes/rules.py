"""The rules in force: deployment policy, retention, thresholds of the assessment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import APIRouter

from backend import audit
from backend.admin import store
from backend.admin.change_policy import change_policy
from backend.admin.policy import RetentionPolicy
from backend.admin.schemas import (
    Bounds,
    PolicyChanged,
    PolicyIn,
    PolicyOut,
    Retention,
    RetentionIn,
    Thresholds,
    ThresholdsIn,
)
from backend.deps import Admin, Session
from backend.errors import Invalid
from backend.escalation.policy import EscalationPolicy
from backend.policy import named
from backend.tables import Organisation
from ml.risk.policy import RiskPolicy

router = APIRouter()
# Numbers within bounds that an organisation may choose: each kind reads, checks and describes itself.
Rules = TypeVar("Rules", RetentionPolicy, RiskPolicy, EscalationPolicy)


@router.get("/policy")
async def read_policy(me: Admin, session: Session) -> PolicyOut:
    """What the deployment policy allows and closes."""
    return PolicyOut.model_validate(_policy(await store.organisation(session, me)))


@router.put("/policy")
async def set_policy(wanted: PolicyIn, me: Admin, session: Session) -> PolicyChanged:
    """Audited; everybody is asked for their consents again, and what the new policy closes is erased."""
    organisation = await store.organisation(session, me)
    people, erased = await change_policy(session, organisation, me, wanted.policy)
    return PolicyChanged.model_validate({**_policy(organisation), "people_asked_again": people, "erased": erased})


def _policy(organisation: Organisation) -> dict[str, object]:
    policy = named(organisation.policy)
    return {
        "policy": policy.name,
        "since": organisation.policy_since,
        "closed_purposes": sorted(policy.closed),
        "cameras": policy.cameras,
        "assessments_open_cases": policy.assessments_open_cases,
        "face_derived_for_hr": policy.face_derived_for_hr,
    }


@router.get("/retention")
async def read_retention(me: Admin, session: Session) -> Retention:
    """Days that each kind of data is kept."""
    return _retention(await _in_force(session, me, "retention", RetentionPolicy))


@router.put("/retention")
async def set_retention(wanted: RetentionIn, me: Admin, session: Session) -> Retention:
    """What is older is removed by the next nightly purge, which reports to the audit log."""
    return _retention(await _set(session, me, "retention", RetentionPolicy, wanted.days, field="days"))


@router.get("/thresholds")
async def read_thresholds(me: Admin, session: Session) -> Thresholds:
    """Of the assessment, with what may be chosen."""
    return _thresholds(await _in_force(session, me, "risk", RiskPolicy))


@router.put("/thresholds")
async def set_thresholds(wanted: ThresholdsIn, me: Admin, session: Session) -> Thresholds:
    """Counts for assessments from now on; `evenkeel risk replay` says beforehand what it would have done."""
    return _thresholds(await _set(session, me, "risk", RiskPolicy, wanted.values, field="values"))


@router.get("/escalation")
async def read_escalation_rules(me: Admin, session: Session) -> Thresholds:
    """When a case is opened, by when HR acts, when it is reminded; with what may be chosen."""
    return _thresholds(await _in_force(session, me, "escalation", EscalationPolicy))


@router.put("/escalation")
async def set_escalation_rules(wanted: ThresholdsIn, me: Admin, session: Session) -> Thresholds:
    """Counts from now on; cases that are open keep the dates they have."""
    return _thresholds(await _set(session, me, "escalation", EscalationPolicy, wanted.values, field="values"))


def _retention(policy: RetentionPolicy) -> Retention:
    return Retention(days=policy.to_json(), bounds=_bounds(policy.bounds()))


def _thresholds(policy: RiskPolicy | EscalationPolicy) -> Thresholds:
    return Thresholds(values=dict(policy.to_json()), bounds=_bounds(policy.bounds()))


def _bounds(pairs: Mapping[str, tuple[float, float]]) -> dict[str, Bounds]:
    return {name: Bounds(low=low, high=high) for name, (low, high) in pairs.items()}


async def _in_force(session: Session, me: Admin, name: str, kind: type[Rules]) -> Rules:
    organisation = await store.organisation(session, me)
    return kind.from_json(organisation.settings.get(name, {}))


async def _set(session: Session, me: Admin, name: str, kind: type[Rules], wanted: dict[str, Any], field: str) -> Rules:
    """Within the bounds, saved as the organisation's own, and each changed number audited."""
    try:
        policy = kind.from_json(wanted)
    except ValueError as error:
        raise Invalid(str(error), errors=_errors(str(error), field, wanted)) from error
    organisation = await store.organisation(session, me)
    before, value = {**kind().to_json(), **organisation.settings.get(name, {})}, policy.to_json()
    organisation.settings = {**organisation.settings, name: value}
    session.add(organisation)
    changed = {key: number for key, number in value.items() if before[key] != number}
    if changed:
        await audit.record(session, organisation.id, me, f"{name}.changed", **changed)
    return policy


def _errors(said: str, field: str, wanted: Mapping[str, Any]) -> list[dict[str, str]]:
    """At each number that the sentence names: several may contradict each other."""
    named = [name for name in wanted if re.search(rf"\b{re.escape(name)}\b", said)]
    return [{"field": f"{field}.{name}", "message": said} for name in named]
