"""What travels and waits under the camera's own key: templates on their way to the agent, readings in its buffer.

Both ends know the API key (the server sees it in each request and keeps its hash only), so both derive the same keys.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
TEMPLATES = "templates"
BUFFER = "buffer"


class Unsealable(ValueError):
    """Sealed with another key, for another purpose, or changed."""


def _cipher(key: str, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=b"evenkeel camera", info=purpose.encode()).derive(key.encode()))


def seal(key: str, purpose: str, plain: bytes, context: str) -> bytes:
    """`context` binds it to its place: a version of the templates, a file of the buffer."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(key, purpose).encrypt(nonce, plain, context.encode())


def unseal(key: str, purpose: str, sealed: bytes, context: str) -> bytes:
    try:
        return _cipher(key, purpose).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable(f"these {purpose} were sealed with another key, or changed") from error


def fingerprint(key: str) -> str:
    """Names the buffer of a key without telling the key."""
    return HKDF(SHA256(), 6, salt=b"evenkeel camera", info=b"fingerprint").derive(key.encode()).hex()
