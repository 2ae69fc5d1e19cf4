"""Which message, and bringing it there: one job a channel, so that one that is down holds up no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import store as chats
from backend.events import CaseChanged, DeliveryDue, LetterDue, MailRequested, NoticeDue, RiskChanged
from backend.jobs import emit
from backend.notify import reach, store
from backend.notify.channels import email
from backend.notify.plan import plan
from backend.notify.policy import (
    DEFAULT,
    INAPP,
    REMINDER,
    Assessed,
    about_level,
    channels_for,
    moment_for,
    prompt_due,
    questionnaire_due,
    still_asked,
)
from backend.notify.postbox import hand_over
from backend.preferences import preferences_of
from backend.resources import Resources
from backend.risk import store as assessments
from backend.risk.tasks import policy_of
from backend.tables import Case, Notice, Organisation, Person

# Less than this is not worth another job.
SOON = timedelta(seconds=1)
FORTNIGHT = DEFAULT.questionnaire_every


async def plan_notices(session: AsyncSession, event: RiskChanged, _: Resources) -> None:
    """Step after RiskChanged."""
    person = await session.get(Person, event.person_id)
    if person is None:
        return
    organisation = await session.get_one(Organisation, person.organisation_id)
    newest = max(event.day, datetime.now(UTC).date() + timedelta(days=1))
    rows = await assessments.between(session, person.id, event.day - store.MEMORY, newest)
    planned = about_level(
        [Assessed(row.day, row.level, row.learning) for row in rows],
        (event.day, event.level, event.before),
        await store.past(session, person.id),
        policy_of(organisation).missing_limit,
    )
    if planned is None:
        return
    helped = await chats.helpful_exercises(session, person.id)
    facts = {"day": str(event.day)} | ({"helped": helped[0]} if helped else {})
    await plan(session, person, planned.key, planned.kind, facts)


async def tell_about_case(session: AsyncSession, event: CaseChanged, _: Resources) -> None:
    """Step after CaseChanged: the person is asked, and learns each state; what they did themselves is no news."""
    person, case = await session.get(Person, event.person_id), await session.get(Case, event.case_id)
    if person is None or case is None or (event.status == "new" and not _shared_by_itself(case)):
        return
    if event.status == "asked" and case.status != "asked":  # answered meanwhile
        return
    kind = "share_question" if event.status == "asked" else "case_status"
    facts = {"case_id": str(event.case_id), "status": event.status}
    await plan(session, person, f"case:{event.case_id}:{event.status}", kind, facts)


def _shared_by_itself(case: Case) -> bool:
    """On the person's standing agreement, without a question."""
    return case.opened_by == "policy" and case.shared_at == case.opened_at


async def ask_for_moods(session: AsyncSession, _: Resources) -> None:
    """Periodic: the one-tap mood, at most two a day, for those who switched it on."""
    now = datetime.now(UTC)
    for person in await store.who_wants_prompts(session):
        planned = prompt_due(preferences_of(person), person.timezone, now)
        if planned:
            await plan(session, person, planned.key, planned.kind, {})


async def remind_of_questionnaire(session: AsyncSession, _: Resources) -> None:
    """Periodic: the WHO-5 again, a fortnight after it was last answered, for those who answered it before."""
    now = datetime.now(UTC)
    for person, last, reminded in await store.who_answered(session, "who5", REMINDER, before=now - FORTNIGHT):
        planned = questionnaire_due(preferences_of(person), person.timezone, last, reminded, now)
        if planned:
            await plan(session, person, planned.key, planned.kind, {"instrument": "who5"})


async def deliver(session: AsyncSession, event: NoticeDue, resources: Resources) -> None:
    """Step after NoticeDue: inside the app a notice is delivered by being there; the others get a job each."""
    loaded = await _notice(session, event.person_id, event.notice_id)
    if loaded is None:
        return
    person, notice = loaded
    now, preferences = datetime.now(UTC), preferences_of(person)
    if notice.due_at - now > SOON:  # put off again meanwhile
        await emit(session, event, delay=notice.due_at - now)
        return
    await store.delivered(session, notice.id, INAPP, "sent")
    for channel in channels_for(notice.kind, preferences, await reach.channels_of(session, person, resources), now):
        moment = moment_for(channel, preferences, person.timezone, now)
        if still_asked(notice.kind, notice.due_at, moment) and await store.plan_delivery(session, notice.id, channel):
            kind = LetterDue if channel == "email" else DeliveryDue
            due = kind(person_id=person.id, notice_id=notice.id, channel=channel)
            await emit(session, due, delay=moment - now)


async def bring(session: AsyncSession, event: DeliveryDue, resources: Resources) -> None:
    """Step after DeliveryDue. Looks again at what the person allows: an opt-out a second ago counts."""
    delivery = await store.delivery(session, event.notice_id, event.channel)
    loaded = await _notice(session, event.person_id, event.notice_id)
    if delivery is None or delivery.status in ("sent", "withheld") or loaded is None:
        return
    person, notice = loaded
    now, preferences = datetime.now(UTC), preferences_of(person)
    reachable = await reach.channels_of(session, person, resources)
    if event.channel not in channels_for(notice.kind, preferences, reachable, now):
        await store.delivered(session, notice.id, event.channel, "withheld", "switched off, paused or not allowed")
        return
    moment = moment_for(event.channel, preferences, person.timezone, now)
    if not still_asked(notice.kind, notice.due_at, moment):
        await store.delivered(session, notice.id, event.channel, "withheld", "too late to ask")
        return
    if moment - now > SOON:
        await emit(session, event, delay=moment - now)
        return
    sent = await reach.SEND[event.channel](session, person, notice, resources)
    await store.delivered(session, notice.id, event.channel, "sent" if sent else "withheld", "" if sent else "gone")


async def bring_letter(session: AsyncSession, event: LetterDue, resources: Resources) -> None:
    """Step after LetterDue: mails have a share of the worker's slots for themselves."""
    await bring(session, event, resources)


async def could_not_bring(session: AsyncSession, event: DeliveryDue | LetterDue, _: Resources) -> None:
    """Given up: visible in the notice's deliveries, and the job is held for an administrator."""
    if await store.delivery(session, event.notice_id, event.channel):
        await store.delivered(session, event.notice_id, event.channel, "failed", "given up, see the held job")


async def _notice(session: AsyncSession, person_id: UUID, notice_id: UUID) -> tuple[Person, Notice] | None:
    notice = await store.of_person(session, person_id, notice_id)
    person = await session.get(Person, person_id)
    return (person, notice) if person and notice else None


async def send_mail(session: AsyncSession, event: MailRequested, resources: Resources) -> None:
    """Step after MailRequested; the text goes once it was handed over."""
    mail, person = await store.mail(session, event.mail_id), await session.get(Person, event.person_id)
    if mail is None or person is None or mail.status == "sent":
        return
    await hand_over(email.requested(mail, person, resources), resources.config)
    mail.status, mail.text, mail.sent_at = "sent", "", datetime.now(UTC)
    session.add(mail)


async def could_not_send(session: AsyncSession, event: MailRequested, _: Resources) -> None:
    """The text stays, so that the held job can be tried again."""
    mail = await store.mail(session, event.mail_id)
    if mail is not None:
        mail.status, mail.detail = "failed", "given up, see the held job"
        session.add(mail)
