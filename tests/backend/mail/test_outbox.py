"""Without a server mails are files; how an address is written."""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.config import Settings
from backend.resources import Resources
from tests.backend.conftest import Account
from tests.backend.mail.server import Drain, Sessions, address_of
from tests.backend.risk_news import raised


async def test_without_a_mail_server_mails_land_in_the_outbox_and_are_shown(
    ben: Account, resources: Resources, sessions: Sessions, drain: Drain
) -> None:
    address = await address_of(sessions, ben)
    await raised(sessions, ben)
    await drain(resources)
    folder = resources.config.home / "outbox"
    (folder / "stray.eml").write_text("To: somebody@example.org\nSubject: without a date\n\nHello\n")
    mine = [path for path in folder.glob("*.eml") if address in path.read_text()]
    assert len(mine) == 1
    assert mine[0].stat().st_mode & 0o077 == 0
    shown = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "backend.cli", "outbox"],
        env={"EVENKEEL_HOME": str(resources.config.home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert address in shown.stdout
    assert "without a date" in shown.stdout
    assert "You have a note" in shown.stdout


async def test_the_same_letter_written_twice_is_one_file(resources: Resources, tmp_path: Path) -> None:
    from backend.notify.postbox import hand_over

    message = EmailMessage()
    message["Message-ID"], message["To"] = "<a@b>", "x@example.org"
    config: Settings = resources.config.model_copy(update={"home": tmp_path})
    first, second = await hand_over(message, config), await hand_over(message, config)
    assert first == second
    assert len(list((tmp_path / "outbox").iterdir())) == 1


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ann@example.org", "ann@example.org"),
        ("ann@exämple.org", "ann@xn--exmple-cua.org"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("jürgen@example.org", "jürgen@example.org"),
    ],
)
def test_addresses_in_other_letters_are_written_as_servers_take_them_and_erased_as_well(
    address: str, written: str, tmp_path: Path
) -> None:
    from email.policy import SMTPUTF8

    from backend.notify.letter import Letter, compose
    from backend.people.erase import erase_outbox

    letter = Letter(address, "Subject", ("Text",), "en", "id", dt.datetime.now(dt.UTC))
    raw = compose(letter, "Evenkeel <evenkeel@localhost>").as_bytes(policy=SMTPUTF8)
    assert f"To: {written}\r\n".encode() in raw
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "1.eml").write_bytes(raw)
    assert erase_outbox(tmp_path, ["other@example.org"]) == 0
    assert erase_outbox(tmp_path, [address]) == 1


@pytest.mark.parametrize(
    ("sender", "written"),
    [
        ("care@example.org", "care@example.org"),
        ("Acme, Inc. <care@example.org>", '"Acme, Inc." <care@example.org>'),
        ('"Acme, Inc." <care@example.org>', '"Acme, Inc." <care@example.org>'),
        ("Acme (HR) <care@example.org>", '"Acme (HR)" <care@example.org>'),
        ("애크미 <care@example.org>", "애크미 <care@example.org>"),
    ],
)
def test_a_sender_may_be_called_as_the_company_is(sender: str, written: str) -> None:
    from backend.notify.letter import Letter, compose

    known = Settings(SMTP_FROM=sender)
    message = compose(
        Letter("ann@example.org", "Subject", ("Text",), "en", "id", dt.datetime.now(dt.UTC)), known.smtp_from
    )
    assert (str(message["From"]), message["Message-ID"]) == (written, "<id@example.org>")


@pytest.mark.parametrize("sender", ["", "Acme", "Acme care@example.org", "care@", "<>"])
def test_a_sender_that_is_none_is_said_at_the_start(sender: str) -> None:
    with pytest.raises(ValidationError, match="must be such as"):
        Settings(SMTP_FROM=sender)
