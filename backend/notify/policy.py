"""Pure: which message, in which words, over which channels, at which moment; and when none at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from backend.preferences import Preferences
from ml.risk.levels import LEVELS, RAISED, dip_at_the_end

INAPP: Final = "inapp"
# In the order in which a person would want to be reached.
OUTWARD: Final = ("telegram", "webpush", "email")
# These make a sound; e-mail waits quietly by itself, so it keeps only quiet hours that the person set.
RINGING: Final = frozenset({"telegram", "webpush"})

# Of our own accord, by weight: a heavier one may come although a lighter one came yesterday.
SUPPORT: Final[Mapping[str, int]] = {"mood_prompt": 0, "steadier": 1, "lower_moderate": 2, "lower_high": 3}
PROMPT: Final = "mood_prompt"
# Asked for by having answered it before; no offer of support, so that it opens no case and uses up no week.
REMINDER: Final = "who5_due"
# For HR, about published figures: their words are made where the figures are, and lie in the notice's facts.
ABOUT_GROUPS: Final = frozenset({"group_alert", "group_summary"})


@dataclass(frozen=True, slots=True)
class NotifyPolicy:
    # More than three supportive messages a week is a nuisance, and people then turn all of them off.
    per_week: int = 3
    # Yesterday's message deserves a day to be read; a heavier one need not wait.
    cool_down: timedelta = timedelta(hours=20)
    # The same words again within two weeks read like a machine.
    same_words: timedelta = timedelta(days=14)
    # Nights are for sleeping, where the person set nothing else.
    quiet_from: time = time(22)
    quiet_to: time = time(7)
    # Local times at which a one-tap mood is asked, for those who want it: late morning and mid-afternoon.
    prompts: tuple[time, ...] = (time(10, 30), time(15, 30))
    # A prompt that could not be asked near its time is not asked at all.
    prompt_window: timedelta = timedelta(hours=1)
    # The WHO-5 looks back two weeks; before that it would ask about the same days twice.
    questionnaire_every: timedelta = timedelta(days=14)
    # Around noon people have a minute; the job looks every ten minutes, so that each zone has its own noon.
    reminder_at: time = time(12)
    # How often one prompt may be put off: after that it counts as "not now".
    snoozes: int = 3


DEFAULT: Final = NotifyPolicy()


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Past:
    """A notice that the person got before."""

    kind: str
    variant: str
    at: datetime
    helpful: bool | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    """A day that was assessed, as far as a message depends on it."""

    day: date
    level: str
    learning: bool = False


def about_level(
    days: Sequence[Assessed], change: tuple[date, str, str], past: Iterable[Past], missing_limit: int
) -> PlannedNotice | None:
    """The message for a change (day, level, level before), if it is still true and not said yet in this dip.

    `days` are the assessed ones until now, oldest first: empty or at another level when the person deleted them,
    withdrew, or when a later photo has changed the day since.
    """
    day, level, before = change
    if not days or days[-1].level != level:
        return None
    if level == before:  # raised in days that came too late to be told
        planned = after_risk_change(day, level, "none")
        return None if planned is None or _told(days, planned.kind, past) else planned
    if level == "none" and not _recovered(days, missing_limit):
        return None
    return after_risk_change(day, level, before)


def _told(days: Sequence[Assessed], kind: str, past: Iterable[Past]) -> bool:
    """Since the first of the raised days at the end; a local day may begin 14 hours before it does in UTC."""
    first = days[dip_at_the_end([one.level for one in days])]
    since = datetime.combine(first.day, time(), UTC) - timedelta(hours=14)
    return any(old.at >= since and SUPPORT.get(old.kind, 0) >= SUPPORT[kind] for old in past)


def _recovered(days: Sequence[Assessed], missing_limit: int) -> bool:
    """Check-ins showed it. A dip also ends when nothing was seen for long, or when it has become what is learnt as
    usual: neither says that anything is better."""
    last = max((at for at, one in enumerate(days) if one.level in RAISED), default=len(days))
    after = days[last + 1 :]
    if not after or any(one.learning for one in after):
        return False
    return (after[0].day - days[last].day).days <= missing_limit


def after_risk_change(day: date, level: str, before: str) -> PlannedNotice | None:
    """A raise is answered with support; an improvement with one kind line, and only after a real dip."""
    risen = LEVELS.index(level) > LEVELS.index(before)
    if risen and level in RAISED:
        return PlannedNotice(f"risk:{day}:{level}", f"lower_{level}")
    if not risen and level == "none" and before in RAISED:
        return PlannedNotice(f"risk:{day}:better", "steadier")
    return None


def welcome(
    kind: str, past: Iterable[Past], preferences: Preferences, now: datetime, policy: NotifyPolicy = DEFAULT
) -> bool:
    """May a message of this kind come now? What the person asked for (a case, a question) always may."""
    if kind not in SUPPORT and kind != REMINDER:
        return True
    if preferences.silent(now):
        return False
    if kind in (PROMPT, REMINDER):  # its own limit is so many a day
        return True
    recent = [old for old in past if old.kind in SUPPORT and old.kind != PROMPT]
    if sum(now - old.at < timedelta(days=7) for old in recent) >= policy.per_week:
        return False
    return not any(now - old.at < policy.cool_down and SUPPORT[old.kind] >= SUPPORT[kind] for old in recent)


def choose_words(
    kind: str, variants: Iterable[str], past: Iterable[Past], now: datetime, policy: NotifyPolicy = DEFAULT
) -> str | None:
    """The variant to use: none that did not help, none that came lately, the longest unused first; else nothing."""
    if kind not in SUPPORT or kind == PROMPT:
        return ""
    used = [old for old in past if old.kind == kind]
    refused = {old.variant for old in used if old.helpful is False}
    last = {old.variant: old.at for old in sorted(used, key=lambda old: old.at)}
    fresh = [name for name in variants if name not in refused and not _lately(last.get(name), now, policy)]
    return min(fresh, key=lambda name: (last.get(name, datetime.min.replace(tzinfo=UTC)), name), default=None)


def _lately(at: datetime | None, now: datetime, policy: NotifyPolicy) -> bool:
    return at is not None and now - at < policy.same_words


def channels_for(kind: str, preferences: Preferences, reachable: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Outward channels that are not switched off. A prompt goes where one tap answers it, never by mail."""
    if preferences.silent(now):
        return ()
    wanted = [name for name in OUTWARD if name in set(reachable) and name not in preferences.off]
    if kind == PROMPT:
        return tuple(name for name in wanted if name in RINGING)[:1]
    return tuple(wanted)


def moment_for(
    channel: str, preferences: Preferences, zone: str, now: datetime, policy: NotifyPolicy = DEFAULT
) -> datetime:
    """Now, or the end of the person's quiet hours."""
    night = night_of(preferences, policy)
    if night is None or (preferences.quiet is None and channel not in RINGING):
        return now
    return _after_night(now, *night, ZoneInfo(zone))


def still_asked(kind: str, due_at: datetime, moment: datetime, policy: NotifyPolicy = DEFAULT) -> bool:
    """How it is right now is not asked hours later, at the end of a night or of an outage; the app still shows it."""
    return kind != PROMPT or moment - due_at <= policy.prompt_window


def night_of(preferences: Preferences, policy: NotifyPolicy = DEFAULT) -> tuple[time, time] | None:
    """Quiet hours in local time; None where the person wants none."""
    if preferences.quiet is None:
        return policy.quiet_from, policy.quiet_to
    begin, end = preferences.quiet
    if not begin or not end or begin == end:
        return None
    return time.fromisoformat(begin), time.fromisoformat(end)


def _after_night(now: datetime, begin: time, end: time, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    clock = local.time()
    asleep = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not asleep:
        return now
    day = local.date() + timedelta(days=1 if clock >= end else 0)
    # In the second pass of a repeated hour the end that is meant is the second one.
    return datetime.combine(day, end, zone).replace(fold=local.fold).astimezone(UTC)


def prompt_due(
    preferences: Preferences, zone: str, now: datetime, policy: NotifyPolicy = DEFAULT
) -> PlannedNotice | None:
    """The one-tap mood that should be asked now, if one should; its key makes it one a slot and day."""
    if preferences.silent(now):
        return None
    local = now.astimezone(ZoneInfo(zone))
    for number, at in enumerate(policy.prompts[: preferences.prompts]):
        begun = local - datetime.combine(local.date(), at, local.tzinfo)
        if timedelta() <= begun < policy.prompt_window:
            return PlannedNotice(f"mood:{local.date()}:{number}", PROMPT)
    return None


def questionnaire_due(
    preferences: Preferences,
    zone: str,
    last: datetime,
    reminded: datetime | None,
    now: datetime,
    policy: NotifyPolicy = DEFAULT,
) -> PlannedNotice | None:
    """The reminder of the WHO-5: a fortnight after the last answer or the last reminder."""
    if preferences.silent(now):
        return None
    local = now.astimezone(ZoneInfo(zone))
    begun = local - datetime.combine(local.date(), policy.reminder_at, local.tzinfo)
    since = max(last, reminded) if reminded else last
    if not timedelta() <= begun < policy.prompt_window or now - since < policy.questionnaire_every:
        return None
    return PlannedNotice(f"who5:{local.date()}", REMINDER)
