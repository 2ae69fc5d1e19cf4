"""Looks at an installation as its administrator would and says what to do. Called by `evenkeel doctor`."""

from __future__ import annotations

import asyncio
import shutil
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from backend.config import Settings
from backend.errors import SetupError

Grade = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    grade: Grade
    detail: str


async def examine(config: Settings) -> list[Finding]:
    checks: dict[str, Callable[[Settings], Awaitable[list[Finding]]]] = {
        "database": _database,
        "models": _models,
        "mail": _mail,
        "bot": _bot,
        "disk": _disk,
        "settings": _settings,
    }
    findings = []
    for what, check in checks.items():
        try:
            findings += await check(config)
        except SetupError as error:
            findings.append(Finding(what, "fail", str(error)))
        except Exception as error:  # a doctor that crashes helps nobody
            findings.append(Finding(what, "fail", f"{type(error).__name__}: {error}"))
    return findings


async def _database(config: Settings) -> list[Finding]:
    import asyncpg

    from backend.db import check_server, has_organisation, locate
    from backend.roles import APP_ROLE, TAKE_APP_ROLE

    dsn = await locate(config)
    version = await check_server(dsn)
    kind = "external" if config.database_url else "embedded"
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("select to_regclass('alembic_version') is not null"):
            return [Finding("database", "fail", "PostgreSQL answers, the schema is missing: run `evenkeel migrate`.")]
        revision = await connection.fetchval("select version_num from alembic_version")
        held = await connection.fetchval("select count(*) from pgqueuer where status = 'failed'")
        confined = await connection.fetchval(TAKE_APP_ROLE)
    finally:
        await connection.close()
    found = [Finding("database", "ok", f"{kind} PostgreSQL {version}, schema {revision}")]
    if not confined:
        detail = (
            f"processes run with all rights of the database's owner: let it create the role {APP_ROLE}, then migrate"
        )
        found.append(Finding("database", "warn", detail))
    if not await has_organisation(dsn):
        detail = "nobody can register yet: `evenkeel organisation create NAME` makes the first administrator's invite"
        found.append(Finding("organisation", "warn", detail))
    if held:
        found.append(Finding("jobs", "warn", f"{held} jobs are held after failing: an administrator can retry them."))
    return found


async def _models(config: Settings) -> list[Finding]:
    def load() -> str:
        from ml.pipeline import FacePipeline

        pipeline = FacePipeline(config.data_dir)
        pipeline.warm()
        return "faces, landmarks, identity and expression load"

    def look_for_units() -> Finding:
        from ml.units.landmarker import ExtraMissing, Landmarker

        try:
            Landmarker().close()
        except ExtraMissing as missing:
            return Finding("action units", "warn", str(missing))
        return Finding("action units", "ok", "the landmarker loads")

    return [Finding("models", "ok", await asyncio.to_thread(load)), await asyncio.to_thread(look_for_units)]


async def _mail(config: Settings) -> list[Finding]:
    if config.smtp_host is None:
        detail = f"no SMTP_HOST: mails land in {config.home / 'outbox'} (`evenkeel outbox` shows them)"
        return [Finding("mail", "warn", detail)]
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(config.smtp_host, config.smtp_port), 5)
    except (OSError, TimeoutError) as error:
        detail = f"{config.smtp_host}:{config.smtp_port} does not answer ({error}). Check SMTP_HOST and SMTP_PORT."
        return [Finding("mail", "fail", detail)]
    writer.close()
    return [Finding("mail", "ok", f"{config.smtp_host}:{config.smtp_port} answers")]


async def _bot(config: Settings) -> list[Finding]:
    if config.telegram_token is None:
        return [Finding("bot", "ok", "no TELEGRAM_BOT_TOKEN: the bot talks inside the app only")]
    import httpx

    address = f"{config.telegram_api}/bot{config.telegram_token.get_secret_value()}/getMe"
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(address)
    except httpx.HTTPError as error:
        return [Finding("bot", "fail", f"the Bot API does not answer ({type(error).__name__}); check the network")]
    if answer.status_code != 200:
        return [Finding("bot", "fail", "the Bot API refuses TELEGRAM_BOT_TOKEN; ask @BotFather for a new one")]
    return [Finding("bot", "ok", f"@{answer.json()['result']['username']} answers")]


async def _disk(config: Settings) -> list[Finding]:
    config.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(config.home).free / 1e9
    grade: Grade = "ok" if free > 5 else "warn" if free > 1 else "fail"
    advice = "" if grade == "ok" else "; make room or move EVENKEEL_HOME"
    return [Finding("disk", grade, f"{free:.1f} GB free at {config.home}{advice}")]


async def _settings(config: Settings) -> list[Finding]:
    found = []
    keys = config.home / "keys.json"
    if keys.is_file() and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        found.append(Finding("settings", "fail", f"{keys} can be read by others: chmod 600 {keys}"))
    local = config.host in ("127.0.0.1", "::1", "localhost")
    if not local and not config.secure_cookies:
        detail = "listens beyond this machine without EVENKEEL_SECURE_COOKIES=true: put TLS in front and set it"
        found.append(Finding("settings", "warn", detail))
    found += _exposure(config)
    if not config.rate_limits:
        found.append(Finding("settings", "warn", "EVENKEEL_RATE_LIMITS is off: passwords can be tried out freely"))
    return found or [Finding("settings", "ok", "nothing unsafe")]


def _exposure(config: Settings) -> list[Finding]:
    """What lets others in or others' words be believed."""
    found = []
    if "*" in config.cors_origins:
        found.append(
            Finding("settings", "fail", "EVENKEEL_CORS_ORIGINS=* lets every website act as your users: name yours")
        )
    if "*" in config.trusted_proxies:
        detail = "EVENKEEL_TRUSTED_PROXIES=* believes any sender's address, so limits can be evaded: name your proxies"
        found.append(Finding("settings", "fail", detail))
    if config.public_url and config.public_url.startswith("https://") and not config.secure_cookies:
        found.append(Finding("settings", "warn", "people come over HTTPS: set EVENKEEL_SECURE_COOKIES=true"))
    if config.secret_key is not None and "," in config.secret_key.get_secret_value():
        found.append(
            Finding("settings", "warn", "a key rotation is under way: `evenkeel keys rotate --finish` ends it")
        )
    home = config.home
    if home.is_dir() and stat.S_IMODE(home.stat().st_mode) & 0o002:
        found.append(Finding("settings", "fail", f"{home} can be written by everybody: chmod o-w {home}"))
    return found
