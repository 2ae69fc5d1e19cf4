"""Everything about one person in one file: JSON for programs, CSV for a spreadsheet, a README for people."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.people import belongings
from backend.people.consent import consents_of
from backend.spreadsheet import csv_of, plain
from backend.tables import FaceTemplate, Person, RestingFace
from backend.vault import Vault

README = """Your data at Evenkeel, exported {now} (UTC) for {username}.

data.json    everything, table by table
csv/*.csv    the same, one file for each kind of data
{kinds}

Vectors have ten numbers in this order:
happy, sad, angry, disgust, fear, surprise, neutral, positive, negative, complex.
Photos are not here because none are kept: a photo is deleted as soon as it has been read.
Left out: password hashes, sign-in tokens and other keys, which are no information about you; and who of the staff
looked at your data or worked on a case, by name: their role is in access_log.
"""


async def export_of(session: AsyncSession, vault: Vault, person: Person) -> bytes:
    tables = await belongings.rows_of(session, person.id)
    tables["face_template"] = _opened(vault, "template", await session.get(FaceTemplate, person.id))
    tables["resting_face"] = _opened(vault, "resting", await session.get(RestingFace, person.id))
    consents = await consents_of(session, person.id)
    tables["policy"] = [{"policy": consents.policy.name, "since": consents.policy_since}]
    kept = {name: rows for name, rows in tables.items() if rows}
    # Two years of a camera's readings are seconds of work, in which nobody else would be answered.
    return await asyncio.to_thread(pack, kept, person.username)


def _opened(vault: Vault, kind: str, row: FaceTemplate | RestingFace | None) -> list[dict[str, Any]]:
    """The numbers that stand for the face are the person's too."""
    if row is None:
        return []
    numbers = vault.open(row.sealed, f"{kind}:{row.person_id}")
    return [{**row.model_dump(exclude={"sealed"}), f"{kind}_base64": base64.b64encode(numbers).decode()}]


def pack(tables: dict[str, list[dict[str, Any]]], username: str) -> bytes:
    kinds = "\n".join(f"  {name}: {len(rows)} rows" for name, rows in tables.items())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "README.txt", README.format(now=f"{datetime.now(UTC):%Y-%m-%d %H:%M}", username=username, kinds=kinds)
        )
        archive.writestr("data.json", json.dumps(tables, default=belongings.written, ensure_ascii=False, indent=1))
        for name, rows in tables.items():
            archive.writestr(f"csv/{name}.csv", as_csv(rows))
    return file.getvalue()


def as_csv(rows: list[dict[str, Any]]) -> str:
    return csv_of([rows[0], *([_cell(value) for value in row.values()] for row in rows)])


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, default=str, ensure_ascii=False)
    return plain(value) if isinstance(value, str) else value
