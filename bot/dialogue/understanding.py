"""What a text is about: an intent name, or "text" when the classifier is not sure."""

from __future__ import annotations


def intent(text: str) -> str:
    return "text"
