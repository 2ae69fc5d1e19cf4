"""What a person chose about messages, as it lies in `person.preferences["notify"]`: the chat pauses, `notify` obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backend.tables import Person


@dataclass(frozen=True, slots=True)
class Preferences:
    # None: nothing set, the default night counts; ("", ""): no quiet hours at all.
    quiet: tuple[str, str] | None = None
    paused: bool = False
    paused_until: datetime | None = None
    off: frozenset[str] = frozenset()  # channels switched off
    details: bool = False  # say in mails and pushes what the note is about
    prompts: int = 0  # one-tap moods a day

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Preferences:
        until = data.get("paused_until")
        quiet = data.get("quiet")
        return cls(
            quiet=(quiet[0] or "", quiet[1] or "") if quiet else None,
            paused=bool(data.get("paused")),
            paused_until=datetime.fromisoformat(until) if until else None,
            off=frozenset(data.get("off", ())),
            details=bool(data.get("details")),
            prompts=int(data.get("prompts", 0)),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "quiet": list(self.quiet) if self.quiet else None,
            "paused": self.paused,
            "paused_until": self.paused_until.isoformat() if self.paused_until else None,
            "off": sorted(self.off),
            "details": self.details,
            "prompts": self.prompts,
        }

    def with_pause(self, *, forever: bool, until: datetime | None) -> Preferences:
        return replace(self, paused=forever, paused_until=until)

    def silent(self, now: datetime) -> bool:
        """Nothing of our own accord: paused until further notice, or until a moment that is not over."""
        return self.paused or (self.paused_until is not None and now < self.paused_until)


def preferences_of(person: Person) -> Preferences:
    return Preferences.from_json(person.preferences.get("notify", {}))


def save_preferences(person: Person, preferences: Preferences) -> None:
    """A new dictionary: JSON columns edited in place are not saved."""
    person.preferences = {**person.preferences, "notify": preferences.to_json()}
