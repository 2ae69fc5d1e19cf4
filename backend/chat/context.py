"""What the bot may know in this turn: the person's own data, for the person alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import store
from backend.chat.policy import DEFAULT, last_days, levels, usual_range
from backend.config import Settings
from backend.people.consent import PURPOSES, consents_of, sharing_choice
from backend.people.place import country_of
from backend.rollup import store as rollups
from backend.selfreport import store as reports
from backend.selfreport.policy import balance, due
from backend.tables import Organisation, Person
from bot.dialogue.turns import Context, Sharing

# Offered by the bot; the longer ones follow from the answers.
OFFERED = ("who5",)
SHARING: Final[dict[str, Sharing]] = {"ask": "ask", "automatic": "auto"}


async def context_of(session: AsyncSession, person: Person, config: Settings) -> Context:
    now, zone = datetime.now(UTC), ZoneInfo(person.timezone)
    today = now.astimezone(zone).date()
    found = await day_levels(session, person, today)
    results = await store.exercise_results(session, person.id)
    consents = await consents_of(session, person.id)
    sharing = await sharing_choice(session, person.id)
    organisation = await session.get_one(Organisation, person.organisation_id)
    last = await reports.last_by_instrument(session, person.id)
    return Context(
        locale=person.locale,
        # Numbers to call work where the person is, not where the office is.
        country=country_of(person.timezone) or organisation.country or None,
        display_name=person.display_name or None,
        days=last_days(found, today),
        usual=usual_range(found, today),
        helped=tuple(row.exercise for row in results if row.helpful),
        did_not_help=tuple(row.exercise for row in results if not row.helpful),
        consents=frozenset(purpose for purpose in PURPOSES if consents.allows(purpose)),
        sharing=SHARING.get(sharing, "never"),
        llm=config.llm_url is not None and free_talk(person),
        due=tuple(name for name in OFFERED if due(name, last.get(name), zone, now)),
    )


def free_talk(person: Person) -> bool:
    """Did the person agree that a language model answers? Off unless they said so."""
    return bool(person.preferences.get("chat", {}).get("free_talk"))


async def day_levels(session: AsyncSession, person: Person, today: date) -> dict[date, float]:
    """Every day's level as far back as the usual range looks."""
    first = today - timedelta(days=DEFAULT.days + DEFAULT.usual_days)
    zone = ZoneInfo(person.timezone)
    read = {row.day: balance(row.mean) for row in await rollups.days_between(session, person.id, first, today)}
    said: dict[date, list[float]] = defaultdict(list)
    since = datetime.combine(first, datetime.min.time(), zone)
    for report in await reports.moods_since(session, person.id, since):
        said[report.created_at.astimezone(zone).date()].append((report.score - 3) / 2)
    return levels(read, said)
