"""Talking with the bot inside the app. Nobody at work can read along: no other role has a route to this."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from backend.chat import store
from backend.chat.context import free_talk
from backend.chat.schemas import Answer, ChatSettings, ChatSettingsOut, MessagePage, SayIn, message_out
from backend.chat.talk import talk
from backend.deps import Caller, Me, Session, State
from backend.limits import CHAT, by_person
from backend.paging import Cursor
from backend.people import store as people
from backend.selfreport.schemas import reply_out
from bot.dialogue.turns import Turn

router = APIRouter(prefix="/chat", tags=["support"])


@router.get("/messages")
async def list_messages(
    me: Me, session: Session, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> MessagePage:
    """Your conversation: the newest messages, oldest of them first."""
    found = await store.page(session, me.id, Cursor.decode(cursor), limit)
    last = found[limit - 1] if len(found) > limit else None
    return MessagePage(
        items=[message_out(message) for message in reversed(found[:limit])],
        next_cursor=Cursor(last.created_at, last.id).encode() if last else None,
    )


@router.post("/messages", dependencies=[Depends(by_person(CHAT))])
async def say(said: SayIn, me: Caller, state: State) -> Answer:
    """Say something to the bot; the answer comes back at once."""
    turn = Turn(said.text, said.choice)
    talked = await talk(state.sessions, state.config, me.id, turn, "inapp")
    return Answer(replies=[reply_out(reply) for reply in talked.replies], cues=list(talked.cues))


@router.delete("/messages", status_code=204)
async def forget(me: Me, session: Session) -> None:
    """Delete the conversation for good."""
    await store.forget_conversation(session, me.id)


@router.get("/settings")
async def read_settings(me: Me, state: State) -> ChatSettingsOut:
    return ChatSettingsOut(free_talk=free_talk(me), available=state.config.llm_url is not None)


@router.put("/settings")
async def change_settings(wanted: ChatSettings, me: Me, state: State, session: Session) -> ChatSettingsOut:
    """Free talk is off until you switch it on; what is said in a crisis never goes to a language model."""
    await people.hold(session, me)
    me.preferences = {**me.preferences, "chat": {"free_talk": wanted.free_talk}}
    session.add(me)
    await session.flush()
    return ChatSettingsOut(free_talk=wanted.free_talk, available=state.config.llm_url is not None)
