"""Looks at an installation as its administrator would and says what to do. Called by `evenkeel doctor`."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from backend.config import Settings, make_home, unknown
from backend.errors import SetupError

Grade = Literal["ok", "warn", "fail"]


# An administrator may erase their account, the last one too.
ORPHANS: Final = """
select name from organisation
where not exists (select from person where person.organisation_id = organisation.id and role = 'admin') order by name
"""
WAY_BACK: Final = "use its invite, or make another one with `evenkeel organisation invite`"
# Another policy, or the end of an organisation, takes a lock for each of its people in one transaction.
MOST_PEOPLE: Final = """
select coalesce(max(number), 0) from (select count(*) as number from person group by organisation_id) as organisations
"""
ROOM_FOR_LOCKS: Final = (
    "select current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int"
)
OF_A_TRIAL: Final = (
    "this database was made by an earlier trial version and lacks what this one needs. It cannot be converted: begin "
    "with an empty data directory or database, or go on with the version that made it"
)


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
    from backend.db import check_server, connect, has_organisation, locate
    from backend.people.tokens import CLOCKS
    from backend.roles import APP_ROLE, TAKE_APP_ROLE

    dsn = await locate(config)
    version = await check_server(dsn)
    kind = "external" if config.database_url else "embedded"
    connection = await connect(dsn)
    try:
        if not await connection.fetchval("select to_regclass('alembic_version') is not null"):
            return [Finding("database", "fail", "PostgreSQL answers, the schema is missing: run `evenkeel migrate`.")]
        revision = await connection.fetchval("select version_num from alembic_version")
        if (stale := _schema(revision)) is not None:
            return [stale]
        if await _of_a_trial(dsn):
            return [Finding("database", "fail", OF_A_TRIAL)]
        held = await connection.fetchval("select count(*) from pgqueuer where status = 'failed'")
        owner = await connection.fetchval("select quote_ident(session_user)")
        confined = await connection.fetchval(TAKE_APP_ROLE)
        ahead = (datetime.now(UTC) - await connection.fetchval("select clock_timestamp()")).total_seconds()
        people, room = await connection.fetchval(MOST_PEOPLE), await connection.fetchval(ROOM_FOR_LOCKS)
        orphans = [row["name"] for row in await connection.fetch(ORPHANS)]
        fingerprints = [row["fingerprint"] for row in await connection.fetch("select fingerprint from key_check")]
    finally:
        await connection.close()
    found = [Finding("database", "ok", f"{kind} PostgreSQL {version}, schema {revision}")]
    if not confined:
        detail = (
            "processes run with all rights of the database's owner, since it may not make a role. Whoever administers "
            f"the server: `create role {APP_ROLE} nologin; grant {APP_ROLE} to {owner};`, then you: `evenkeel migrate`"
        )
        found.append(Finding("database", "warn", detail))
    if people > room * 0.8:
        detail = (
            f"an organisation has {people} people and PostgreSQL room for about {room} locks: raise "
            "`max_locks_per_transaction` (and restart it) before its policy is changed or it is deleted"
        )
        found.append(Finding("database", "warn", detail))
    if not await has_organisation(dsn):
        detail = "nobody can register yet: `evenkeel organisation create NAME` makes the first administrator's invite"
        found.append(Finding("organisation", "warn", detail))
    if abs(ahead) > CLOCKS.total_seconds():
        detail = f"this machine's clock and the database's are {abs(ahead):.0f} seconds apart: let both keep time (NTP)"
        found.append(Finding("clock", "fail", detail))
    found += [Finding("organisation", "warn", f"{name!r} has no administrator: {WAY_BACK}") for name in orphans]
    if held:
        found.append(Finding("jobs", "warn", f"{held} jobs are held after failing: an administrator can retry them."))
    return [*found, _key(config, fingerprints)]


async def _of_a_trial(dsn: str) -> bool:
    """Until the first release its one migration was edited: an older database has the number, and not all columns."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import create_async_engine

    from backend.db import connected
    from backend.tables import metadata

    def differs(connection: Connection) -> bool:
        def ours(name: str | None, kind: str, _: object) -> bool:
            return kind != "table" or name in metadata.tables

        context = MigrationContext.configure(connection, opts={"include_name": ours})
        return bool(compare_metadata(context, metadata))

    engine = create_async_engine(**connected(dsn))
    async with engine.connect() as connection:
        found = await connection.run_sync(differs)
    await engine.dispose()
    return found


def _schema(revision: str | None) -> Finding | None:
    from backend.db import newest_schema

    wanted = newest_schema()
    if revision is None or revision < wanted:
        detail = f"the schema is {revision or 'missing'}, this version needs {wanted}: run `evenkeel migrate`"
        return Finding("database", "fail", detail)
    if revision > wanted:
        detail = f"the schema is {revision}, from a newer version than this one ({wanted}): start the newer version"
        return Finding("database", "fail", detail)
    return None


def _key(config: Settings, fingerprints: Collection[str]) -> Finding:
    """Compared with what the processes of this database use; never made here."""
    from backend.keycheck import stranger
    from backend.vault import known_vault

    if not fingerprints:
        return Finding("key", "ok", "nothing is sealed yet; the first process decides")
    try:
        vault = known_vault(config)
    except SetupError as error:
        return Finding("key", "fail", str(error))
    if vault.fingerprint not in fingerprints:
        return Finding("key", "fail", str(stranger()))
    return Finding("key", "ok", "the one that the photos and face templates are sealed with")


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
    from backend.notify.postbox import sign_in

    address = f"{config.smtp_host}:{config.smtp_port}"
    try:
        await asyncio.wait_for(sign_in(config, config.smtp_host, patience=5), 20)
    except Exception as error:
        return [Finding("mail", "fail", f"{address} cannot be used: {_mail_trouble(config, error)}")]
    if "localhost" in config.smtp_from:
        detail = f"{address} answers; set SMTP_FROM, many servers refuse mail from {config.smtp_from}"
        return [Finding("mail", "warn", detail)]
    how = "takes our sign-in" if config.smtp_username else "answers"
    return [Finding("mail", "ok", f"{address} {how}")]


def _mail_trouble(config: Settings, error: Exception) -> str:
    import ssl

    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return f"it refuses SMTP_USERNAME or SMTP_PASSWORD ({error.code})"
    if isinstance(error, ssl.SSLCertVerificationError) or "certificate" in str(error).lower():
        return f"its certificate is not trusted; SMTP_CA_FILE names your own authority ({error})"
    if isinstance(error, FileNotFoundError):
        return f"SMTP_CA_FILE ({config.smtp_ca_file}) is not there"
    if "STARTTLS extension" in str(error):
        return "it offers no STARTTLS: SMTP_STARTTLS=false inside your own network alone, or SMTP_PORT=465 for TLS"
    if "AUTH extension" in str(error):
        return "it takes no sign-in on this port: leave SMTP_USERNAME out, or choose its port with TLS"
    said = str(error) or type(error).__name__
    return f"{said}. Check SMTP_HOST, SMTP_PORT and, for a server that wants no TLS, SMTP_STARTTLS=false."


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
    make_home(config.home)
    free = shutil.disk_usage(config.home).free / 1e9
    grade: Grade = "ok" if free > 5 else "warn" if free > 1 else "fail"
    advice = "" if grade == "ok" else "; make room or move EVENKEEL_HOME"
    return [Finding("disk", grade, f"{free:.1f} GB free at {config.home}{advice}")]


async def _settings(config: Settings) -> list[Finding]:
    found = [Finding("settings", "warn", sentence) for sentence in unknown(os.environ)]
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
    if config.public_url and "localhost" in config.vapid_subject:
        detail = "Apple's push service refuses the default of EVENKEEL_VAPID_SUBJECT: name a contact, mailto:you@…"
        found.append(Finding("settings", "warn", detail))
    if config.secret_key is not None and "," in config.secret_key.get_secret_value():
        found.append(
            Finding("settings", "warn", "a key rotation is under way: `evenkeel keys rotate --finish` ends it")
        )
    home = config.home
    if home.is_dir() and stat.S_IMODE(home.stat().st_mode) & 0o002:
        found.append(Finding("settings", "fail", f"{home} can be written by everybody: chmod o-w {home}"))
    return found
