"""Pure decisions about people: does a consent count now, how long must a sign-in wait, which names are the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal


def one_spelling(name: str) -> str:
    """Of a user name: an accent typed as its own letter, a wide letter and a space that a keyboard added make no other
    name. For registering and for signing in."""
    return unicodedata.normalize("NFKC", name).strip()


def invisible(name: str) -> bool:
    """Joiners and direction marks: with them two names could look the same."""
    return any(unicodedata.category(letter) == "Cf" for letter in name)


Standing = Literal["never_asked", "in_force", "withdrawn", "expired", "policy_changed", "text_changed", "closed"]


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    # Raised whenever the words change; consent given to other words is asked for again.
    text_version: str = "2026-11.3"
    # Consent is renewed every year: what somebody agreed to long ago is not an agreement now.
    life: timedelta = timedelta(days=365)
    # Told a month before it ends, so that nobody's charts stop by surprise.
    remind_before: timedelta = timedelta(days=30)
    # A month to renew after it ended; nothing is processed meanwhile, then that purpose's data is erased.
    erase_after: timedelta = timedelta(days=30)


TERMS = ConsentTerms()


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody said about one purpose, and when."""

    granted: bool
    text_version: str
    created_at: datetime
    expires_at: datetime | None


def standing(
    given: Given | None, *, closed: bool, policy_since: datetime, now: datetime, terms: ConsentTerms = TERMS
) -> Standing:
    if closed:
        return "closed"
    if given is None:
        return "never_asked"
    if not given.granted:
        return "withdrawn"
    if given.expires_at is not None and given.expires_at <= now:
        return "expired"
    if given.created_at < policy_since:
        return "policy_changed"
    return "in_force" if given.text_version == terms.text_version else "text_changed"


@dataclass(frozen=True, slots=True)
class Throttle:
    # A person mistypes a pass phrase a few times; nobody does it six times.
    free: int = 5
    first: timedelta = timedelta(seconds=1)
    # Doubling up to a quarter of an hour: 100 guesses a day, and the owner is never shut out for long.
    longest: timedelta = timedelta(minutes=15)
    # A row of failures ends after a day without one.
    forget_after: timedelta = timedelta(days=1)

    def wait(self, failures: int, last_at: datetime, now: datetime) -> timedelta:
        """How long until the next attempt counts; zero when it may be made now."""
        if failures < self.free or now - last_at > self.forget_after:
            return timedelta(0)
        delay = min(self.first * (1 << min(failures - self.free, 20)), self.longest)
        # A failure further ahead than its pause: the clock was set back since. The attempt puts the row's time right.
        return timedelta(0) if last_at - now > delay else max(last_at + delay - now, timedelta(0))


THROTTLE = Throttle()
