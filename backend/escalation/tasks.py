"""An assessment may become a case, only on the person's terms; of a case that nobody acts on HR is reminded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.escalation import move, store
from backend.escalation.policy import FRESH, EscalationPolicy, Offer, reminder_due, status_for, why
from backend.escalation.share import shared_document
from backend.events import CaseChanged, RiskChanged, StillLow
from backend.jobs import emit
from backend.notify.plan import plan
from backend.people.consent import sharing_choice
from backend.policy import POLICIES, named
from backend.resources import Resources
from backend.risk import store as assessments
from backend.tables import Case, Notice, Organisation, Person

# How far back the rules look: as long as the longest run that an administrator can ask for.
MEMORY: Final = timedelta(days=28)
OPENING: Final = [name for name, policy in POLICIES.items() if policy.assessments_open_cases]


async def consider_case(session: AsyncSession, event: RiskChanged, _: Resources) -> None:
    """Step after RiskChanged."""
    await _consider(session, event.person_id)


async def consider_again(session: AsyncSession, event: StillLow, _: Resources) -> None:
    """Step after StillLow."""
    await _consider(session, event.person_id)


async def look_for_low(session: AsyncSession, _: Resources) -> None:
    """Periodic: a level that stays, and support that nobody answers, are no change of level; each gets its own step."""
    since = datetime.now(UTC).date() - FRESH
    for person_id in await store.still_low(session, since, OPENING):
        await emit(session, StillLow(person_id=person_id))


async def _consider(session: AsyncSession, person_id: UUID) -> None:
    """By the newest day there is: the news may have waited for hours, and a photo has changed things since."""
    person, newest = await session.get(Person, person_id), await assessments.latest(session, person_id)
    if person is None or newest is None:
        return
    day = newest.day
    organisation = await session.get_one(Organisation, person.organisation_id)
    policy, now = policy_of(organisation), datetime.now(ZoneInfo(person.timezone))
    because = await _because(session, person, day, now, policy)
    status = status_for(because, await sharing_choice(session, person.id), named(organisation.policy))
    if because is None or status is None:
        return
    if await store.closed_since(session, person.id, now - timedelta(days=policy.pause_days)):
        return
    shared = await shared_document(session, person, day, policy, because=because)
    await move.open_for(
        session, person, key=f"risk:{day}", level=str(shared.get("level", "none")), status=status, opened_by="policy",
        shared=shared, policy=policy,
    )  # fmt: skip


async def _because(
    session: AsyncSession, person: Person, day: date, now: datetime, policy: EscalationPolicy
) -> str | None:
    rows = await assessments.between(session, person.id, day - MEMORY, day)
    notices = await store.support_since(session, person.id, now - MEMORY)
    offers = _offers(notices, await store.last_sign(session, person.id))
    return why([(row.day, row.level) for row in rows], offers, now, policy)


def _offers(notices: Iterable[Notice], last_sign: datetime | None) -> list[Offer]:
    """An answer is a word on whether it helped, or anything said or filled in since."""
    return [
        Offer(one.created_at, one.helpful is not None or (last_sign is not None and last_sign > one.created_at))
        for one in notices
    ]


def policy_of(organisation: Organisation) -> EscalationPolicy:
    return EscalationPolicy.from_json(organisation.settings.get("escalation", {}))


async def tell_hr(session: AsyncSession, event: CaseChanged, _: Resources) -> None:
    """Step after CaseChanged: a new case is news to everybody in HR; the note says that there is one, not whose."""
    case = await session.get(Case, event.case_id)
    if case is None or event.status != "new":
        return
    for colleague in await _colleagues(session, case):
        await plan(session, colleague, f"hr-case:{case.id}:new", "case_new", {"case_id": str(case.id)})


async def remind(session: AsyncSession, _: Resources) -> None:
    """Periodic: past its date, whoever has the case hears of it, or everybody where nobody has it."""
    now = datetime.now(UTC)
    for case, organisation in await store.past_due(session, now):
        if reminder_due(case.due_at, case.reminded_at, case.reminders, now, policy_of(organisation)):
            await move.remind(session, case)
            for person in await _responsible(session, case):
                key = f"hr-case:{case.id}:v{case.version}:reminder{case.reminders}"
                await plan(session, person, key, "case_reminder", {"case_id": str(case.id)})


async def _responsible(session: AsyncSession, case: Case) -> list[Person]:
    keeper = await store.keeper(session, case)
    return [keeper] if keeper else await _colleagues(session, case)


async def _colleagues(session: AsyncSession, case: Case) -> list[Person]:
    """Everybody in HR but the one whom the case is about."""
    people = await store.hr_people(session, case.organisation_id, case.person_id)
    return [person for person, _ in people if person.id != case.person_id]


async def let_questions_lapse(session: AsyncSession, _: Resources) -> None:
    """Periodic: a share question that nobody answered is withdrawn, with what it would have shared."""
    now = datetime.now(UTC)
    for case, organisation in await store.unanswered_questions(session, now):
        if now - case.opened_at >= timedelta(days=policy_of(organisation).question_days):
            await move.expire(session, case)
