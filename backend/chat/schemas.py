"""The conversation as it crosses the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.selfreport.schemas import ChoiceOut, ReplyKind, ReplyOut
from backend.tables import ChatMessage


class SayIn(BaseModel):
    """Write something, tap a choice, or, with neither, open the conversation."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, json_schema_extra={"example": {"text": "I can't sleep"}}
    )

    text: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    choice: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="The id of a choice that a reply offered"
    )

    @model_validator(mode="after")
    def one_of_the_two(self) -> Self:
        if self.text is not None and self.choice is not None:
            raise ValueError("send either text or a choice, not both")
        return self


class Answer(BaseModel):
    replies: list[ReplyOut]
    cues: list[Literal["share", "erase_account", "week", "instrument"]] = Field(
        default=[], description="Screens that the person asked for; nothing happens there before they confirm"
    )


class MessageOut(BaseModel):
    id: UUID
    author: Literal["person", "bot"]
    kind: ReplyKind
    text: str
    choices: list[ChoiceOut]
    created_at: datetime


class MessagePage(BaseModel):
    items: list[MessageOut] = Field(description="Oldest first; the first page holds the newest messages")
    next_cursor: str | None = Field(description="Leads to earlier messages")


class ChatSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    free_talk: bool = Field(description="A language model may answer where the bot has no words of its own")


class ChatSettingsOut(ChatSettings):
    available: bool = Field(description="This installation has a language model")


def message_out(message: ChatMessage) -> MessageOut:
    return MessageOut.model_validate(message.model_dump())
