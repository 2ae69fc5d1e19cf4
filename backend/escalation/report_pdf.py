"""The report of a case as a PDF: one to two A4 pages in the interface's colours, fonts embedded, in three languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from backend.escalation import pdf_fonts, texts, words
from backend.escalation.pdf_chart import draw_levels
from backend.escalation.pdf_paper import INK, KEEL, MARGIN, MUTED, Paper
from backend.escalation.schemas import CaseEventOut, CaseReport

# What Evenkeel does by itself; of anything else whoever did it has left, and taken the name along.
OWN: Final = ("opened", "remind")
# Columns of the facts at the top, in millimetres.
FACT: Final = 56.0


def pdf_of(report: CaseReport, opened_by: str, opened_at: datetime) -> bytes:
    """Takes some hundred milliseconds of computing: call it off the event loop."""
    say = texts.REPORT[report.locale]
    zone = opened_at.tzinfo
    pdf = Paper(say, say["printed"].format(name=opened_by, at=f"{opened_at:%Y-%m-%d %H:%M %Z}"))
    pdf_fonts.prepare(pdf, report.locale, _everything(report, opened_by))
    pdf.set_title(f"Evenkeel · {say['title'].format(number=report.number)}")
    pdf.set_lang(report.locale)
    pdf.set_creator("Evenkeel")
    pdf.set_creation_date(opened_at)
    pdf.add_page()
    _head(pdf, report, zone)
    _shared(pdf, report)
    _guidance(pdf, report)
    _history(pdf, report, zone)
    return bytes(pdf.output())


def _everything(report: CaseReport, opened_by: str) -> str:
    """All letters that may occur: decides which fonts are needed."""
    return report.model_dump_json() + opened_by + str(texts.REPORT[report.locale])


def _head(pdf: Paper, report: CaseReport, zone: tzinfo | None) -> None:
    say = pdf.say
    pdf.heading(say["title"].format(number=report.number), 20)
    facts = [
        (say["name"], report.name),
        (say["unit"], report.unit or "–"),
        (say["level"], words.level(report.level, report.locale) if report.level else "–"),
        (say["hour"], f"{(report.shared_at or report.opened_at).astimezone(zone):%Y-%m-%d %H:00 %Z}"),
        (say["status"], texts.STATES[report.locale][report.status]),
        (say["assignee"], report.assignee.name if report.assignee else say["nobody"]),
    ]
    if report.due_at:
        facts.append((say["due"], f"{report.due_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"))
    for at in range(0, len(facts), 3):
        _facts(pdf, facts[at : at + 3])
    pdf.ln(2)


def _facts(pdf: Paper, row: Sequence[tuple[str, str]]) -> None:
    top, bottom = pdf.get_y(), pdf.get_y()
    for number, (name, value) in enumerate(row):
        pdf.set_xy(MARGIN + number * FACT, top)
        pdf.write_text(name, 8.5, MUTED, width=FACT - 4, stay=True)
        pdf.write_text(value, 11, INK, width=FACT - 4, stay=True)
        bottom = max(bottom, pdf.get_y())
    pdf.set_xy(MARGIN, bottom + 2)


def _shared(pdf: Paper, report: CaseReport) -> None:
    say = pdf.say
    if report.because_text:
        pdf.section(say["why"])
        pdf.write_text(report.because_text)
    if report.note:
        pdf.section(say["note"])
        pdf.write_text(f"“{report.note}”")
    if report.days:
        pdf.section(say["days"])
        draw_levels(pdf, report)
    if report.reasons:
        pdf.section(say["reasons"])
        pdf.bullets(report.reasons)
    if report.support:
        pdf.section(say["support"])
        answer = {True: say["helpful"], False: say["not_helpful"], None: say["unanswered"]}
        pdf.bullets([f"{one.day}: {one.text} ({answer[one.helpful]})" for one in report.support])
    if report.action_units:
        pdf.section(say["units"])
        said = say["share"]
        pdf.bullets(
            [f"{one.name} ({one.unit}): {said.format(share=round(100 * one.share))}" for one in report.action_units]
        )
    if report.level is None:
        pdf.ln(1)
        pdf.write_text(say["own"], 9.5, MUTED)


def _guidance(pdf: Paper, report: CaseReport) -> None:
    pdf.section(pdf.say["guidance"])
    for part in report.guidance:
        pdf.keep_together(14)
        pdf.write_text(part.title, 10.5, KEEL)
        pdf.bullets(part.lines)
        pdf.ln(1.2)
    if report.limits:
        pdf.keep_together(16)
        pdf.boxed(report.limits)


def _history(pdf: Paper, report: CaseReport, zone: tzinfo | None) -> None:
    pdf.section(pdf.say["history"])
    for event in report.history:
        pdf.keep_together(10)
        who = event.actor or pdf.say["system" if event.action in OWN else "somebody"]
        at = f"{event.at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        pdf.write_text(f"{at}   {_did(event, report.locale)}   ·   {who}", 9.5)
        if event.note:
            with pdf.indented(6):
                pdf.write_text(event.note, 9.5, MUTED)


def _did(event: CaseEventOut, locale: str) -> str:
    to = event.assignee.name if event.assignee else texts.REPORT[locale]["somebody"]
    return texts.ACTIONS[locale][event.action].format(to=to)
