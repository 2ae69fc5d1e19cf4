"""Keys, and what is sealed with them: photos that wait for their reading, face templates, access tokens.

The master key comes from the environment, else from the data directory, else, for a second process on the same
machine, from the data directory that owns the embedded database. All other keys are derived from it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.config import Settings, make_home
from backend.errors import SetupError
from backend.postgres import HOME_OF_SOCKET

NONCE = 12
TAG = 8  # bytes of the key's fingerprint in front of each sealed value: says which key opens it


class KeyMissing(SetupError):
    """In the middle of a rotation it passes: the process that sealed it was restarted before this one."""


@dataclass(frozen=True)
class Vault:
    """The newest master key first; older ones only open what they sealed, until a rotation is finished."""

    masters: tuple[bytes, ...]

    def derive(self, purpose: str, master: bytes | None = None) -> bytes:
        return HKDF(SHA256(), 32, salt=b"evenkeel", info=purpose.encode()).derive(master or self.masters[0])

    @cached_property
    def _sealers(self) -> dict[bytes, AESGCM]:
        keys = (self.derive("seal", master) for master in self.masters)
        return {hashlib.sha256(key).digest()[:TAG]: AESGCM(key) for key in keys}

    @property
    def current_tag(self) -> bytes:
        return next(iter(self._sealers))

    def seal(self, plain: bytes, context: str) -> bytes:
        """`context` binds the value to its row: moved to another one, it does not open."""
        nonce = secrets.token_bytes(NONCE)
        tag = self.current_tag
        return tag + nonce + self._sealers[tag].encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        sealer = self._sealers.get(sealed[:TAG])
        if sealer is None:
            raise KeyMissing("This was sealed with a key that this process does not have. Restart it after a rotation.")
        try:
            return sealer.decrypt(sealed[TAG : TAG + NONCE], sealed[TAG + NONCE :], context.encode())
        except InvalidTag as error:
            raise SetupError("A sealed value was changed or moved; it cannot be opened.") from error

    def digest(self, data: bytes, purpose: str) -> str:
        """A keyed digest: equal input gives equal digests, without telling anyone what the input was."""
        return hmac.new(self.derive(purpose), data, hashlib.sha256).hexdigest()

    @property
    def fingerprint(self) -> str:
        return self.digest(b"fingerprint", "fingerprint")


def load_vault(config: Settings) -> Vault:
    """For processes: the installation's keys, made where there are none yet."""
    return find_vault(config) or _generate(config.home / "keys.json")


def known_vault(config: Settings) -> Vault:
    """For commands: a key made by looking for it would be taken for the installation's."""
    if (vault := find_vault(config)) is None:
        raise SetupError(
            f"There is no key in {config.home}: set EVENKEEL_HOME or EVENKEEL_SECRET_KEY as the installation does; "
            "after a restore, EVENKEEL_SECRET_KEY to the key that you kept. (One that was never started has none yet.)"
        )
    return vault


def find_vault(config: Settings) -> Vault | None:
    if config.secret_key is not None:
        return Vault(tuple(_decode(part) for part in config.secret_key.get_secret_value().split(",")))
    file = key_file(config)
    return _read(file) if file else None


def key_file(config: Settings) -> Path | None:
    """Where the keys are that do not come from the environment."""
    for candidate in (config.home / "keys.json", _neighbour(config.database_url)):
        if candidate is not None and candidate.is_file():
            return candidate
    return None


def _read(file: Path) -> Vault:
    try:
        return Vault(tuple(_decode(part) for part in json.loads(file.read_text())["masters"]))
    except PermissionError as error:
        raise SetupError(f"{file} cannot be read by this account: run as the account whose it is.") from error
    except (SetupError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(
            f"{file} is damaged: put back the key that you keep (EVENKEEL_SECRET_KEY). Without it, what was sealed "
            "cannot be opened."
        ) from error


def new_master() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def write_private(path: Path, content: str) -> None:
    """A file that only its owner reads, complete or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as file:
        file.write(content)
    Path(temporary).replace(path)


def _generate(path: Path) -> Vault:
    make_home(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        json.dump({"masters": [new_master()]}, file)
    try:
        os.link(temporary, path)  # fails if another process was first, whose key then counts
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
    return _read(path)


def _neighbour(database_url: str | None) -> Path | None:
    """keys.json of the data directory whose embedded PostgreSQL this address names by its socket."""
    if not database_url:
        return None
    folder = parse_qs(urlsplit(database_url).query).get("host", [""])[0]
    home = Path(folder) / HOME_OF_SOCKET
    return Path(home.read_text().strip()) / "keys.json" if folder.startswith("/") and home.is_file() else None


def _decode(text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SetupError(
            "EVENKEEL_SECRET_KEY is not a key: it must be 32 bytes in base64url (`evenkeel keys new` prints one)."
        )
    return key
