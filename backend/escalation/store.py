"""The only SQL about cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.escalation.policy import WAITING
from backend.notify.policy import PROMPT, SUPPORT
from backend.paging import Cursor
from backend.policy import POLICIES, named
from backend.tables import (
    Case,
    CaseEvent,
    ChatState,
    Department,
    Notice,
    Organisation,
    Person,
    Reading,
    SelfReport,
)

# What HR may know of: a case that is asked about or was declined does not exist for HR.
SHARED = (*WAITING, "resolved")
SHOWING = [name for name, policy in POLICIES.items() if policy.face_derived_for_hr]
# For HR a case begins when it was shared: when the person was asked, and for how long they thought, is their own.
begun = func.coalesce(col(Case.shared_at), col(Case.opened_at))
OFFERS = tuple(kind for kind in SUPPORT if kind not in (PROMPT, "steadier"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: the case, who of HR has it, and the policy under which HR looks at it."""

    case: Case
    assignee: Person | None
    policy: str

    @property
    def shared_at(self) -> datetime:
        return self.case.shared_at or self.case.opened_at

    @property
    def shared(self) -> dict[str, Any]:
        """What was shared passed the policy once already; what is in force now counts too."""
        return named(self.policy).for_hr(self.case.shared)


@dataclass(frozen=True, slots=True)
class Filters:
    """What HR wants to see of the table; empty means everything."""

    status: Sequence[str] = ()
    level: Sequence[str] = ()
    unit: UUID | None = None
    assignee: UUID | None = None
    unassigned: bool = False
    overdue: bool = False
    start: datetime | None = None
    end: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = [col(Case.status).in_(self.status)] if self.status else []
        if self.level:
            # Where HR may not see a level, asking for one finds nothing.
            wanted += [col(Case.shared)["level"].as_string().in_(self.level), col(Organisation.policy).in_(SHOWING)]
        if self.unit:
            # The unit that was shared, as the table shows it, wherever the person is now.
            unit = select(Department.name).where(
                Department.id == self.unit, Department.organisation_id == Case.organisation_id
            )
            wanted.append(col(Case.shared)["unit"].as_string() == unit.scalar_subquery())
        if self.assignee:
            wanted.append(col(Case.assignee_id) == self.assignee)
        if self.unassigned:
            wanted.append(col(KEEPER.id).is_(None))
        if self.overdue:
            wanted += [col(Case.status).in_(WAITING), col(Case.due_at) < datetime.now(UTC)]
        if self.start:
            wanted.append(self.start <= begun)
        if self.end:
            wanted.append(self.end > begun)
        return wanted


# Whoever left HR has nothing in hand any more, whatever was given to them.
KEEPER = aliased(Person)
IN_HANDS = (col(Case.assignee_id) == KEEPER.id) & (col(KEEPER.role) == "hr")


def _open_to(hr: Person) -> list[ColumnElement[bool]]:
    """Shared cases of the house; one's own is for the colleagues, and is followed under Me like everybody's."""
    return [
        col(Case.organisation_id) == hr.organisation_id,
        col(Case.person_id) != hr.id,
        col(Case.status).in_(SHARED),
    ]


# What happened, who did it, and who had the case then; as far as their accounts still exist.
Happened = tuple[CaseEvent, Person | None, Person | None]


async def open_case(session: AsyncSession, case: Case) -> bool:
    """False when the person has an open case, or this assessment opened one before."""
    added = await session.exec(
        insert(Case).values(case.model_dump(exclude={"number"})).on_conflict_do_nothing().returning(col(Case.id))
    )
    return added.first() is not None


async def page_for_hr(
    session: AsyncSession, hr: Person, filters: Filters, after: Cursor | None, limit: int
) -> list[Line]:
    """Newest first, one more than asked for where there are more."""
    wanted = (
        select(Case, KEEPER, Organisation.policy)
        .join(Organisation, col(Case.organisation_id) == Organisation.id)
        .outerjoin(KEEPER, IN_HANDS)
        .where(*_open_to(hr), *filters.conditions())
    )
    if after:
        wanted = wanted.where(tuple_(begun, col(Case.id)) < (after.moment, after.id))
    wanted = wanted.order_by(begun.desc(), col(Case.id).desc()).limit(limit + 1)
    return [Line(*row) for row in await session.exec(wanted)]


async def counts_for_hr(session: AsyncSession, hr: Person) -> dict[str, int]:
    """Cases in each state, and how many are past their date."""
    late = func.count().filter(col(Case.status).in_(WAITING), col(Case.due_at) < datetime.now(UTC))
    found = await session.exec(select(Case.status, func.count(), late).where(*_open_to(hr)).group_by(col(Case.status)))
    rows = found.all()
    counts = {status: 0 for status in SHARED} | {status: number for status, number, _ in rows}
    return {**counts, "overdue": sum(number for _, _, number in rows)}


async def for_hr(session: AsyncSession, hr: Person, case_id: UUID, *, lock: bool = False) -> Case | None:
    """The person is held before the case, as an erasure does it: it is waited for, and neither can block the other."""
    wanted = select(Case).where(Case.id == case_id, *_open_to(hr))
    there = wanted.join(Person, col(Case.person_id) == Person.id)
    case = (await session.exec(there.with_for_update(read=True, key_share=True, of=Person))).first()
    if case is None or not lock:
        return case
    return (await session.exec(wanted.with_for_update().execution_options(populate_existing=True))).first()


async def line_of(session: AsyncSession, case: Case) -> Line:
    organisation = await session.get_one(Organisation, case.organisation_id)
    return Line(case, await keeper(session, case), organisation.policy)


async def keeper(session: AsyncSession, case: Case) -> Person | None:
    """Who of HR has the case in hand."""
    return await hr_person(session, case.organisation_id, case.assignee_id) if case.assignee_id else None


async def of_person(session: AsyncSession, person_id: UUID) -> list[Case]:
    found = await session.exec(select(Case).where(Case.person_id == person_id).order_by(col(Case.opened_at).desc()))
    return list(found)


async def own(session: AsyncSession, person_id: UUID, case_id: UUID) -> Case | None:
    """Locked: the person's answer and a worker must not cross."""
    found = await session.exec(select(Case).where(Case.id == case_id, Case.person_id == person_id).with_for_update())
    return found.first()


async def history(
    session: AsyncSession, case_ids: Sequence[UUID]
) -> list[tuple[CaseEvent, Person | None, Person | None]]:
    """What happened, oldest first, with who did it and who had the case, as far as their accounts exist."""
    actor, assignee = aliased(Person), aliased(Person)
    found = await session.exec(
        select(CaseEvent, actor, assignee)
        .outerjoin(actor, col(CaseEvent.actor_id) == actor.id)
        .outerjoin(assignee, col(CaseEvent.assignee_id) == assignee.id)
        .where(col(CaseEvent.case_id).in_(case_ids))
        .order_by(col(CaseEvent.at), col(CaseEvent.id))
    )
    return [(event, who, to) for event, who, to in found]


async def hr_people(session: AsyncSession, organisation_id: UUID, reader_id: UUID) -> list[tuple[Person, int]]:
    """Everybody of HR with the number of cases in their hands; who has the reader's own is not for the reader."""
    mine = (col(Case.assignee_id) == Person.id) & col(Case.status).in_(WAITING) & (col(Case.person_id) != reader_id)
    found = await session.exec(
        select(Person, func.count(col(Case.id)))
        .outerjoin(Case, mine)
        .where(Person.organisation_id == organisation_id, Person.role == "hr")
        .group_by(col(Person.id))
        .order_by(func.lower(func.coalesce(func.nullif(Person.display_name, ""), Person.username)))
    )
    return [(person, number) for person, number in found]


async def units(session: AsyncSession, organisation_id: UUID) -> list[Department]:
    wanted = select(Department).where(Department.organisation_id == organisation_id).order_by(col(Department.name))
    return list(await session.exec(wanted))


async def hr_person(session: AsyncSession, organisation_id: UUID, person_id: UUID) -> Person | None:
    found = await session.exec(
        select(Person).where(Person.id == person_id, Person.organisation_id == organisation_id, Person.role == "hr")
    )
    return found.first()


SEEN_LISTED = text(
    """
    insert into access_log (id, subject_id, actor_id, actor_role, what, why, at)
    select gen_random_uuid(), s.id, cast(:actor as uuid), cast(:role as text), cast(:what as text), '', now()
    from person s
    where s.id = any(cast(:subjects as uuid[])) and s.id <> cast(:actor as uuid) and not exists (
      select 1 from access_log l where l.subject_id = s.id and l.actor_id = cast(:actor as uuid)
      and l.what = cast(:what as text) and l.at > now() - make_interval(mins => :minutes))
    for key share of s
    """
)


async def record_listed(
    session: AsyncSession, actor: Person, subjects: Sequence[UUID], what: str, *, minutes: int = 0
) -> None:
    """Names in a table: one line in the access log of each, and no second within so many minutes. Somebody who is
    being erased is waited for and left out."""
    await session.exec(  # type: ignore[call-overload]
        SEEN_LISTED,
        params={"actor": actor.id, "role": actor.role, "what": what, "subjects": list(subjects), "minutes": minutes},
    )


async def support_since(session: AsyncSession, person_id: UUID, since: datetime) -> list[Notice]:
    """Support that was offered of our own accord, oldest first."""
    found = await session.exec(
        select(Notice)
        .where(Notice.person_id == person_id, col(Notice.kind).in_(OFFERS), col(Notice.created_at) >= since)
        .order_by(col(Notice.created_at))
    )
    return list(found)


async def last_sign(session: AsyncSession, person_id: UUID) -> datetime | None:
    """When the person last turned to the bot or filled in a questionnaire: an answer to whatever was offered before.
    The conversation's state knows of every turn: what is said in a crisis is not kept, and messages can be deleted."""
    chat = select(func.max(ChatState.updated_at)).where(ChatState.person_id == person_id)
    report = select(func.max(SelfReport.created_at)).where(SelfReport.person_id == person_id)
    signs = [moment for moment in ((await session.exec(chat)).one(), (await session.exec(report)).one()) if moment]
    return max(signs, default=None)


async def action_units_between(session: AsyncSession, person_id: UUID, first: date, last: date) -> list[dict[str, Any]]:
    """Of the readings that measured them."""
    found = await session.exec(
        select(Reading.action_units).where(
            Reading.person_id == person_id,
            col(Reading.day).between(first, last),
            func.jsonb_typeof(col(Reading.action_units)["intensity"]) == "object",
        )
    )
    return [dict(units) for units in found if units]


async def closed_since(session: AsyncSession, person_id: UUID, since: datetime) -> bool:
    """Did the person say no, or was a case settled, lately?"""
    found = await session.exec(select(exists().where(col(Case.person_id) == person_id, col(Case.closed_at) >= since)))
    return bool(found.one())


STILL_LOW = text(
    """
    select p.id from person p join organisation o on o.id = p.organisation_id
    join lateral (select day, level from assessment where person_id = p.id order by day desc limit 1) a on true
    join lateral (select granted, sharing, expires_at from consent
                  where person_id = p.id and purpose = 'share_escalations' order by created_at desc limit 1) c on true
    where a.level in ('moderate', 'high') and a.day >= :since and o.policy = any(:policies)
      and c.granted and coalesce(c.sharing, 'ask') <> 'never' and (c.expires_at is null or c.expires_at > now())
      and not exists (select 1 from escalation_case e where e.person_id = p.id
                      and e.status in ('asked', 'new', 'acknowledged', 'contacted'))
    """
)


async def still_low(session: AsyncSession, since: date, policies: Sequence[str]) -> list[UUID]:
    """People without an open case whose newest level is raised and who may want to share; the step decides."""
    found = await session.exec(STILL_LOW, params={"since": since, "policies": list(policies)})  # type: ignore[call-overload]
    return list(found.scalars())


async def past_due(session: AsyncSession, now: datetime) -> list[tuple[Case, Organisation]]:
    """Locked and skipped where somebody is acting right now."""
    found = await session.exec(
        select(Case, Organisation)
        .join(Organisation, col(Case.organisation_id) == Organisation.id)
        .where(col(Case.status).in_(WAITING), col(Case.due_at) < now)
        .with_for_update(of=Case, skip_locked=True)
    )
    return [(case, organisation) for case, organisation in found]


async def unanswered_questions(session: AsyncSession, now: datetime) -> list[tuple[Case, Organisation]]:
    found = await session.exec(
        select(Case, Organisation)
        .join(Organisation, col(Case.organisation_id) == Organisation.id)
        .where(Case.status == "asked", col(Case.opened_at) < now - timedelta(days=2))
        .with_for_update(of=Case, skip_locked=True)
    )
    return [(case, organisation) for case, organisation in found]
