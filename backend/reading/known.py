"""What is known of a person when their photo or clip is read: the enrolled face and how it looks at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.reading import store
from backend.vault import Vault

if TYPE_CHECKING:
    from ml.faces.identity import FaceTemplate
    from ml.units.measures import Floats


@dataclass(frozen=True, slots=True)
class Known:
    """Opened bytes; turned into numbers where the models are, outside the event loop."""

    template: bytes | None
    resting: bytes | None

    def face(self) -> FaceTemplate | None:
        from ml.faces.identity import FaceTemplate

        return FaceTemplate.from_bytes(self.template) if self.template else None

    def at_rest(self) -> Floats | None:
        from ml.units.resting import from_bytes

        return from_bytes(self.resting) if self.resting else None


async def known_of(session: AsyncSession, vault: Vault, person_id: UUID) -> Known:
    template, resting = await store.template_of(session, person_id), await store.resting_of(session, person_id)
    return Known(
        vault.open(template, f"template:{person_id}") if template else None,
        vault.open(resting, f"resting:{person_id}") if resting else None,
    )
