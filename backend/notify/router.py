"""A person's notices, and how they want to be reached."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from backend.deps import Me, Session, State
from backend.errors import Invalid, NotFound
from backend.notify import link, store
from backend.notify.channels import webpush
from backend.notify.schemas import (
    CodeOut,
    HelpfulIn,
    LinkOut,
    NoticeOut,
    NoticePage,
    PreferencesIn,
    PreferencesOut,
    PushGone,
    PushIn,
    PushKeyOut,
    SnoozeIn,
    notice_out,
    preferences_out,
)
from backend.notify.snooze import snooze
from backend.notify.texts import FRAME
from backend.notify.unsubscribe import person_of
from backend.paging import Cursor
from backend.people import consent
from backend.people import store as people
from backend.preferences import preferences_of, save_preferences
from backend.tables import Notice, Person

router = APIRouter(tags=["support"])


@router.get("/notices")
async def list_notices(
    me: Me, session: Session, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> NoticePage:
    """Your notices, newest first."""
    found = await store.page(session, me.id, Cursor.decode(cursor), limit)
    last = found[limit - 1] if len(found) > limit else None
    went = await store.deliveries_of(session, found[:limit])
    return NoticePage(
        items=[notice_out(notice, me.locale, went[notice.id]) for notice in found[:limit]],
        next_cursor=Cursor(last.created_at, last.id).encode() if last else None,
    )


async def _own(session: Session, me: Person, notice_id: UUID) -> Notice:
    notice = await store.of_person(session, me.id, notice_id)
    if notice is None:
        raise NotFound
    return notice


@router.post("/notices/{notice_id}/feedback")
async def rate_notice(notice_id: UUID, feedback: HelpfulIn, me: Me, session: Session) -> NoticeOut:
    """Was this helpful? What was not is not sent again."""
    notice = await _own(session, me, notice_id)
    notice.helpful = feedback.helpful
    session.add(notice)
    await session.flush()
    return notice_out(notice, me.locale)


@router.post("/notices/{notice_id}/snooze")
async def snooze_notice(notice_id: UUID, wanted: SnoozeIn, me: Me, session: Session) -> NoticeOut:
    """Not now: a mood prompt comes back once the minutes are over, a few times at most."""
    notice = await _own(session, me, notice_id)
    await snooze(session, notice, timedelta(minutes=wanted.minutes))
    return notice_out(notice, me.locale)


@router.get("/me/notifications")
async def read_preferences(me: Me) -> PreferencesOut:
    return preferences_out(preferences_of(me))


@router.put("/me/notifications", name="set_preferences")
@router.patch("/me/notifications", name="change_preferences")
async def change_preferences(change: PreferencesIn, me: Me, session: Session) -> PreferencesOut:
    """Quiet hours, channels, pause, details, prompts; what is left out stays. Acts at once."""
    await people.hold(session, me)
    save_preferences(me, change.onto(preferences_of(me)))
    session.add(me)
    await session.flush()
    return preferences_out(preferences_of(me))


@router.get("/me/telegram")
async def read_telegram(me: Me, session: Session, state: State) -> LinkOut:
    linked = await store.telegram_chat(session, me.id) is not None
    return LinkOut(linked=linked, available=state.config.telegram_token is not None)


@router.post("/me/telegram/code", status_code=201)
async def make_telegram_code(me: Me, session: Session, state: State) -> CodeOut:
    """A one-time code that links your Telegram chat once you send it to the bot."""
    await consent.need(session, me.id, "telegram", "Allow messages over Telegram in your consents first.")
    code, expires_at = await link.new_code(session, me.id)
    return CodeOut(code=code, url=link.bot_url(state.config, code), expires_at=expires_at)


@router.delete("/me/telegram", status_code=204)
async def unlink_telegram(me: Me, session: Session) -> None:
    """The bot forgets your chat at once."""
    await store.unlink_telegram(session, me.id)


@router.get("/me/webpush/key")
async def read_push_key(me: Me, state: State) -> PushKeyOut:
    return PushKeyOut(key=webpush.public_key(state.vault))


@router.post("/me/webpush", status_code=201)
async def subscribe_browser(wanted: PushIn, me: Me, session: Session, state: State) -> None:
    if not webpush.acceptable(wanted.endpoint, state.config):
        raise Invalid("This push service is not one that this installation sends to.")
    await store.subscribe(session, me.id, wanted.endpoint, wanted.keys.p256dh, wanted.keys.auth)


@router.delete("/me/webpush", status_code=204)
async def unsubscribe_browser(gone: PushGone, me: Me, session: Session) -> None:
    await store.unsubscribe(session, gone.endpoint, me.id)


@router.get("/unsubscribe/{token}", response_class=HTMLResponse, responses={404: {"content": {"text/html": {}}}})
async def ask_before_unsubscribing(token: str, state: State, session: Session) -> HTMLResponse:
    """The link of a mail, opened by a person: looking changes nothing (mail scanners look too)."""
    person = await _of_token(token, state, session)
    frame = FRAME.get(person.locale if person else "en", FRAME["en"])
    if person is None:
        return _sheet(frame["unknown"], status=404)
    return _sheet(frame["sure"], f'<form method="post"><button type="submit">{escape(frame["stop"])}</button></form>')


@router.post("/unsubscribe/{token}", response_class=HTMLResponse, responses={404: {"content": {"text/html": {}}}})
async def unsubscribe(token: str, state: State, session: Session) -> HTMLResponse:
    """One click (RFC 8058): consent to e-mail ends, and with it every mail that waits."""
    person = await _of_token(token, state, session)
    if person is None:
        return _sheet(FRAME["en"]["unknown"], status=404)
    await consent.record(session, person.id, "email", granted=False, sharing=None)
    return _sheet(FRAME.get(person.locale, FRAME["en"])["stopped"])


async def _of_token(token: str, state: State, session: Session) -> Person | None:
    person_id = person_of(token, state.vault)
    return await session.get(Person, person_id) if person_id else None


def _sheet(text: str, more: str = "", status: int = 200) -> HTMLResponse:
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return HTMLResponse(f"{head}<title>Evenkeel</title><h1>Evenkeel</h1><p>{escape(text)}</p>{more}\n", status)
