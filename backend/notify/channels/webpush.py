"""Web push: wakes the browsers that the person allowed. Nothing is in the message; the app says what there is."""

from __future__ import annotations

import asyncio
import base64
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.errors import PermanentError, RetryLater
from backend.notify import store
from backend.resources import Resources
from backend.tables import Notice, Person, PushSubscription
from backend.vault import Vault

# A note that waited longer than a day in the push service is found in the app anyway.
KEEP: Final = 86_400
PATIENCE: Final = 15.0
# RFC 8030: this subscription is no more.
GONE: Final = (404, 410)
# The order of P-256's group: a private key is a number below it.
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def private_key(vault: Vault) -> ec.EllipticCurvePrivateKey:
    """Derived from the master key: the same in every process, and nothing more to keep."""
    number = int.from_bytes(vault.derive("vapid")) % (ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key(vault: Vault) -> str:
    """What a browser wants as applicationServerKey."""
    point = private_key(vault).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def acceptable(endpoint: str, config: Settings) -> bool:
    """Only known push services: an endpoint is an address that we would call on somebody's word."""
    try:
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    known = [name.strip().lower() for name in config.push_hosts.split(",") if name.strip()]
    ours = any(host == name or host.endswith(f".{name}") for name in known)
    return ours and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


async def send(session: AsyncSession, person: Person, _: Notice, resources: Resources) -> bool:
    """True when one browser was woken; those that are gone are forgotten."""
    answers = [
        (subscription.endpoint, await asyncio.to_thread(_push, subscription, resources))
        for subscription in await store.subscriptions(session, person.id)
    ]
    woken = {_service(endpoint) for endpoint, status in answers if 200 <= status < 300}
    for endpoint, status in answers:
        # A refusal is mostly ours to mend (Apple turns down a contact or a clock that it does not like) and the browser
        # is still there; unless its service takes what we send to another browser of this person.
        if status in GONE or (_refused(status) and _service(endpoint) in woken):
            await store.unsubscribe(session, endpoint)
    left = [status for _, status in answers if status not in GONE]
    if woken or not left:
        return bool(woken)
    if all(_refused(status) for status in left):
        raise PermanentError(f"the push service refuses us ({left[0]}): check EVENKEEL_VAPID_SUBJECT and the clock")
    raise RetryLater(f"the push service answers {max(left) or 'nothing'}")


def _refused(status: int) -> bool:
    return 400 <= status < 429 and status not in GONE


def _service(endpoint: str) -> str:
    return urlsplit(endpoint).netloc


def _push(subscription: PushSubscription, resources: Resources) -> int:
    """The service's HTTP status; 0 when it cannot be reached."""
    import requests
    from py_vapid import Vapid02
    from pywebpush import WebPushException, webpush

    known = {
        "endpoint": subscription.endpoint,
        "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
    }
    try:
        answer = webpush(
            known,
            vapid_private_key=Vapid02(private_key(resources.vault)),
            vapid_claims={"sub": resources.config.vapid_subject},
            ttl=KEEP,
            timeout=PATIENCE,
        )
    except WebPushException as error:
        return int(error.response.status_code) if error.response is not None else 0
    except requests.RequestException:
        return 0
    return int(answer.status_code)
