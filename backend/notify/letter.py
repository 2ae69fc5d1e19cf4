"""How a mail looks: plain text and a quiet HTML page saying the same, with headers that machines understand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from backend.config import sender_of
from backend.mail import reachable
from backend.notify.texts import FRAME


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said; `compose` makes the message that travels."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]
    locale: str
    message_id: str  # the same for the same notice: a second copy after a crash can be told from a second note
    written_at: datetime
    button: Button | None = None
    unsubscribe: str | None = None  # https address for RFC 8058's one click


def compose(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = written_by = sender_of(sender)
    message["To"] = reachable(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at.astimezone(UTC))
    message["Message-ID"] = f"<{letter.message_id}@{written_by.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # no out-of-office notes back
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(plain(letter), cte="quoted-printable")
    message.add_alternative(page(letter), subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.locale  # last: setting the content clears all Content- headers
    return message


def plain(letter: Letter) -> str:
    frame = FRAME.get(letter.locale, FRAME["en"])
    parts = [*letter.paragraphs]
    if letter.button:
        parts.append(f"{letter.button.label}: {letter.button.url}")
    parts.append("-- \n" + frame["about"])
    if letter.unsubscribe:
        parts.append(f"{frame['stop']}: {letter.unsubscribe}")
    return "\n\n".join(parts) + "\n"


def page(letter: Letter) -> str:
    """One column that needs no picture, no font and no script; the dark variant where the reader supports it."""
    frame = FRAME.get(letter.locale, FRAME["en"])
    # A long link must not widen the page; Korean breaks between words only.
    style = "margin:0 0 16px;font-size:16px;line-height:1.55;color:#1E2A32;overflow-wrap:anywhere"
    style += ";word-break:keep-all" if letter.locale == "ko" else ""
    text = "\n".join(f'<p class="ink" style="{style}">{_lines(part)}</p>' for part in letter.paragraphs)
    button = _button(letter.button) if letter.button else ""
    stop = _stop(letter.unsubscribe, frame["stop"]) if letter.unsubscribe else ""
    return _PAGE.format(
        locale=escape(letter.locale),
        subject=escape(letter.subject),
        text=text,
        button=button,
        about=escape(frame["about"]),
        stop=stop,
    )


def _lines(text: str) -> str:
    if text.startswith(("https://", "http://")) and len(text.split()) == 1:
        return f'<a class="mark" href="{escape(text)}" style="color:#0F6E6E">{escape(text)}</a>'
    return escape(text).replace("\n", "<br>\n")


def _button(button: Button) -> str:
    return (
        '<p style="margin:24px 0 8px"><a class="keel" '
        f'href="{escape(button.url)}" style="display:inline-block;padding:13px 24px;border-radius:999px;'
        "background:#0F6E6E;color:#FFFFFF;font-size:16px;line-height:18px;text-decoration:none;font-weight:600"
        f'">{escape(button.label)}</a></p>'
    )


def _stop(url: str, label: str) -> str:
    return f' <a class="muted" href="{escape(url)}" style="color:#5B6B75">{escape(label)}</a>'


_PAGE = """\
<!doctype html>
<html lang="{locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{subject}</title>
<style>
@media (prefers-color-scheme: dark) {{
  body, .ground {{ background: #10181D !important; }}
  .card {{ background: #18232A !important; border-color: #2A3941 !important; }}
  .ink {{ color: #E9EFEF !important; }}
  .muted {{ color: #9DB0B8 !important; }}
  .keel {{ background: #5CC5BE !important; color: #10181D !important; }}
  .mark {{ color: #5CC5BE !important; }}
}}
</style>
</head>
<body style="margin:0;padding:0;background:#F7F6F2">
<table class="ground" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#F7F6F2">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;\
font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','PingFang SC','Noto Sans CJK SC',\
'Apple SD Gothic Neo','Noto Sans CJK KR',sans-serif">
<tr><td class="mark" style="padding:0 4px 16px;font-size:16px;font-weight:600;color:#0F6E6E">Evenkeel</td></tr>
<tr><td class="card" style="background:#FFFFFF;border:1px solid #DFE3E0;border-radius:12px;padding:32px 28px 24px">
{text}
{button}
</td></tr>
<tr><td class="muted" style="padding:16px 4px 0;font-size:13px;line-height:1.5;color:#5B6B75">{about}{stop}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
