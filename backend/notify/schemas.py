"""Notices, preferences and channels as they cross the wire."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.notify.policy import DEFAULT, night_of
from backend.notify.say import in_full
from backend.preferences import Preferences
from backend.tables import Delivery, Notice

Outward = Literal["email", "telegram", "webpush"]
CLOCK = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")


def _clock(text: str) -> str:
    if not CLOCK.match(text):
        raise ValueError("write a time of day such as 22:00")
    return text


Clock = Annotated[str, Field(max_length=5), AfterValidator(_clock)]


class DeliveryOut(BaseModel):
    channel: Literal["inapp", "email", "telegram", "webpush"]
    status: Literal["planned", "sent", "failed", "withheld"]
    sent_at: datetime | None


class NoticeOut(BaseModel):
    id: UUID
    kind: str
    title: str
    text: str
    facts: dict[str, Any]
    created_at: datetime
    helpful: bool | None
    deliveries: list[DeliveryOut] = Field(default=[], description="Where this notice went, and where it still waits")


class NoticePage(BaseModel):
    items: list[NoticeOut]
    next_cursor: str | None


class HelpfulIn(BaseModel):
    helpful: bool


class SnoozeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    minutes: int = Field(default=30, ge=5, le=24 * 60)


class PreferencesOut(BaseModel):
    quiet_from: str | None = Field(description="Local time; null: no quiet hours")
    quiet_to: str | None
    paused: bool = Field(description="No messages of our own accord")
    paused_until: datetime | None
    channels: dict[Outward, bool] = Field(description="Switched on; consent and an address are needed besides")
    details: bool = Field(description="Mails and Telegram say what a note is about; off: “you have a note”")
    prompts: int = Field(description="How often a day the one-tap mood is asked, 0 to 2")


class PreferencesIn(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    quiet_from: Clock | None = None
    quiet_to: Clock | None = None
    paused: bool | None = None
    channels: dict[Outward, bool] | None = None
    details: bool | None = None
    prompts: int | None = Field(default=None, ge=0, le=2)

    def onto(self, known: Preferences) -> Preferences:
        given = self.model_fields_set
        values = known.to_json()
        values |= {name: getattr(self, name) for name in ("details", "prompts") if getattr(self, name) is not None}
        if self.paused is not None:
            values |= {"paused": self.paused, "paused_until": None}
        if self.channels is not None:
            off = set(known.off)
            for name, on in self.channels.items():
                off.discard(name) if on else off.add(name)
            values["off"] = sorted(off)
        if given & {"quiet_from", "quiet_to"}:
            # Where there is no night yet, one end alone begins or ends the usual one.
            night = night_of(known) or (DEFAULT.quiet_from, DEFAULT.quiet_to)
            before = [f"{clock:%H:%M}" for clock in night]
            values["quiet"] = [
                (getattr(self, name) or "") if name in given else was
                for name, was in zip(("quiet_from", "quiet_to"), before, strict=True)
            ]
        return Preferences.from_json(values)


class LinkOut(BaseModel):
    linked: bool
    available: bool = Field(description="This installation has a Telegram bot")


class CodeOut(BaseModel):
    code: str = Field(description="Send it to the bot within fifteen minutes; it works once")
    url: str | None = Field(description="Opens the bot with the code, where its name is known")
    expires_at: datetime


class PushKeyOut(BaseModel):
    key: str = Field(description="applicationServerKey for the browser's subscribe()")


class PushKeys(BaseModel):
    p256dh: str = Field(min_length=80, max_length=100, pattern=r"^[\w-]+=*$")
    auth: str = Field(min_length=16, max_length=40, pattern=r"^[\w-]+=*$")


class PushIn(BaseModel):
    """A PushSubscription's toJSON()."""

    endpoint: str = Field(max_length=1000)
    expirationTime: float | None = None
    keys: PushKeys


class PushGone(BaseModel):
    endpoint: str = Field(max_length=1000)


def notice_out(notice: Notice, locale: str, deliveries: Iterable[Delivery] = ()) -> NoticeOut:
    title, text = in_full(notice, locale)
    went = [delivery.model_dump() for delivery in deliveries]
    return NoticeOut.model_validate({**notice.model_dump(), "title": title, "text": text, "deliveries": went})


def preferences_out(known: Preferences) -> PreferencesOut:
    night, now = night_of(known), datetime.now(UTC)
    return PreferencesOut(
        quiet_from=f"{night[0]:%H:%M}" if night else None,
        quiet_to=f"{night[1]:%H:%M}" if night else None,
        paused=known.silent(now),
        paused_until=known.paused_until if known.silent(now) else None,
        channels={"email": "email" not in known.off, "telegram": "telegram" not in known.off,
                  "webpush": "webpush" not in known.off},
        details=known.details,
        prompts=known.prompts,
    )  # fmt: skip
