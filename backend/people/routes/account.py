"""Registering and the profile."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import IntegrityError

from backend.deps import Caller, Me, Session, State
from backend.limits import ADDRESSES, SIGN_IN, by_address, by_person, count
from backend.people import email, store
from backend.people.erase import erase_mails, erase_outbox
from backend.people.register import NameTaken, register
from backend.people.schemas import Profile, ProfileChange, Registration
from backend.people.texts import CONFIRM_PAGE, CONFIRM_UNKNOWN, best_locale
from backend.tables import Person
from backend.zones import move

router = APIRouter(tags=["account"])


async def profile_of(session: Session, person: Person) -> Profile:
    organisation, department = await store.place_of(session, person)
    return Profile.model_validate(
        {
            **person.model_dump(),
            "email_confirmed": email.confirmed(person),
            "organisation": organisation.name,
            "policy": organisation.policy,
            "department": department.name if department else None,
        }
    )


@router.post("/accounts", status_code=201, dependencies=[Depends(by_address(SIGN_IN))])
async def create_account(wanted: Registration, session: Session) -> Profile:
    """Register with an invite code of your organisation."""
    return await profile_of(session, await register(session, wanted))


@router.get("/me")
async def read_me(me: Me, session: Session) -> Profile:
    return await profile_of(session, me)


async def count_addresses(change: ProfileChange, me: Caller, state: State) -> None:
    """Before the answer: it tells whether somebody has this address."""
    if "email" in change.model_fields_set and change.email != me.email:
        await count(state, ADDRESSES, str(me.id))


@router.patch("/me", dependencies=[Depends(count_addresses)])
async def change_me(
    change: ProfileChange, me: Me, state: State, session: Session, afterwards: BackgroundTasks
) -> Profile:
    """Correct what is known about you. A new e-mail address gets notes once it was confirmed."""
    before, was_confirmed = me.email, email.confirmed(me)
    if change.timezone:
        await store.hold(session, me)
        move(me, change.timezone, datetime.now(UTC))
    for name, value in change.model_dump(exclude_unset=True, exclude={"timezone"}).items():
        if value is not None or name == "email":
            setattr(me, name, value)
    session.add(me)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken("This e-mail address belongs to another account.", field="email") from error
    if me.email != before:
        await store.drop_resets(session, me.id)  # a code in the mailbox of before opens nothing, and confirms nothing
        if before:
            await erase_mails(session, me, before)
            afterwards.add_task(erase_outbox, state.config.home, [before])
        if before and was_confirmed:
            await email.tell_former(session, me, before)
        await email.ask_if_wanted(session, state.config, state.vault, me)
    return await profile_of(session, me)


@router.post("/me/email/confirmation", status_code=202, dependencies=[Depends(by_person(ADDRESSES))])
async def ask_to_confirm_email(me: Me, state: State, session: Session) -> dict[str, str]:
    """Sends the link that confirms your address once more."""
    await email.ask(session, state.config, state.vault, me)
    return {"detail": "A mail with a link is on its way."}


@router.get("/confirm-email/{token}", response_class=HTMLResponse, responses={404: {"content": {"text/html": {}}}})
async def ask_before_confirming(token: str, state: State, session: Session) -> HTMLResponse:
    """The link of the mail, opened by a person: looking confirms nothing (mail scanners look too)."""
    person = await email.person_of(session, token, state.vault)
    if person is None:
        return _sheet(CONFIRM_UNKNOWN, status=404)
    question, button, _ = CONFIRM_PAGE[best_locale(person.locale)]
    form = f'<form method="post"><button type="submit">{escape(button)}</button></form>'
    return _sheet(question.format(email=person.email), form)


@router.post("/confirm-email/{token}", response_class=HTMLResponse, responses={404: {"content": {"text/html": {}}}})
async def confirm_email(token: str, state: State, session: Session) -> HTMLResponse:
    """The button: from now on notes may come to this address."""
    person = await email.person_of(session, token, state.vault)
    if person is None:
        return _sheet(CONFIRM_UNKNOWN, status=404)
    person.confirmed_email = person.email
    session.add(person)
    return _sheet(CONFIRM_PAGE[best_locale(person.locale)][2])


def _sheet(text: str, more: str = "", status: int = 200) -> HTMLResponse:
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return HTMLResponse(f"{head}<title>Evenkeel</title><h1>Evenkeel</h1><p>{escape(text)}</p>{more}\n", status)
