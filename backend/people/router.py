"""Everything about people under one roof: signing in, the account, consent, rights, the enrolled face."""

from fastapi import APIRouter

from backend.people.routes.account import router as account
from backend.people.routes.consents import router as consents
from backend.people.routes.face import router as face
from backend.people.routes.rights import router as rights
from backend.people.routes.sign_in import router as sign_in

router = APIRouter()
for part in (account, sign_in, consents, face, rights):
    router.include_router(part)
