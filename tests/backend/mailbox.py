"""Somebody who reads their mail and follows the link that confirms the address."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.tables import Mail
from tests.backend.conftest import Account


async def confirm_address(account: Account, sessions: async_sessionmaker[AsyncSession]) -> None:
    """The link stands in the mail that waits to be sent; the button behind it is pressed, the mail thrown away."""
    async with transaction(sessions) as session:
        waiting = select(Mail).where(Mail.person_id == UUID(account.id)).order_by(col(Mail.created_at).desc())
        mail = (await session.exec(waiting)).first()
        assert mail is not None
        await session.delete(mail)
    link = re.search(r"/confirm-email/\S+", mail.text)
    assert link is not None, mail.text
    assert (await account.http.post(link.group())).status_code == 200
