"""What crosses the border of the dialogue: a turn and a context go in; a state, replies and actions come out.

Nothing here knows Telegram, HTTP or a database. An adapter loads the state, calls `machine.respond`, saves the state,
shows the replies and carries out the actions.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Literal, cast

ReplyKind = Literal["text", "exercise", "questionnaire", "week", "crisis"]
Sharing = Literal["never", "ask", "auto"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the person just did: wrote something, tapped a choice, or opened the conversation (neither)."""

    text: str | None = None
    choice: str | None = None

    @classmethod
    def start(cls) -> Turn:
        """The conversation was opened (`/start`, or the chat tab for the first time today)."""
        return cls()


@dataclass(frozen=True, slots=True)
class DayMood:
    """One of the person's own days. `level` runs from -1 (low) to 1 (good), None where nothing was recorded."""

    day: date
    level: float | None = None


@dataclass(frozen=True, slots=True)
class OwnRange:
    """The band in which this person's days usually lie; absent while the baseline is still being learnt."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Context:
    """What the bot may know about the person in this turn. Their own data only, shown only to themselves."""

    locale: str = "en"
    country: str | None = None  # ISO 3166 alpha-2; chooses the helplines
    display_name: str | None = None
    days: tuple[DayMood, ...] = ()  # the last seven or so, oldest first
    usual: OwnRange | None = None
    helped: tuple[str, ...] = ()  # exercise ids that the person called helpful, latest first
    did_not_help: tuple[str, ...] = ()  # exercise ids never to be offered again
    consents: frozenset[str] = frozenset()
    sharing: Sharing = "never"
    llm: bool = False  # an LLM is configured and the person agreed to it
    due: tuple[str, ...] = ()  # instruments that may be offered now, e.g. ("who5",)


@dataclass(frozen=True, slots=True)
class Choice:
    """A quick reply. The adapter sends `id` back as Turn(choice=id); ids stay below Telegram's 64 bytes."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    choices: tuple[Choice, ...] = ()
    kind: ReplyKind = "text"
    key: str = ""  # stable name of the text, for "helpful / not helpful"


# Actions: what the adapter shall do besides showing the replies.


@dataclass(frozen=True, slots=True)
class SetPause:
    """Send no messages of our own accord for `days` days; None means until the person says otherwise."""

    days: int | None


@dataclass(frozen=True, slots=True)
class Resume:
    """Messages may be sent again."""


@dataclass(frozen=True, slots=True)
class RequestDelete:
    """The person confirmed: delete this conversation, or show the way to deleting the account."""

    scope: Literal["conversation", "account"]


@dataclass(frozen=True, slots=True)
class OfferShare:
    """The person wants HR to know: show the way to the sharing screen. Nothing is shared by the bot itself."""


@dataclass(frozen=True, slots=True)
class StartInstrument:
    """A questionnaire was begun in the conversation."""

    instrument: str


@dataclass(frozen=True, slots=True)
class SubmitInstrument:
    """A questionnaire was completed: store the answers as a self-report."""

    instrument: str
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RecordMood:
    """One-tap mood, 1 (very low) to 5 (very good)."""

    value: int


@dataclass(frozen=True, slots=True)
class RecordHelped:
    """The person said whether an exercise helped; feeds Context.helped and Context.did_not_help."""

    exercise: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class ShowWeek:
    """Show the person's own week: a chart in the app, a picture on Telegram."""


@dataclass(frozen=True, slots=True)
class CallLLM:
    """Free talk: ask the LLM, if there is one. The replies of this outcome are the fallback."""

    said: str
    topic: str | None
    locale: str


@dataclass(frozen=True, slots=True)
class KeepPrivate:
    """A crisis turn: what was said and answered goes to no LLM, no log, no notice and never to HR."""


Action = (
    SetPause
    | Resume
    | RequestDelete
    | OfferShare
    | StartInstrument
    | SubmitInstrument
    | RecordMood
    | RecordHelped
    | ShowWeek
    | CallLLM
    | KeepPrivate
)

Place = Literal[
    "open", "checkin", "listen", "offer", "exercise", "after", "questionnaire", "deleting", "pausing", "crisis"
]


Asked = Literal["", "in_danger", "safe"]


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Where the conversation stands. Holds ids and numbers, never what the person wrote."""

    place: Place = "open"
    locale: str | None = None  # the language the person last wrote in
    topic: str | None = None
    exercise: str | None = None
    step: int = 0
    offered: tuple[str, ...] = ()  # exercises already offered in this conversation
    instrument: str | None = None
    answers: tuple[int, ...] = ()
    mood: int | None = None
    asked: Asked = ""  # what a yes or no in a crisis answers
    listened: int = 0  # how often in a row the bot only listened, after it had offered an idea or was told to
    puzzled: int = 0  # how often in a row we did not understand
    turns: int = 0  # rotates the wording

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def anew(self) -> DialogueState:
        """Long after the last turn nothing is pending any more; a crisis never ends by itself."""
        return self if self.place == "crisis" else DialogueState(locale=self.locale, turns=self.turns)

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> DialogueState:
        """Unknown fields are dropped and lists become tuples, so an older or newer state never breaks a chat."""
        known = {f.name for f in fields(cls)}
        kept = {k: tuple(v) if isinstance(v, list) else v for k, v in (data or {}).items() if k in known}
        return cls(**cast(dict[str, Any], kept))


@dataclass(frozen=True, slots=True)
class Outcome:
    state: DialogueState
    replies: tuple[Reply, ...]
    actions: tuple[Action, ...] = field(default=())
