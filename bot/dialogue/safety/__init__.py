"""Crisis detection: `check(text)`, called by the machine before anything else looks at a turn."""

from bot.dialogue.safety.detect import Alarm, check

__all__ = ["Alarm", "check"]
