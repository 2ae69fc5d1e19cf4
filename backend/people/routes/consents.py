"""Consent: what it says, what you said, and a receipt for it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from backend.deps import Caller, Me, Session, State
from backend.errors import NotFound
from backend.limits import ADDRESSES, count
from backend.people import consent, email, receipts, store, texts
from backend.people.consent import Consents
from backend.people.schemas import (
    Agreement,
    ConsentChange,
    ConsentHistory,
    ConsentState,
    ConsentTexts,
    PastConsent,
    Purpose,
    PurposeText,
    Receipt,
    ReceiptKeys,
)

router = APIRouter(tags=["consent"])

Language = Annotated[str, Query(max_length=20, description="en, zh or ko; another one gets English")]


@router.get("/consents/texts")
async def read_consent_texts(locale: Language = "en") -> ConsentTexts:
    """What each purpose means, and the agreements, in plain words."""
    words = texts.best_locale(locale)
    purposes = []
    for purpose in consent.PURPOSES:
        title, short, full = texts.PURPOSES[purpose][words]
        purposes.append(PurposeText.model_validate({"purpose": purpose, "title": title, "short": short, "text": full}))
    return ConsentTexts.model_validate(
        {"version": consent.TEXT_VERSION, "locale": words, "purposes": purposes, "agreements": _agreements(words)}
    )


@router.get("/agreements")
async def read_agreements(locale: Language = "en") -> list[Agreement]:
    """The privacy agreement and the user agreement."""
    return _agreements(texts.best_locale(locale))


def _agreements(words: str) -> list[Agreement]:
    found = [(kind, *by_locale[words]) for kind, by_locale in texts.AGREEMENTS.items()]
    return [
        Agreement.model_validate({"kind": kind, "title": title, "version": consent.TEXT_VERSION, "text": text})
        for kind, title, text in found
    ]


@router.get("/me/consents")
async def read_consents(me: Me, session: Session) -> list[ConsentState]:
    """Each purpose with what counts now."""
    consents = await consent.consents_of(session, me.id)
    return [_state(purpose, consents) for purpose in consent.PURPOSES]


@router.get("/me/consents/history")
async def read_consent_history(me: Me, session: Session) -> ConsentHistory:
    """Everything you said, newest first."""
    past = await consent.history(session, me.id)
    return ConsentHistory(items=[PastConsent.model_validate(one.model_dump()) for one in past])


async def count_mails(purpose: Purpose, change: ConsentChange, me: Caller, state: State) -> None:
    """A yes to e-mails sends one."""
    if purpose == "email" and change.granted:
        await count(state, ADDRESSES, str(me.id))


@router.put("/me/consents/{purpose}", dependencies=[Depends(count_mails)])
async def change_consent(
    purpose: Purpose, change: ConsentChange, me: Me, state: State, session: Session
) -> ConsentState:
    """Give or withdraw consent for one purpose. Withdrawing works at once and erases what the purpose had gathered."""
    await consent.record(session, me.id, purpose, granted=change.granted, sharing=change.sharing)
    if purpose == "email" and change.granted:
        await email.ask_if_wanted(session, state.config, state.vault, me)
    return _state(purpose, await consent.consents_of(session, me.id))


def _state(purpose: str, consents: Consents) -> ConsentState:
    known = consents.newest.get(purpose)
    standing = consents.standing(purpose)
    return ConsentState.model_validate(
        {
            "purpose": purpose,
            "granted": standing == "in_force",
            "standing": standing,
            "sharing": known.sharing if known else None,
            "text_version": known.text_version if known else consent.TEXT_VERSION,
            "changed_at": known.created_at if known else None,
            "expires_at": known.expires_at if known else None,
            "receipt_id": known.id if known else None,
            "erased": known.erased if known else None,
        }
    )


@router.get("/me/receipts/{consent_id}")
async def read_receipt(consent_id: UUID, me: Me, state: State, session: Session) -> Receipt:
    """A signed receipt for something that you agreed to or withdrew."""
    said = await consent.one(session, me.id, consent_id)
    if said is None:
        raise NotFound
    organisation, _ = await store.place_of(session, me)
    facts = said.model_dump(exclude={"id", "person_id"}) | {
        "username": me.username,
        "organisation": organisation.name,
    }
    act = "consent.given" if said.granted else "consent.withdrawn"
    return Receipt.model_validate(receipts.issue(state.vault, act, facts, said.id))


@router.get("/receipts/keys")
async def read_receipt_keys(state: State, session: Session) -> ReceiptKeys:
    """Public keys that receipts of this installation are signed with."""
    return ReceiptKeys(keys=await receipts.known_keys(session, state.vault))
