"""The only SQL about notices, their deliveries, and where a person can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.notify.policy import PROMPT, Past
from backend.paging import Cursor
from backend.tables import Delivery, Mail, Notice, Person, PushSubscription, SelfReport, TelegramCode, TelegramLink

# What the policy looks back at.
MEMORY = timedelta(days=60)
PROMPT_LIFE = timedelta(hours=12)


async def add(
    session: AsyncSession,
    person_id: UUID,
    key: str,
    kind: str,
    facts: dict[str, Any],
    due_at: datetime,
    variant: str = "",
) -> UUID | None:
    """None when this key was planned before."""
    notice = Notice(
        id=uuid4(), person_id=person_id, key=key, kind=kind, variant=variant, facts=facts, due_at=due_at
    )  # fmt: skip
    added = await session.exec(
        insert(Notice)
        .values(notice.model_dump())
        .on_conflict_do_nothing(constraint="notice_key")
        .returning(col(Notice.id))
    )
    return notice.id if added.first() else None


async def past(session: AsyncSession, person_id: UUID) -> list[Past]:
    """What the person got lately, and every answer on whether it helped."""
    found = await session.exec(
        select(Notice).where(
            Notice.person_id == person_id,
            (col(Notice.created_at) > datetime.now(UTC) - MEMORY) | col(Notice.helpful).is_not(None),
        )
    )
    return [Past(row.kind, row.variant, row.created_at, row.helpful) for row in found]


async def delivered(session: AsyncSession, notice_id: UUID, channel: str, status: str, detail: str = "") -> None:
    now = datetime.now(UTC)
    delivery = Delivery(
        id=uuid4(), notice_id=notice_id, channel=channel, status=status, detail=detail[:300],
        created_at=now, sent_at=now if status == "sent" else None,
    )  # fmt: skip
    row = insert(Delivery).values(delivery.model_dump())
    changed = {name: row.excluded[name] for name in ("status", "detail", "sent_at")}
    await session.exec(row.on_conflict_do_update(constraint="delivery_channel", set_=changed))


async def plan_delivery(session: AsyncSession, notice_id: UUID, channel: str) -> bool:
    """False when this channel was planned for the notice before."""
    delivery = Delivery(id=uuid4(), notice_id=notice_id, channel=channel, created_at=datetime.now(UTC))
    added = await session.exec(
        insert(Delivery)
        .values(delivery.model_dump())
        .on_conflict_do_nothing(constraint="delivery_channel")
        .returning(col(Delivery.id))
    )
    return added.first() is not None


async def delivery(session: AsyncSession, notice_id: UUID, channel: str) -> Delivery | None:
    """Locked: two workers with the same job take turns."""
    found = await session.exec(
        select(Delivery).where(Delivery.notice_id == notice_id, Delivery.channel == channel).with_for_update()
    )
    return found.first()


async def deliveries_of(session: AsyncSession, notices: Sequence[Notice]) -> dict[UUID, list[Delivery]]:
    found = await session.exec(
        select(Delivery)
        .where(col(Delivery.notice_id).in_([notice.id for notice in notices]))
        .order_by(col(Delivery.created_at), col(Delivery.channel))
    )
    grouped: dict[UUID, list[Delivery]] = {notice.id: [] for notice in notices}
    for row in found:
        grouped[row.notice_id].append(row)
    return grouped


async def forget_deliveries(session: AsyncSession, notice_id: UUID) -> None:
    """A snoozed notice is brought again."""
    await session.exec(delete(Delivery).where(col(Delivery.notice_id) == notice_id))


async def page(session: AsyncSession, person_id: UUID, after: Cursor | None, limit: int) -> list[Notice]:
    """Newest first, those that are due; yesterday's question for the mood is not asked any more."""
    now = datetime.now(UTC)
    current = (col(Notice.kind) != PROMPT) | (col(Notice.due_at) > now - PROMPT_LIFE)
    wanted = select(Notice).where(Notice.person_id == person_id, col(Notice.due_at) <= now, current)
    if after:
        wanted = wanted.where(tuple_(col(Notice.created_at), col(Notice.id)) < (after.moment, after.id))
    wanted = wanted.order_by(col(Notice.created_at).desc(), col(Notice.id).desc()).limit(limit + 1)
    return list(await session.exec(wanted))


async def of_person(session: AsyncSession, person_id: UUID, notice_id: UUID) -> Notice | None:
    found = await session.exec(select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id))
    return found.first()


async def mail(session: AsyncSession, mail_id: UUID) -> Mail | None:
    return (await session.exec(select(Mail).where(Mail.id == mail_id).with_for_update())).first()


async def who_wants_prompts(session: AsyncSession) -> list[Person]:
    wanted = func.coalesce(col(Person.preferences)["notify"]["prompts"].as_integer(), 0)
    return list(await session.exec(select(Person).where(wanted > 0)))


async def who_answered(
    session: AsyncSession, instrument: str, reminder: str, *, before: datetime
) -> list[tuple[Person, datetime, datetime | None]]:
    """Who answered this questionnaire, last before that moment; when, and when they were reminded last."""
    answered = func.max(col(SelfReport.created_at))
    last = (
        select(col(SelfReport.person_id), answered.label("at"))
        .where(SelfReport.instrument == instrument)
        .group_by(col(SelfReport.person_id))
        .having(answered <= before)
        .subquery()
    )
    reminded = (
        select(func.max(col(Notice.created_at)))
        .where(Notice.person_id == Person.id, Notice.kind == reminder)
        .scalar_subquery()
    )
    found = await session.exec(select(Person, last.c.at, reminded).join(last, last.c.person_id == Person.id))
    return [(person, at, told) for person, at, told in found]


async def telegram_chat(session: AsyncSession, person_id: UUID) -> int | None:
    link = await session.get(TelegramLink, person_id)
    return link.chat_id if link else None


async def person_of_chat(session: AsyncSession, chat_id: int) -> Person | None:
    found = await session.exec(
        select(Person).join(TelegramLink, col(TelegramLink.person_id) == Person.id).where(
            TelegramLink.chat_id == chat_id
        )
    )  # fmt: skip
    return found.first()


async def set_telegram_code(session: AsyncSession, person_id: UUID, code_hash: str, expires_at: datetime) -> None:
    row = insert(TelegramCode).values(person_id=person_id, code_hash=code_hash, expires_at=expires_at)
    changed = {name: row.excluded[name] for name in ("code_hash", "expires_at")}
    await session.exec(row.on_conflict_do_update(index_elements=["person_id"], set_=changed))


async def use_telegram_code(session: AsyncSession, code_hash: str) -> UUID | None:
    """Whose code it was; it works once."""
    used = await session.exec(
        delete(TelegramCode)
        .where(col(TelegramCode.code_hash) == code_hash, col(TelegramCode.expires_at) > datetime.now(UTC))
        .returning(col(TelegramCode.person_id))
    )
    row = used.first()
    return row[0] if row else None


async def link_telegram(session: AsyncSession, person_id: UUID, chat_id: int) -> None:
    """A chat that belonged to another account changes hands: who holds the phone and the code decides."""
    await session.exec(delete(TelegramLink).where(col(TelegramLink.chat_id) == chat_id))
    row = insert(TelegramLink).values(person_id=person_id, chat_id=chat_id, linked_at=datetime.now(UTC))
    changed = {name: row.excluded[name] for name in ("chat_id", "linked_at")}
    await session.exec(row.on_conflict_do_update(index_elements=["person_id"], set_=changed))


async def unlink_telegram(session: AsyncSession, person_id: UUID) -> None:
    await session.exec(delete(TelegramLink).where(col(TelegramLink.person_id) == person_id))
    await session.exec(delete(TelegramCode).where(col(TelegramCode.person_id) == person_id))


async def subscriptions(session: AsyncSession, person_id: UUID) -> list[PushSubscription]:
    return list(await session.exec(select(PushSubscription).where(PushSubscription.person_id == person_id)))


async def subscribe(session: AsyncSession, person_id: UUID, endpoint: str, p256dh: str, auth: str) -> None:
    """A browser belongs to whoever is signed in there now."""
    made = PushSubscription(
        id=uuid4(), person_id=person_id, endpoint=endpoint, p256dh=p256dh, auth=auth, created_at=datetime.now(UTC)
    )
    row = insert(PushSubscription).values(made.model_dump())
    changed = {name: row.excluded[name] for name in ("person_id", "p256dh", "auth")}
    await session.exec(row.on_conflict_do_update(index_elements=["endpoint"], set_=changed))


async def unsubscribe(session: AsyncSession, endpoint: str, person_id: UUID | None = None) -> None:
    gone = delete(PushSubscription).where(col(PushSubscription.endpoint) == endpoint)
    await session.exec(gone if person_id is None else gone.where(col(PushSubscription.person_id) == person_id))
