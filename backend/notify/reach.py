"""Where a person can be reached outside the app, now: an address alone is not enough, it takes their consent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.notify import store
from backend.notify.channels import email, telegram, webpush
from backend.people.consent import consents_of
from backend.people.email import confirmed
from backend.resources import Resources
from backend.tables import Notice, Person

Send = Callable[[AsyncSession, Person, Notice, Resources], Awaitable[bool]]

# True: handed over. False: this way to the person is gone, and was forgotten. Trouble is an exception.
SEND: Final[Mapping[str, Send]] = {"email": email.send, "telegram": telegram.send, "webpush": webpush.send}


async def channels_of(session: AsyncSession, person: Person, resources: Resources) -> frozenset[str]:
    consents = await consents_of(session, person.id)
    ways = {
        "email": confirmed(person) and consents.allows("email"),
        "telegram": resources.config.telegram_token is not None
        and consents.allows("telegram")
        and await store.telegram_chat(session, person.id) is not None,
        # The browser asked the person itself; the subscription is that yes.
        "webpush": bool(await store.subscriptions(session, person.id)),
    }
    return frozenset(name for name, open_ in ways.items() if open_)
