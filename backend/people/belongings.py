"""Everything that is about one person, found by following the foreign keys: a table added tomorrow is in the
export, in the erasure and in their counts without anybody thinking of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import metadata

# Hashes, sealed bytes and codes: not readable by anybody, or keys that must not leave the house.
SECRET = ("_hash", "sealed", "_digest", "secret")
SECRET_NAMES = frozenset({"audit_id", "p256dh", "auth", "code", "actor_id", "assignee_id"})
# A mail that still waits may carry the code that sets a new password: whoever borrows a phone must not export that.
SECRET_COLUMNS = frozenset({("mail", "text")})


def tables_of(person_id: UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table with the condition that picks the person's rows; parents before children."""
    conditions: dict[Table, ColumnElement[bool]] = {}
    person = metadata.tables["person"]
    conditions[person] = person.c.id == person_id
    for table in metadata.sorted_tables:
        if table is not person and (own := _conditions(table, conditions, person_id)):
            conditions[table] = or_(*own)
    yield from conditions.items()


def _conditions(table: Table, known: dict[Table, ColumnElement[bool]], person_id: UUID) -> list[ColumnElement[bool]]:
    own: list[ColumnElement[bool]] = []
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column.table
            if key.ondelete != "CASCADE" or parent not in known:
                continue
            if parent.name == "person":
                own.append(column == person_id)
            else:
                own.append(column.in_(select(key.column).where(known[parent])))
    return own


def written(value: object) -> str:
    """What JSON has no form for; times as everywhere else in the API."""
    return value.isoformat() if isinstance(value, date) else str(value)


def readable(table: Table) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if column.name not in SECRET_NAMES
        and (table.name, column.name) not in SECRET_COLUMNS
        and not any(part in column.name for part in SECRET)
    ]


async def rows_of(session: AsyncSession, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """What can be read, table by table; for the export."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, condition in tables_of(person_id):
        columns = readable(table)
        order = [column for column in table.columns if column.name in ("created_at", "at", "captured_at", "day")][:1]
        rows = await session.exec(select(*columns).where(condition).order_by(*order))  # type: ignore[call-overload]
        found[table.name] = [dict(row._mapping) for row in rows]
    return found


async def counts_of(session: AsyncSession, person_id: UUID) -> dict[str, int]:
    """Rows of each kind; for the receipt of an erasure."""
    counts: dict[str, int] = {}
    for table, condition in tables_of(person_id):
        number = await session.scalar(select(func.count()).select_from(table).where(condition))
        if number:
            counts[table.name] = number
    return counts
