"""The rules in force: deployment policy, retention, thresholds of the assessment."""

from __future__ import annotations

from collections.abc import Mapping

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
    organisation = await store.organisation(session, me)
    return _retention(RetentionPolicy.from_json(organisation.settings.get("retention", {})))


@router.put("/retention")
async def set_retention(wanted: RetentionIn, me: Admin, session: Session) -> Retention:
    """What is older is removed by the next nightly purge, which reports to the audit log."""
    try:
        policy = RetentionPolicy.from_json(wanted.days)
    except ValueError as error:
        raise Invalid(str(error), field="days") from error
    await _save(session, me, "retention", policy.to_json())
    return _retention(policy)


def _retention(policy: RetentionPolicy) -> Retention:
    return Retention(days=policy.to_json(), bounds=_bounds(RetentionPolicy.bounds()))


@router.get("/thresholds")
async def read_thresholds(me: Admin, session: Session) -> Thresholds:
    """Of the assessment, with what may be chosen."""
    organisation = await store.organisation(session, me)
    return _thresholds(RiskPolicy.from_json(organisation.settings.get("risk", {})))


@router.put("/thresholds")
async def set_thresholds(wanted: ThresholdsIn, me: Admin, session: Session) -> Thresholds:
    """Counts for assessments from now on; `evenkeel risk replay` says beforehand what it would have done."""
    try:
        policy = RiskPolicy.from_json(wanted.values)
    except ValueError as error:
        raise Invalid(str(error), field="values") from error
    await _save(session, me, "risk", policy.to_json())
    return _thresholds(policy)


def _thresholds(policy: RiskPolicy) -> Thresholds:
    return Thresholds(values=dict(policy.to_json()), bounds=_bounds(RiskPolicy.bounds()))


@router.get("/escalation")
async def read_escalation_rules(me: Admin, session: Session) -> Thresholds:
    """When a case is opened, by when HR acts, when it is reminded; with what may be chosen."""
    organisation = await store.organisation(session, me)
    return _escalation(EscalationPolicy.from_json(organisation.settings.get("escalation", {})))


@router.put("/escalation")
async def set_escalation_rules(wanted: ThresholdsIn, me: Admin, session: Session) -> Thresholds:
    """Counts from now on; cases that are open keep the dates they have."""
    try:
        policy = EscalationPolicy.from_json(wanted.values)
    except ValueError as error:
        raise Invalid(str(error), field="values") from error
    await _save(session, me, "escalation", policy.to_json())
    return _escalation(policy)


def _escalation(policy: EscalationPolicy) -> Thresholds:
    return Thresholds(values=dict(policy.to_json()), bounds=_bounds(EscalationPolicy.bounds()))


def _bounds(pairs: Mapping[str, tuple[float, float]]) -> dict[str, Bounds]:
    return {name: Bounds(low=low, high=high) for name, (low, high) in pairs.items()}


async def _save(session: Session, me: Admin, name: str, value: dict[str, int] | dict[str, float | int]) -> None:
    organisation = await store.organisation(session, me)
    before = organisation.settings.get(name, {})
    organisation.settings = {**organisation.settings, name: value}
    session.add(organisation)
    changed = {key: number for key, number in value.items() if before.get(key) != number}
    await audit.record(session, organisation.id, me, f"{name}.changed", **changed)
