"""Every setting, read from the environment once. `docs/settings.md` lists them and a test compares the two."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from email.errors import MessageError
from email.headerregistry import Address
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.errors import SetupError

PREFIX: Final = "EVENKEEL_"
# Ours by their name, though no setting of the server: a program's folder, the camera agent's, the compose file's, the
# tests'.
NO_SETTINGS: Final = (
    "EVENKEEL_POSTGRES_BIN", "EVENKEEL_CAMERA_", "EVENKEEL_DOMAIN", "EVENKEEL_VERSION", "EVENKEEL_TEST_",
    "EVENKEEL_CHROMIUM", "EVENKEEL_EXAMPLES",
)  # fmt: skip
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


def sender_of(text: str) -> Address:
    """An address alone, or in angle brackets after a name, in which a comma needs no quotes ("Acme, Inc.")."""
    name, _, address = text.rpartition("<")
    return Address(display_name=name.strip().strip('"'), addr_spec=address.removesuffix(">").strip())


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", populate_by_name=True, env_ignore_empty=True)

    home: Path = Field(default=Path(".home"), description="Data directory: database, keys, logs, outbox")
    database_url: str | None = Field(
        default=None,
        alias="DATABASE_URL",
        description="PostgreSQL 15 or newer; without it an embedded one is started in the data directory",
    )
    host: str = Field(default="127.0.0.1", description="Address that the API listens on")
    port: int = Field(default=8000, alias="PORT", ge=0, le=65535, description="Port of the API")
    public_url: str | None = Field(
        default=None,
        description="Address that people use, without a path, for links in messages; default: the API's own",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Master key, 32 bytes in base64url; default: generated into the data directory (mode 0600)",
    )
    workers: int = Field(
        default=1, ge=0, le=64, description="Worker processes that `evenkeel up` starts; 0 when they run elsewhere"
    )
    reading_threads: int = Field(default=2, ge=1, le=64, description="Photos a worker reads at once")
    max_upload_mb: int = Field(
        default=15,
        ge=1,
        le=100,
        description="Largest request body in megabytes; one photo or clip has 25 at most, what carries no file 2",
    )
    rate_limits: bool = Field(default=True, description="Limit requests by person and by address")
    trusted_proxies: str = Field(
        default="", description="Addresses of reverse proxies whose X-Forwarded-For is believed, by comma"
    )
    cors_origins: str = Field(default="", description="Other origins that may call the API, by comma")
    secure_cookies: bool = Field(
        default=False,
        description="Mark cookies Secure, and browsers insist on HTTPS for a year; set it wherever people come over it",
    )
    access_token_minutes: int = Field(default=15, ge=1, le=60, description="Life of an access token")
    refresh_token_days: int = Field(default=30, ge=1, le=90, description="Life of a sign-in without use")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_json: bool = Field(default=False, description="Logs as JSON lines instead of text")

    smtp_host: str | None = Field(
        default=None,
        alias="SMTP_HOST",
        description="Mail server; without it mails land as .eml in the outbox",
    )
    smtp_port: int = Field(
        default=587,
        alias="SMTP_PORT",
        ge=1,
        le=65535,
        description="Port of the mail server: STARTTLS, or TLS from the first byte on 465",
    )
    smtp_username: str | None = Field(default=None, alias="SMTP_USERNAME", description="User at the mail server")
    smtp_password: SecretStr | None = Field(
        default=None, alias="SMTP_PASSWORD", description="Password at the mail server"
    )
    smtp_from: str = Field(
        default="Evenkeel <evenkeel@localhost>", alias="SMTP_FROM", description="Sender of our mails"
    )
    smtp_starttls: bool = Field(default=True, alias="SMTP_STARTTLS", description="Ask the mail server for TLS")
    smtp_ca_file: Path | None = Field(
        default=None, alias="SMTP_CA_FILE", description="Certificate authority of a private mail server"
    )

    telegram_token: SecretStr | None = Field(
        default=None, alias="TELEGRAM_BOT_TOKEN", description="Token of the Telegram bot; without it, no bot"
    )
    telegram_api: str = Field(default="https://api.telegram.org", description="Base address of the Telegram Bot API")
    telegram_bot_name: str | None = Field(
        default=None, description="User name of the bot, for links that open it from the app"
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, description="Secret header of the webhook; with it webhooks are used instead of polling"
    )

    telegram_webhook_port: int = Field(
        default=8081,
        ge=1,
        le=65535,
        description="Where the bot process listens for the webhook, on loopback or behind a proxy",
    )
    telegram_webhook_host: str = Field(default="127.0.0.1", description="Address that the bot's webhook listens on")

    llm_url: str | None = Field(
        default=None, description="OpenAI-compatible endpoint for free conversation; off by default"
    )
    llm_model: str = Field(default="local", description="Model name sent to that endpoint")
    llm_key: SecretStr | None = Field(default=None, description="Key for that endpoint")

    vapid_subject: str = Field(default="mailto:evenkeel@localhost", description="Contact that web push services see")
    push_hosts: str = Field(
        default="fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com",
        description="Web push services we send to, with their subdomains, by comma: an endpoint elsewhere is refused",
    )

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in LOG_LEVELS:
            raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
        return value.upper()

    @field_validator("smtp_from")
    @classmethod
    def _a_sender(cls, value: str) -> str:
        try:
            sender_of(value)
        except (ValueError, IndexError, MessageError):
            raise ValueError("must be such as Evenkeel <care@example.org>") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_host(cls, value: str | None) -> str | None:
        """Links in mails are built on it, and the client asks for its files at the root."""
        parts = urlsplit(value or "https://unset")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("must be such as https://evenkeel.example.org: with its scheme, without a path")
        return value

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def data_dir(self) -> Path:
        """Built artefacts that can be made again, such as the descriptor network."""
        return self.home / "data"


@lru_cache
def settings() -> Settings:
    try:
        loaded = Settings()
    except ValidationError as error:
        raise SetupError(" ".join(_fault(fault) for fault in error.errors())) from error
    loaded.home = loaded.home.expanduser().resolve()
    return loaded


def make_home(home: Path) -> None:
    """The data directory, for whoever is about to write there."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"The data directory {home} cannot be made ({error.strerror}): see EVENKEEL_HOME.") from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise SetupError(f"The data directory {home} belongs to another account; run as that account or as root.")


def variables() -> set[str]:
    """The environment's name of every setting."""
    return {field.alias or f"{PREFIX}{name.upper()}" for name, field in Settings.model_fields.items()}


def unknown(given: Iterable[str]) -> list[str]:
    """One sentence for each variable that looks like ours and is none: a typing mistake would go unnoticed."""
    known = variables()
    # A setting with a name of its own (PORT, SMTP_HOST) is read under our prefix as well.
    read = known | {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    suspects = (name for name in given if name.startswith((PREFIX, "SMTP_")) and name not in read)
    return [_meant(name, known) for name in sorted(suspects) if not name.startswith(NO_SETTINGS)]


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.81)
    hint = f"; is {near[0]} meant?" if near else " (docs/settings.md lists all)"
    return f"{name} is no setting and has no effect{hint}"


def _fault(fault: Any) -> str:
    """Settings that hold secrets take any text, so what is quoted here is none."""
    name = str(fault["loc"][0])
    variable = name if name in variables() else f"{PREFIX}{name.upper()}"
    reason = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{variable}={fault['input']} cannot be used: it {reason} (docs/settings.md)."
