"""The one mail about accounts; its words are in `texts.py`."""

from __future__ import annotations

from backend.people.texts import RESET_MAIL, best_locale
from backend.tables import Person


def reset_mail(person: Person, origin: str, secret: str) -> tuple[str, str]:
    """Subject and text."""
    subject, text = RESET_MAIL[best_locale(person.locale)]
    link = f"{origin}/reset#token={secret}"
    name = person.display_name or person.username
    return subject, text.format(name=name, username=person.username, link=link, code=secret)
