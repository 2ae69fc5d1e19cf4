"""What an administrator gets wrong is said in a sentence, and at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import jwt
import psutil
import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner

from backend import rotate
from backend.announce import Announcements
from backend.app import create_app
from backend.camera.frames import context_of
from backend.config import Settings, settings, unknown
from backend.db import (
    Unreachable,
    check_server,
    connect,
    connected,
    make_engine,
    make_sessions,
    migrate,
    refuse_to_empty,
    wait_for_schema,
)
from backend.doctor import examine
from backend.errors import RetryLater, SetupError, Unauthorised
from backend.jobs import RETRIES
from backend.keycheck import check_key, own_vault
from backend.notify import postbox
from backend.people.tokens import AccessTokens
from backend.roles import APP_ROLE, CREATE, MEMBERSHIP
from backend.tables import KeyCheck, metadata
from backend.up import LONGEST_PAUSE, Child
from backend.vault import load_vault, new_master
from tests.conftest import ROOT


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Runs a command as its administrator would; what is printed is returned with the exit code."""
    from backend.cli import app

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        settings.cache_clear()
        monkeypatch.setenv("EVENKEEL_HOME", str(tmp_path / "home"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, list(arguments), env=environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    yield run
    settings.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "http", "PORT=http"),
        ("EVENKEEL_WORKERS", "99", "EVENKEEL_WORKERS=99"),
        ("EVENKEEL_LOG_LEVEL", "LOUD", "one of DEBUG"),
        ("EVENKEEL_SECURE_COOKIES", "ja", "valid boolean"),
        ("SMTP_PORT", "465465", "SMTP_PORT=465465"),
        ("EVENKEEL_PUBLIC_URL", "evenkeel.example.org", "with its scheme"),
        ("EVENKEEL_PUBLIC_URL", "https://example.org/evenkeel", "without a path"),
        ("EVENKEEL_SECRET_KEY", "short", "32 bytes"),
        ("EVENKEEL_HOME", "/proc/nowhere", "/proc/nowhere"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(command, name, value, words):
    code, said = (
        command("audit", "verify", **{name: value})
        if name == "EVENKEEL_HOME"
        else command("keys", "show", **{name: value})
    )
    assert code == 2
    assert words in said


def test_a_mistyped_variable_is_named_and_others_are_left_alone():
    said = unknown(["EVENKEEL_SECURE_COOKIE", "SMTP_USER", "EVENKEEL_DOMAIN", "EVENKEEL_CAMERA_KEY", "HOME", "PORT"])
    assert [sentence.split("; ")[-1] for sentence in said] == [
        "is EVENKEEL_SECURE_COOKIES meant?",
        "is SMTP_USERNAME meant?",
    ]


def test_links_to_an_ipv6_address_can_be_opened():
    assert Settings(host="::1", PORT=8000, public_url=None).origin == "http://[::1]:8000"


def test_what_is_read_under_our_prefix_is_not_called_a_mistake(monkeypatch):
    monkeypatch.setenv("EVENKEEL_PORT", "8123")
    assert Settings().port == 8123
    assert unknown(["EVENKEEL_PORT", "EVENKEEL_SMTP_HOST"]) == []


@pytest.mark.parametrize("words", [("risk", "assess-all"), ("risk", "replay", "--from-database"), ("demo",)])
def test_a_database_without_the_schema_is_said_in_a_sentence(command, server_dsn, words):
    """Such as the empty one in the wrong data directory."""
    code, said = command(*words, DATABASE_URL=server_dsn)
    assert code == 2
    assert "evenkeel migrate" in said


def test_the_bot_waits_for_the_schema(command, server_dsn, monkeypatch):
    monkeypatch.setattr("backend.notify.bot_process.wait_for_schema", partial(wait_for_schema, seconds=0))
    code, said = command("bot", "run", DATABASE_URL=server_dsn, TELEGRAM_BOT_TOKEN="1:a")
    assert code == 2
    assert "evenkeel migrate" in said


def test_looking_for_the_key_makes_none(command, tmp_path):
    """It would be kept as the backup of an installation that it does not belong to."""
    code, said = command("keys", "show")
    assert code == 2
    assert "EVENKEEL_HOME" in said
    assert not (tmp_path / "home" / "keys.json").exists()


def test_a_damaged_key_file_is_named(command, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "keys.json").write_text('{"masters": ["x')
    code, said = command("keys", "show")
    assert code == 2
    assert "damaged" in said


@pytest.mark.parametrize(
    "change", [lambda dsn: dsn.replace("/test_", "/absent_"), lambda dsn: "postgresql://a:b/c@d/e"]
)
async def test_what_waiting_cannot_mend_is_said_at_once(dsn: str, change):
    """A wrong password or name was waited on for two minutes and then called a missing schema."""
    async with asyncio.timeout(20):
        with pytest.raises(SetupError, match="DATABASE_URL"):
            await wait_for_schema(change(dsn), seconds=120)


async def test_a_database_that_is_down_is_not_called_empty():
    with pytest.raises(SetupError, match="does not answer"):
        await wait_for_schema("postgresql://a:b@127.0.0.1:9/e", seconds=0)


async def test_the_whole_address_counts_for_every_connection(dsn: str):
    """libpq's options, as managed servers print them, broke the engine and not the rest."""
    joined = "&" if "?" in dsn else "?"
    engine = make_engine(f"{dsn}{joined}application_name=keel&sslrootcert=/absent.pem&sslmode=disable")
    async with engine.connect() as connection:
        assert (await connection.execute(text("show application_name"))).scalar_one() == "keel"
    await engine.dispose()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such signal")
def test_a_killed_parent_takes_its_processes_along(tmp_path, unused_tcp_port):
    """They went on without it, held the port against the next start, and after an upgrade ran the old code."""
    start = (
        "import os, time; from backend.up import Child\n"
        "child = Child(('api',)); child.start(dict(os.environ)); print(child.process.pid, flush=True); time.sleep(60)"
    )
    waits_for = f"postgresql://a:b@127.0.0.1:{unused_tcp_port}/c"
    environment = {**os.environ, "EVENKEEL_HOME": str(tmp_path), "DATABASE_URL": waits_for, "PORT": "0"}
    parent = subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, env=environment, cwd=ROOT)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    child.wait(timeout=30)


def test_a_process_that_fails_for_days_takes_nobody_along():
    """After nine hours of one failing process the pause was too large a number, and `up` ended with everything."""
    child = Child(("api",), subprocess.Popen(["true"]), failures=5000, started=time.monotonic())
    child.process.wait()
    child.mind({})
    assert 0 < child.not_before - time.monotonic() <= LONGEST_PAUSE
    child.not_before, child.started = 0.0, time.monotonic() - 61
    child.mind({})
    assert child.failures == 1, "it ran well meanwhile"


async def test_an_outage_of_the_database_is_called_one(config: Settings, dsn: str, unused_tcp_port):
    """It was a 500, "something broke", and a full server gave a photo up after seven seconds."""
    app = create_app(config, dsn)
    async with app.router.lifespan_context(app):
        gone = make_engine(f"postgresql://a:b@127.0.0.1:{unused_tcp_port}/c")
        app.state.evenkeel = replace(app.state.evenkeel, engine=gone, sessions=make_sessions(gone))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://evenkeel.test") as client:
            for path in ("/readyz", "/metrics", "/api/v1/receipts/keys"):
                answer = await client.get(path)
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), path
            # A host that vanished without a word: every connection waits for it, and none comes free.
            silent = create_async_engine(**connected(dsn), pool_size=1, max_overflow=0, pool_timeout=0.1)
            app.state.evenkeel = replace(app.state.evenkeel, engine=silent, sessions=make_sessions(silent))
            async with silent.connect():
                answer = await client.get("/api/v1/receipts/keys")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            await silent.dispose()
        await gone.dispose()
    for error in (Unreachable("full"), NoConnectionFree("none came free")):
        assert RETRIES.worth_another(error, attempts=20)


LISTENERS = "select pid from pg_stat_activity where application_name = 'listener' and state = 'idle' and query <> ''"


async def test_a_listener_notices_a_server_that_says_nothing_any_more(dsn: str, monkeypatch):
    monkeypatch.setattr("backend.announce.ASK_EVERY", 0.05)
    monkeypatch.setattr("backend.announce.ANSWER_WITHIN", 0.2)
    listening = Announcements(f"{dsn}{'&' if '?' in dsn else '?'}application_name=listener")
    looking = await asyncpg.connect(dsn)

    async def new_one(*known: int) -> int:
        for _ in range(400):
            for row in await looking.fetch(LISTENERS):
                if row["pid"] not in known:
                    return int(row["pid"])
            await asyncio.sleep(0.05)
        raise AssertionError("nobody listens")

    await listening.start()
    silent = await new_one()
    os.kill(silent, signal.SIGSTOP)
    try:
        await new_one(silent)
    finally:
        os.kill(silent, signal.SIGCONT)
        await listening.stop()
        await looking.close()


async def test_a_full_disk_is_an_outage(app_client, monkeypatch):
    """SQLSTATE class 53, raised by the server itself."""

    async def full(session, *_: object):
        await session.exec(text("do $$ begin raise exception using errcode = 'disk_full'; end $$"))

    monkeypatch.setattr("backend.people.routes.consents.receipts.known_keys", full)
    async with app_client() as client:
        answer = await client.get("/receipts/keys")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_schema_that_this_version_does_not_know_is_refused_in_a_sentence(dsn: str):
    with pytest.raises(SetupError, match="cannot go to 0999"):
        await migrate(dsn, "0999")


@pytest.mark.parametrize("revision", ["-1", "base", "-7"])
async def test_a_step_back_does_not_remove_everything(dsn: str, home, revision):
    """The documented `evenkeel migrate -- -1` dropped every table: there was one schema, and nothing before it."""
    with pytest.raises(SetupError, match="Nothing was done"):
        await refuse_to_empty(dsn, revision)
    await refuse_to_empty(dsn, "head")


def test_the_command_asks_first(command, monkeypatch):
    async def no(*_: object) -> None:
        raise SetupError("Nothing was done.")

    async def nothing(*_: object) -> str:
        return ""

    for name, instead in (
        ("refuse_to_empty", no),
        ("locate", nothing),
        ("check_server", nothing),
        ("migrate", nothing),
    ):
        monkeypatch.setattr(f"backend.db.{name}", instead)
    assert command("migrate", "--", "-1")[0] == 2


async def test_the_version_is_the_servers_own(dsn: str):
    connection = await connect(dsn)
    assert str(await connection.fetchval("show server_version")).startswith(await check_server(dsn))
    await connection.close()


@pytest.mark.parametrize(("revision", "words"), [("0000", "evenkeel migrate"), ("9999", "newer version")])
async def test_doctor_compares_the_schema_with_its_own(config: Settings, dsn: str, monkeypatch, revision, words):
    owner = await asyncpg.connect(dsn)
    before = await owner.fetchval("select version_num from alembic_version")
    await owner.execute("update alembic_version set version_num = $1", revision)
    try:
        found = await _doctor(config, dsn, monkeypatch)
    finally:
        await owner.execute("update alembic_version set version_num = $1", before)
        await owner.close()
    assert [one.grade for one in found if one.what == "database" and words in one.detail] == ["fail"]


async def test_doctor_tells_a_trial_versions_database_from_its_own(config: Settings, dsn: str, monkeypatch):
    """Both say 0001: `migrate` did nothing, `doctor` was green, and the pages were errors."""
    owner = await asyncpg.connect(dsn)
    await owner.execute("alter table mail rename column detail to details")
    try:
        found = await _doctor(config, dsn, monkeypatch)
    finally:
        await owner.execute("alter table mail rename column details to detail")
        await owner.close()
    assert [one.grade for one in found if "trial version" in one.detail] == ["fail"]
    assert [one for one in await _doctor(config, dsn, monkeypatch) if "trial version" in one.detail] == []


async def test_doctor_names_a_database_with_too_little_room_for_locks(config: Settings, dsn: str, ana, monkeypatch):
    """With ten thousand people on PostgreSQL's defaults neither the policy could be changed nor anything deleted."""
    assert [one for one in await _doctor(config, dsn, monkeypatch) if "locks" in one.detail] == []
    monkeypatch.setattr("backend.doctor.ROOM_FOR_LOCKS", "select 1")
    found = await _doctor(config, dsn, monkeypatch)
    assert ["max_locks_per_transaction" in one.detail for one in found if "locks" in one.detail] == [True]


async def test_doctor_sees_a_key_that_opens_nothing(config: Settings, dsn: str, sessions, monkeypatch, tmp_path):
    async with sessions() as session, session.begin():
        await check_key(session, load_vault(config))
    right = await _doctor(config, dsn, monkeypatch)
    assert [one.grade for one in right if one.what == "key"] == ["ok"]
    other = config.model_copy(update={"secret_key": SecretStr(new_master())})
    lost = config.model_copy(update={"home": tmp_path})
    for wrong in (other, lost):
        assert [one.grade for one in await _doctor(wrong, dsn, monkeypatch) if one.what == "key"] == ["fail"]
    assert not (tmp_path / "keys.json").exists()


async def test_no_key_is_made_for_a_database_that_has_one(config: Settings, dsn: str, sessions, tmp_path):
    """After a restore without its key, a fresh one would open nothing; `up` started its processes again for ever."""
    async with sessions() as session, session.begin():
        await check_key(session, load_vault(config))
    assert (await own_vault(config, dsn)).masters == load_vault(config).masters
    with pytest.raises(SetupError, match="after a restore"):
        await own_vault(config.model_copy(update={"home": tmp_path}), dsn)
    assert not (tmp_path / "keys.json").exists()


def test_a_sign_in_survives_another_machines_clock(config: Settings, monkeypatch):
    """Behind two API machines, a token of the one that is a second ahead was "not a valid sign-in" at the other."""
    tokens = AccessTokens(load_vault(config), config)
    now = datetime.now(UTC)

    def issued(ahead: timedelta) -> str:
        claims = {"sub": "1", "epoch": 0, "iat": now + ahead, "exp": now + ahead + tokens.life}
        return jwt.encode(claims, tokens.vault.derive("access-token"), "HS256")

    assert tokens.read(issued(timedelta(seconds=10)))["sub"] == "1"
    for unbelievable in (timedelta(hours=1), -tokens.life - timedelta(minutes=1)):
        with pytest.raises(Unauthorised):
            tokens.read(issued(unbelievable))


async def test_doctor_compares_the_clocks(config: Settings, dsn: str, monkeypatch):
    class Fast(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(minutes=5)

    assert [one for one in await _doctor(config, dsn, monkeypatch) if one.what == "clock"] == []
    monkeypatch.setattr("backend.doctor.datetime", Fast)
    found = [one for one in await _doctor(config, dsn, monkeypatch) if one.what == "clock"]
    assert [(one.grade, "300 seconds" in one.detail or "299 seconds" in one.detail) for one in found] == [
        ("fail", True)
    ]


async def test_doctor_names_an_organisation_that_nobody_administers(config: Settings, dsn: str, sign_up, monkeypatch):
    boss = await sign_up("admin")
    named = (await boss.http.get("/admin/organisation")).json()["name"]

    async def orphans() -> list[str]:
        found = await _doctor(config, dsn, monkeypatch)
        return [one.detail for one in found if one.what == "organisation" and named in one.detail]

    assert await orphans() == []
    assert (await boss.http.request("DELETE", "/me")).status_code == 200
    assert "organisation invite" in (await orphans())[0]


async def test_a_strangers_key_cannot_be_rotated_in(config: Settings, session, tmp_path):
    """From a shell with another EVENKEEL_HOME it would have become one of this database's keys, the only one in the end."""
    await check_key(session, load_vault(config))
    stranger = config.model_copy(update={"home": tmp_path})
    load_vault(stranger)
    with pytest.raises(SetupError, match="another master key"):
        await rotate.begin(session, stranger)
    with pytest.raises(SetupError, match="another master key"):
        await rotate.finish(
            session, config.model_copy(update={"secret_key": SecretStr(f"{new_master()},{new_master()}")})
        )


def test_a_rotation_seals_all_again_that_is_sealed():
    """What it left out could not be opened any more: the frames of cameras."""
    sealed = {name: table for name, table in metadata.tables.items() if "sealed" in table.columns}
    listed = {name: (columns, context) for name, columns, context in rotate.SEALED}
    assert set(listed) == set(sealed)
    for name, (columns, _) in listed.items():
        assert set(columns) == {column.name for column in sealed[name].primary_key}
    burst = uuid4()
    assert listed["camera_frame"][1].format(burst_id=burst, number=2) == context_of(burst, 2)


async def test_a_rotation_that_was_not_committed_leaves_the_key_file_alone(config: Settings, session, tmp_path):
    """A file with a key that the database does not know keeps every process from starting."""
    own = config.model_copy(update={"home": tmp_path})
    vault = load_vault(own)
    session.add(KeyCheck(fingerprint=vault.fingerprint))
    await session.flush()
    before = (tmp_path / "keys.json").read_text()
    rotated = await rotate.begin(session, own)
    assert (tmp_path / "keys.json").read_text() == before
    rotate.keep(own, rotated)
    assert load_vault(own).masters == rotated.masters
    assert len(rotated.masters) == 2


class Picky:
    """A mail server that refuses what it is told to refuse."""

    sender = recipient = "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient


@pytest.fixture
def picky(unused_tcp_port):
    controller = Controller(Picky(), hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    yield controller
    controller.stop()


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [
        ("553 5.7.1 Sender address rejected: not owned by user", "250 OK"),
        ("530 5.7.0 Authentication required", "250 OK"),
        ("250 OK", "554 5.7.1 Relay access denied"),
        ("250 OK", "530 Authentication required"),
    ],
)
async def test_mails_wait_while_the_mail_server_refuses_us(config: Settings, picky, sender, recipient):
    """They were given up at the first try, a password reset too, for a mistake in SMTP_FROM."""
    from email.message import EmailMessage

    picky.handler.sender, picky.handler.recipient = sender, recipient
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "keel@example.org", "ana@example.org", "Hello"
    message.set_content("Hello")
    with pytest.raises(RetryLater):
        await postbox.hand_over(message, _at(config, picky))


async def test_a_mail_that_failed_names_nobody_in_the_log(config: Settings, picky):
    """The refused recipient was in the traceback: in the log, and with the held job long after an erasure."""
    import traceback
    from email.message import EmailMessage

    picky.handler.recipient = "451 4.7.1 Greylisted ana@example.org"
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "keel@example.org", "ana@example.org", "Hello"
    message.set_content("Hello")
    with pytest.raises(RetryLater, match="451") as caught:
        await postbox.hand_over(message, _at(config, picky))
    assert "ana@" not in "".join(traceback.format_exception(caught.value))


async def test_an_owner_that_may_not_make_roles_can_have_it_made(dsn: str, server_dsn: str):
    """As on a managed server: doctor says what to ask for, and migrating then takes it up."""
    name = f"owner_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(dsn)
    try:
        await admin.execute(f"create role {name} login; create schema {name} authorization {name}")
        await admin.execute(f"set role {name}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute(MEMBERSHIP)
        await admin.execute(f"reset role; grant {APP_ROLE} to {name}; set role {name}")
        await admin.execute(CREATE)
        await admin.execute(MEMBERSHIP)
    finally:
        await admin.execute(f"reset role; drop schema {name}; drop role {name}")
        await admin.close()


@pytest.mark.parametrize(
    ("change", "grade", "words"),
    [
        ({}, "ok", "answers"),
        ({"smtp_from": "Evenkeel <evenkeel@localhost>"}, "warn", "SMTP_FROM"),
        ({"smtp_starttls": True}, "fail", "no STARTTLS"),
        ({"smtp_username": "keel", "smtp_password": SecretStr("x")}, "fail", "no sign-in"),
        ({"smtp_starttls": True, "smtp_ca_file": Path("/absent.pem")}, "fail", "SMTP_CA_FILE"),
        ({"smtp_port": 9}, "fail", "SMTP_PORT"),
    ],
)
async def test_doctor_goes_as_far_as_the_next_mail_would(config: Settings, picky, change, grade, words):
    from backend.doctor import _mail

    found = await _mail(_at(config, picky).model_copy(update=change))
    assert [(one.grade, words in one.detail) for one in found] == [(grade, True)], found


def _at(config: Settings, server: Controller) -> Settings:
    here = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_starttls": False, "smtp_from": "keel@example.org"}
    return config.model_copy(update=here)


async def _doctor(config: Settings, dsn: str, monkeypatch):
    for slow in ("_models", "_mail", "_bot"):
        monkeypatch.setattr(f"backend.doctor.{slow}", _nothing)
    return await examine(config.model_copy(update={"database_url": dsn}))


async def _nothing(_: Settings) -> list[object]:
    return []
