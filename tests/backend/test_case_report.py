"""The report of a case: only what was shared, in words; and set as a PDF that is looked at, not only produced."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import numpy as np
import pypdfium2
import pytest

from backend.db import transaction
from backend.escalation import texts, words
from backend.escalation.pdf_chart import SHADES
from backend.escalation.policy import EscalationPolicy
from backend.escalation.report_pdf import pdf_of
from backend.escalation.schemas import CaseReport
from backend.escalation.share import MOST
from backend.escalation.tasks import look_for_low
from backend.notify.texts import variants_of
from backend.resources import Resources
from backend.tables import Assessment, Notice, Reading
from ml.risk import reasons
from tests.backend.conftest import Account, make_home
from tests.backend.escalation_world import Sessions, Work, assessed, periodic
from tests.clock import now, today

AT = datetime(2026, 11, 21, 9, 30, tzinfo=ZoneInfo("Asia/Seoul"))
SCALE = 2.0  # pixels a point
MM = SCALE * 72 / 25.4


async def a_low_fortnight(sessions: Sessions, person: Account) -> None:
    """Assessments with a gap, support that helped and support without an answer, readings with and without units."""
    levels = {13: "none", 12: "low", 9: "moderate", 2: "moderate", 0: "high"}
    reasons = [
        {"code": "above_usual", "component": "sad",
         "numbers": {"days": 4, "of_days": 5, "recent": 0.3123, "usual": 0.1234, "spread": 0.0456}},
        {"code": "learning", "component": None, "numbers": {"have": 3, "need": 14}},
    ]  # fmt: skip
    units = {"measured": True, "intensity": {"AU4": 3.2, "AU15": 2.1, "AU12": 1.9}}
    async with transaction(sessions) as session:
        for back, level in levels.items():
            day = today() - timedelta(days=back)
            session.add(
                Assessment(person_id=UUID(person.id), day=day, level=level, reasons=reasons, policy_version="1")
            )
        for back, helpful in ((9, True), (2, None)):
            at = now() - timedelta(days=back)
            session.add(
                Notice(person_id=UUID(person.id), key=f"risk:{back}", kind="lower_moderate", due_at=at, created_at=at,
                       helpful=helpful)
            )  # fmt: skip
        for measured in (units, units, {"measured": True, "intensity": {"AU4": 0.0}}, {"measured": False}, None):
            session.add(
                Reading(person_id=UUID(person.id), source="phone", captured_at=now(), hour=now(), day=today(), model_name="m",
                        model_version="1", vector=[0.7654321] * 10, action_units=measured)
            )  # fmt: skip


async def shared_by(person: Account, sessions: Sessions, **body: Any) -> dict[str, Any]:
    await a_low_fortnight(sessions, person)
    opened = await person.http.post("/me/cases", json={"include_levels": True, **body})
    assert opened.status_code == 201, opened.text
    case: dict[str, Any] = opened.json()
    return case


async def test_the_report_says_what_was_shared_and_no_number_that_was_measured(
    ana: Account, sign_up: Callable, sessions: Sessions
) -> None:
    hr: Account = await sign_up("hr")
    case = await shared_by(ana, sessions, note="I sleep badly.")
    answer = await hr.http.get(f"/hr/escalations/{case['id']}/report")
    report = answer.json()
    assert (report["note"], report["name"], report["unit"]) == ("I sleep badly.", ana.username, "Workshop")
    assert len(report["days"]) == 14
    known = {one["day"]: one["level"] for one in report["days"] if one["level"]}
    assert list(known.values()) == ["none", "low", "moderate", "moderate", "high"]
    assert report["reasons"] == ["Sadness was above this person's usual range on 4 of the last 5 days."]
    assert [(one["helpful"], one["text"][:13]) for one in report["support"]] == [
        (True, "A quiet note "),
        (None, "A quiet note "),
    ]
    assert [(one["unit"], one["name"], one["share"]) for one in report["action_units"]] == [
        ("AU15", "lip corners lowered", 0.67),
        ("AU4", "brow lowered", 0.67),
    ]
    for secret in ("0.31", "0.12", "0.765", "vector", "Still learning"):
        assert secret not in answer.text, secret
    assert [part["title"] for part in report["guidance"]][:2] == ["Before", "In the conversation"]


# In which words the consent names each part of the document; note and because_text are the person's own and its sentence.
NAMED = {
    "person": "your name", "unit": "unit", "because": "why it is about now", "level": "a level", "reasons": "reasons in words",
    "days": "each day of the last two weeks", "support": "support you were offered and whether you found it helpful",
    "action_units": "up to six movements of your face",
}  # fmt: skip


async def test_the_consent_names_all_that_is_shared(ana: Account, sessions: Sessions) -> None:
    await a_low_fortnight(sessions, ana)
    shared = (await ana.http.post("/me/cases/preview", json={"include_levels": True})).json()["shared"]
    consent = (await ana.http.get("/consents/texts")).json()["purposes"]
    said = next(one["text"] for one in consent if one["purpose"] == "share_escalations")
    for part in shared.keys() - {"note", "because_text"}:
        assert NAMED[part] in said, part
    assert (EscalationPolicy.bounds()["shared_days"][1], MOST) == (14, 6), "two weeks and six, in the words"


async def test_what_comes_after_the_sharing_is_not_in_the_report(
    ana: Account, sign_up: Callable, sessions: Sessions
) -> None:
    hr: Account = await sign_up("hr")
    case = await shared_by(ana, sessions)
    before = (await hr.http.get(f"/hr/escalations/{case['id']}/report")).json()
    async with transaction(sessions) as session:
        session.add(
            Assessment(
                person_id=UUID(ana.id), day=today() + timedelta(days=1), level="none", reasons=[], policy_version="1"
            )
        )
        session.add(Notice(person_id=UUID(ana.id), key="later", kind="lower_high", due_at=now(), created_at=now()))
    await ana.http.patch("/me", json={"display_name": "Another Name"})
    after = (await hr.http.get(f"/hr/escalations/{case['id']}/report")).json()
    assert after == before


AGREED = "You agreed to share that the last weeks were lower"


async def test_whoever_asks_for_a_talk_is_not_told_that_they_agreed_to_share_levels(
    ana: Account, sign_up: Callable, sessions: Sessions, resources: Resources, work: Work
) -> None:
    """Ana says words alone, Bob ticks the levels, Eva was asked because of hers, and Mia's house keeps levels with her."""
    hr, bob, eva = await sign_up("hr"), await sign_up(), await sign_up()
    strict = await make_home(sessions, "eu-workplace")
    mia, strict_hr = await sign_up(home=strict), await sign_up("hr", home=strict)
    await eva.consent("share_escalations", sharing="automatic")
    await assessed(sessions, eva, "high")
    await periodic(look_for_low, sessions, resources, work)
    (agreed,) = (await eva.http.get("/me/cases")).json()
    own = (await ana.http.post("/me/cases", json={"note": "My shifts."})).json()
    cases = [
        (hr, own, False, False),
        (hr, await shared_by(bob, sessions), False, True),
        (hr, agreed, True, True),
        (strict_hr, await shared_by(mia, sessions), False, False),
    ]
    for reader, case, told, limits in cases:
        report = (await reader.http.get(f"/hr/escalations/{case['id']}/report")).json()
        assert (AGREED in str(report["guidance"])) == told
        assert bool(report["limits"]) == limits
        assert "{" not in "".join(line for part in report["guidance"] for line in part["lines"])
    said = read((await hr.http.get(f"/hr/escalations/{own['id']}/report.pdf")).content)
    assert "What would you like to talk about?" in " ".join(said.split())
    assert "not a diagnosis" not in " ".join(said.split())


@pytest.mark.parametrize(("oldest", "newest", "learning"), [(6, 0, True), (20, 14, False)])
async def test_not_known_is_not_told_as_the_usual_range(
    ana: Account, sign_up: Callable, sessions: Sessions, oldest: int, newest: int, learning: bool
) -> None:
    """In the first fortnight, and for somebody who stopped checking in: their words go, and no level."""
    hr: Account = await sign_up("hr")
    still = [{"code": "learning", "component": None, "numbers": {"have": 3, "need": 14}}] if learning else []
    async with transaction(sessions) as session:
        for back in range(newest, oldest + 1):
            session.add(
                Assessment(person_id=UUID(ana.id), day=today() - timedelta(days=back), level="none", learning=learning,
                           reasons=still, policy_version="1")
            )  # fmt: skip
    case = (await ana.http.post("/me/cases", json={"note": "Could we talk?", "include_levels": True})).json()
    assert set(case["shared"]) == {"person", "unit", "note", "because", "because_text"}
    report = (await hr.http.get(f"/hr/escalations/{case['id']}/report")).json()
    assert (report["level"], report["days"], report["limits"]) == (None, [], "")


async def test_a_day_of_learning_has_no_level_beside_days_that_have(ana: Account, sessions: Sessions) -> None:
    await assessed(sessions, ana, "none", "none", "moderate")
    async with transaction(sessions) as session:
        first = await session.get_one(Assessment, (UUID(ana.id), today() - timedelta(days=2)))
        first.learning = True
    shared = (await ana.http.post("/me/cases/preview", json={"include_levels": True})).json()["shared"]
    assert [one["level"] for one in shared["days"]] == ["none", "moderate"]


@pytest.mark.parametrize("locale", ["en", "zh", "ko", "xx"])
async def test_page_and_file_speak_the_readers_language(
    ana: Account, sign_up: Callable, sessions: Sessions, locale: str
) -> None:
    hr: Account = await sign_up("hr")
    case = await shared_by(ana, sessions)
    path = f"/hr/escalations/{case['id']}/report"
    report = (await hr.http.get(path, params={"locale": locale})).json()
    spoken = words.language(locale)
    assert report["locale"] == spoken
    assert report["limits"] == texts.NOT_A_DIAGNOSIS[spoken]
    answer = await hr.http.get(f"{path}.pdf", params={"locale": locale})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="case-{case["number"]}.pdf"'
    said = read(answer.content)
    assert texts.REPORT[spoken]["guidance"] in said
    assert texts.GUIDANCE[spoken][0][1][1][:12] in said
    assert ana.username in said


def test_every_language_has_every_text() -> None:
    for table in (texts.REASONS, texts.BECAUSE, texts.BEGIN, texts.SUPPORT):
        for by_language in table.values():
            assert set(by_language) == set(texts.LANGUAGES)
    for by_language in (reasons.NAMES, texts.LEVELS, texts.STATES, texts.ACTIONS, texts.ACTION_UNITS, texts.REPORT):
        assert len({frozenset(names) for names in by_language.values()}) == 1
        assert set(by_language) == set(texts.LANGUAGES)
    assert {tuple(len(lines) for _, lines in parts) for parts in texts.GUIDANCE.values()} == {(3, 4, 3, 1, 2)}


async def test_what_somebody_did_who_is_erased_is_not_signed_by_evenkeel(ana: Account, sign_up: Callable) -> None:
    leaver, hr = await sign_up("hr"), await sign_up("hr")
    case = (await ana.http.post("/me/cases", json={"note": "A word, please."})).json()
    path = f"/hr/escalations/{case['id']}"
    await leaver.http.post(f"{path}/contact", json={})
    await hr.http.post(f"{path}/assign", json={"assignee_id": leaver.id})
    await hr.http.post(f"{path}/assign", json={"assignee_id": None})
    gone = await leaver.http.delete("/me")
    assert gone.status_code == 200, gone.text
    history = (await hr.http.get(f"{path}/report")).json()["history"]
    done = ["opened", "contact", "assign", "unassign"]
    assert [event["action"] for event in history] == done
    assert [event["actor"] for event in history] == [ana.username, None, hr.username, hr.username]
    said = " ".join(read((await hr.http.get(f"{path}/report.pdf")).content).split())
    somebody, system = texts.REPORT["en"]["somebody"], texts.REPORT["en"]["system"]
    assert f"contacted · {somebody}" in said
    assert f"assigned to {somebody} · {hr.username}" in said
    assert said.count("given back to everybody") == 1
    assert f"· {system}" not in said
    assert [one["status"] for one in (await ana.http.get("/me/cases")).json()[0]["history"]] == ["new", "contacted"]


# What each variant of a message suggests, in the word by which HR's sentence about it says so.
SUGGESTED = {
    "lower_moderate": {"": "pause", "breath": "pause", "person": "words with somebody", "step": "step"},
    "lower_high": {"": "talking to somebody", "listen": "talking to somebody", "load": "letting a task wait"},
}


def test_what_hr_is_told_of_support_is_true_of_every_variant() -> None:
    assert set(texts.SUPPORT) == set(SUGGESTED)
    for kind, by_variant in SUGGESTED.items():
        assert set(variants_of(kind)) == set(by_variant), "a new variant: does the sentence still hold?"
        assert all(word in texts.SUPPORT[kind]["en"] for word in by_variant.values())
        assert not any(word in str(texts.SUPPORT[kind]) for word in ("number", "电话", "전화"))


def a_report(name: str = "Ana", locale: str = "en", levels: tuple[str | None, ...] = (), **change: Any) -> CaseReport:
    colleague = {"id": uuid4(), "name": "Kim"}
    days = [{"day": date(2026, 11, 1) + timedelta(days=at), "level": level} for at, level in enumerate(levels)]
    fields = {
        "id": uuid4(), "hour": AT, "number": 7, "name": name, "unit": "Workshop", "level": levels[-1] if levels else None,
        "report": "/", "status": "new", "because": "", "opened_by": "person", "opened_at": AT, "shared_at": AT,
        "due_at": AT, "overdue": False, "assignee": colleague, "reminders": 0, "version": 1, "locale": locale,
        "because_text": "", "note": "", "days": days, "reasons": [], "support": [], "action_units": [],
        "guidance": [{"title": title, "lines": list(lines)} for title, lines in texts.GUIDANCE[locale]],
        "limits": texts.NOT_A_DIAGNOSIS[locale], "history": [],
    }  # fmt: skip
    return CaseReport.model_validate({**fields, **change})


def read(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text.replace("\r\n", "\n")


def pictures(content: bytes) -> list[np.ndarray]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.render(scale=SCALE).to_numpy()[:, :, ::-1].copy() for page in document]


def ink(picture: np.ndarray, left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """Which pixels of a part, in millimetres, are dark."""
    part = picture[int(top * MM) : int(bottom * MM), int(left * MM) : int(right * MM)]
    return part.mean(axis=2) < 160


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("王小明", "en"),
        ("김민지", "en"),
        ("김민지", "zh"),
        ("王小明", "ko"),
        ("Ωμέγα Иванов Ђорђе", "ko"),
        ("Zoë Æsch", "zh"),
    ],
)
def test_every_name_is_set_whatever_the_language_of_the_report(
    name: str, locale: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "fpdf"):
        content = pdf_of(a_report(name, locale), "Kim", AT)
    assert not caplog.records, "the library warns of letters that no font has"
    assert name in read(content)
    drawn = ink(pictures(content)[0], 20, 38, 70, 45)
    blank = ink(pictures(pdf_of(a_report(" ", locale), "Kim", AT))[0], 20, 38, 70, 45)
    assert drawn.sum() > blank.sum() + 100, "there is ink where the name stands"


def test_three_chinese_letters_are_three_different_pictures() -> None:
    """A font without the letters would draw the same box three times."""
    drawn = ink(pictures(pdf_of(a_report("王小明"), "Kim", AT))[0], 20, 38, 70, 45)
    columns = np.flatnonzero(drawn.any(axis=0))
    wide = (columns[-1] + 1 - columns[0]) / 3
    letters = [drawn[:, int(columns[0] + at * wide) : int(columns[0] + at * wide) + int(wide)] for at in range(3)]
    for one, other in ((0, 1), (1, 2), (0, 2)):
        assert (letters[one] ^ letters[other]).sum() > 20


def test_bars_are_as_high_as_their_levels_and_a_missing_day_has_none() -> None:
    levels = ("none", None, "low", "moderate", "high", None, "low")
    picture = pictures(pdf_of(a_report(levels=levels), "Kim", AT))[0]
    heights = {name: bar_height(picture, shade) for name, shade in SHADES.items()}
    assert 0 < heights["none"] < heights["low"] < heights["moderate"] < heights["high"]
    assert bars(picture, SHADES["low"]) == 2
    assert bars(picture, SHADES["high"]) == 1
    without = pictures(pdf_of(a_report(levels=("none", "low")), "Kim", AT))[0]
    assert bars(without, SHADES["high"]) == 0


def of_shade(picture: np.ndarray, shade: tuple[int, int, int]) -> np.ndarray:
    chart = picture[int(70 * MM) : int(125 * MM), int(50 * MM) :, :3].astype(int)
    return np.abs(chart - shade).max(axis=2) < 6


def bar_height(picture: np.ndarray, shade: tuple[int, int, int]) -> int:
    return int(of_shade(picture, shade).sum(axis=0).max())


def bars(picture: np.ndarray, shade: tuple[int, int, int]) -> int:
    filled = of_shade(picture, shade).sum(axis=0) > 8
    return int((np.diff(filled.astype(int), prepend=0) == 1).sum())


@pytest.mark.parametrize("locale", ["en", "zh", "ko"])
def test_a_long_report_breaks_onto_pages_with_nothing_in_the_margins(locale: str) -> None:
    note = " ".join(f"word{at}" for at in range(280))[:2000]
    history = [
        {"action": "note", "status": "new", "at": AT, "actor": "Kim", "assignee": None, "note": note[:500]}
        for _ in range(12)
    ]
    report = a_report("Ana", locale, ("low",) * 14, note=note, history=history)
    content = pdf_of(report, "Kim", AT)
    pages = pictures(content)
    assert 3 <= len(pages) <= 6
    for number, page in enumerate(pages, 1):
        assert not ink(page, 0, 0, 18, 297).any(), "left"
        assert not ink(page, 192, 0, 210, 297).any(), "right"
        assert not ink(page, 0, 274, 210, 279).any(), "between text and foot"
        foot = texts.REPORT[locale]["page"].format(page=number, pages=len(pages))
        assert foot in read(content)
    assert note.split()[-2] in read(content)


@pytest.mark.parametrize("locale", ["en", "zh", "ko"])
def test_the_longest_name_of_whoever_opens_it_stays_on_the_paper(locale: str) -> None:
    content = pdf_of(a_report(locale=locale), "王" * 80, AT)
    (page, *_) = pictures(content)
    assert not ink(page, 192, 281, 210, 297).any(), "right"
    assert not ink(page, 151, 281, 160, 297).any(), "between the name and the number of the page"
    assert not ink(page, 0, 296, 210, 297).any(), "bottom"


def place_of(content: bytes, letter: str) -> float:
    """How far from the left the letter is drawn first."""
    with pypdfium2.PdfDocument(content) as document:
        page = document[0].get_textpage()
        at = next(i for i in range(page.count_chars()) if page.get_text_range(i, 1) == letter)
        return float(page.get_charbox(at)[0])


@pytest.mark.parametrize(("name", "first", "last"), [("מיכל כהן", "מ", "ן"), ("Zoë", "Z", "ë")])
def test_a_name_runs_in_its_own_direction(name: str, first: str, last: str) -> None:
    content = pdf_of(a_report(name, note=f"{name} 12:30"), "Kim", AT)
    assert (place_of(content, first) > place_of(content, last)) == (name != "Zoë")


def test_pasted_tabs_are_room_between_words_not_boxes(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fpdf"):
        said = read(pdf_of(a_report(note="rota:\tMonday\x0b\tFriday"), "Kim", AT))
    assert not caplog.records
    assert "rota: Monday" in said


def test_no_sign_in_somebodys_words_becomes_the_number_of_pages() -> None:
    said = read(pdf_of(a_report(note="a currency sign ¤ stays\ue000"), "Kim", AT))
    assert "a currency sign ¤ stays" in said
    assert texts.REPORT["en"]["page"].format(page=1, pages=1) in said


def test_letters_that_no_font_has_do_not_stop_the_report() -> None:
    said = read(pdf_of(a_report("Ana 🙂 ไทย", note="line one\nline two\ttab"), "Kim", AT))
    assert "line two" in said
    assert "Ana" in said


def test_a_case_without_levels_says_so_and_claims_no_words_that_nobody_wrote() -> None:
    assert "words" not in read(pdf_of(a_report(), "Kim Hansen", AT)).partition(texts.REPORT["en"]["guidance"])[0]
    said = read(pdf_of(a_report(note="Please call me."), "Kim Hansen", AT))
    assert "Please call me." in said
    assert texts.REPORT["en"]["own"] in said
    assert texts.REPORT["en"]["days"] not in said
    assert "Opened by Kim Hansen, 2026-11-21 09:30 KST" in said
