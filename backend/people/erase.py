"""Erasing an account: every row about the person, the jobs that wait for them, and mails in the outbox.

What is left: the audit log's line that an account was erased, without a name, and the receipt, which only the person
has.
"""

from __future__ import annotations

from collections.abc import Collection
from email import policy as email_policy
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path
from uuid import uuid4

from sqlalchemy import delete, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit
from backend.mail import reachable
from backend.people import receipts, store
from backend.people.belongings import counts_of
from backend.tables import Mail, Person
from backend.vault import Vault

JOBS = text("delete from pgqueuer where convert_from(payload, 'UTF8') like '%' || :person || '%'")
# A held job's traceback may name the person.
TRACES = text("delete from pgqueuer_log where traceback::text like '%' || :person || '%'")
WINDOWS = text("delete from rate_window where key like '%' || :person || '%'")


async def erase_account(session: AsyncSession, vault: Vault, person: Person) -> tuple[receipts.Receipt, set[str]]:
    """In one transaction. The person's rows go first, so that a job under way cannot add one; then the jobs.

    With the addresses that mails went to, former ones among them: the outbox has files that no transaction holds.
    """
    await store.lock_person(session, person.id)
    addresses = set(await session.exec(select(Mail.to).where(Mail.person_id == person.id)))
    addresses |= {person.email} if person.email else set()
    organisation, _ = await store.place_of(session, person)
    counts = await counts_of(session, person.id)
    await store.wait_for_reading(session, person.id)  # before the person's row is taken: the reader needs that row next
    await session.exec(delete(Person).where(col(Person.id) == person.id))
    counts["jobs"] = await _gone(session, JOBS, person)
    await _gone(session, TRACES, person)
    await _gone(session, WINDOWS, person)
    receipt_id = uuid4()
    facts = {"username": person.username, "organisation": organisation.name, "erased": counts, "kept": KEPT}
    receipt = receipts.issue(vault, "account.erased", facts, receipt_id)
    await audit.record(session, organisation.id, None, "account.erased", receipt=receipt_id)
    return receipt, addresses


KEPT = (
    "One line in the audit log: the time and the number of this receipt, no name.",
    "Lines in it about what administrators did to the account, under a random name that leads nowhere now.",
    "Figures about groups of at least five people that were computed before.",
)


async def erase_mails(session: AsyncSession, person: Person, address: str) -> None:
    """Called when somebody leaves an address behind."""
    theirs = delete(Mail).where(col(Mail.person_id) == person.id, col(Mail.to) == address)
    await session.exec(theirs)


async def _gone(session: AsyncSession, statement: object, person: Person) -> int:
    gone = await session.exec(statement, params={"person": str(person.id)})  # type: ignore[call-overload]
    return int(gone.rowcount)


def erase_outbox(home: Path, addresses: Collection[str]) -> int:
    """Mails that were written as files because there is no mail server. After the commit: files do not roll back."""
    gone, written = 0, {reachable(address).lower() for address in addresses}
    for path in (home / "outbox").glob("*.eml") if written else ():
        message = BytesParser(policy=email_policy.default).parsebytes(path.read_bytes(), headersonly=True)
        if written & {mail.lower() for _, mail in getaddresses(message.get_all("to", []))}:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
