"""Free conversation with a language model, off by default: any OpenAI-compatible endpoint the organisation runs.

The model sees our system prompt, the language, the topic and the last few non-crisis turns; no name, no account, no
figures. What it says is checked; on any doubt, error or delay the answer is None and the built-in replies are shown.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.dialogue import safety

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    base_url: str  # up to and including /v1
    model: str
    api_key: str | None = None
    timeout: float = 8.0  # a person waits for this; the built-in answer is better than a later one
    max_tokens: int = 220
    history: int = 6  # turns; enough for a thread, little enough to forget


@dataclass(frozen=True, slots=True)
class Line:
    """One earlier turn. Crisis turns are never among them: the caller leaves out whatever was kept private."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class OutputPolicy:
    # Longer answers are not read on a phone; the voice is short.
    longest: int = 700
    shortest: int = 2


POLICY: Final = OutputPolicy()

_LANGUAGE: Final = {"en": "English", "zh": "Simplified Chinese", "ko": "Korean"}
_SYSTEM: Final = """\
You are the listening part of a wellbeing app at work. You are a program, never claim to be human or a therapist.
Answer in {language}, at most three short sentences, plain and warm, second person, no exclamation marks, no emoji,
no lists, no headings. Reflect what was said, then ask at most one open question. Give no advice unless asked; when
asked, offer one small, everyday suggestion and ask whether it fits. Never diagnose, never name a disorder as the
person's, never mention medication, never promise secrecy, never praise using the app, never judge colleagues or the
employer. Do not ask for names or other personal data. {topic}"""

# What must never be sent on, whatever the model produced.
_UNFIT_WORDS: Final = (
    r"\bas an? (?:human|person|therapist|doctor|psychologist)\b",
    r"\bi(?:'m| am) (?:a )?(?:human|real person|therapist|doctor)\b",
    r"\byou (?:are|have|suffer from|seem to have) (?:\w+ ){0,2}(?:depress\w+|bipolar|ptsd|adhd)\b",
    r"\byou (?:have|suffer from|seem to have) an? (?:\w+ )?disorder\b",
    r"\b(?:prozac|zoloft|xanax|ssri|antidepressants?|benzodiazepines?|dosage|\d+ ?mg)\b",
    r"https?://|www\.|<[a-z]+|```",
    r"我是(?:真人|人类|医生|治疗师|心理医生)|你(?:得了|患有|就是|是)(?:抑郁症|焦虑症|双相)|抗抑郁药|毫克",
    r"저는 (?:사람|인간|의사|치료사)(?:입니다|이에요|예요)|항우울제",
    r"(?:우울증|조울증|불안장애)(?:이에요|입니다|을 앓|이시네)",
)
_UNFIT: Final = re.compile("|".join(_UNFIT_WORDS), re.IGNORECASE)
_IDENTITY: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\+?\d[\d\s().-]{6,}\d|https?://\S+")


def anonymous(text: str, names: Sequence[str] = ()) -> str:
    """Addresses, numbers, links and the person's own names are taken out before anything leaves the machine."""
    text = _IDENTITY.sub("…", text)
    for name in sorted((n for n in names if len(n.strip()) > 1), key=len, reverse=True):
        text = re.sub(re.escape(name.strip()), "…", text, flags=re.IGNORECASE)
    return text


class Client:
    """Used by the chat endpoint and by Telegram when an outcome carries CallLLM."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        import httpx  # most installations have no language model: theirs start faster without

        headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
        self._settings = settings
        self._http = httpx.AsyncClient(
            base_url=settings.base_url.rstrip("/") + "/", headers=headers, timeout=settings.timeout, transport=transport
        )
        self._no_answer = (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError)

    async def close(self) -> None:
        await self._http.aclose()

    async def reply(
        self,
        said: str,
        *,
        locale: str,
        topic: str | None = None,
        history: Sequence[Line] = (),
        names: Sequence[str] = (),
    ) -> str | None:
        """The model's words, or None: then the caller shows the built-in replies."""
        recent = list(history)[-self._settings.history :]
        own = (line.text for line in recent if line.role == "user")
        if any(safety.check(text).crisis for text in (said, *own)):
            return None
        try:
            answer = await self._ask(_messages(said, locale, topic, recent, names))
        except self._no_answer as error:
            log.warning("language model gave no answer: %s", type(error).__name__)
            return None
        return fit(answer)

    async def _ask(self, messages: list[dict[str, str]]) -> str:
        body = {
            "model": self._settings.model,
            "messages": messages,
            "max_tokens": self._settings.max_tokens,
            "temperature": 0.6,
            "stream": False,
        }
        response = await self._http.post("chat/completions", json=body)
        response.raise_for_status()
        data: Any = response.json()
        content = data["choices"][0]["message"]["content"]
        if not isinstance(content, str):
            raise TypeError("the answer is no text")
        return content


def _messages(
    said: str, locale: str, topic: str | None, history: Sequence[Line], names: Sequence[str]
) -> list[dict[str, str]]:
    about = f"The conversation is about: {topic.replace('_', ' ')}." if topic else ""
    language = _LANGUAGE.get(locale.split("-")[0], "English")
    system = _SYSTEM.format(language=language, topic=about)
    lines = [{"role": line.role, "content": anonymous(line.text, names)} for line in history]
    return [{"role": "system", "content": system}, *lines, {"role": "user", "content": anonymous(said, names)}]


def fit(answer: str) -> str | None:
    """Whether an answer may be shown: short, no diagnosis, no drug, no link, no claim to be human, no crisis talk."""
    answer = re.sub(r"<think>.*?</think>", "", answer, flags=re.DOTALL).strip()
    if not POLICY.shortest <= len(answer) <= POLICY.longest:
        return None
    alarm = safety.check(answer)  # its hints are about people who write of themselves; here plain words count
    if _UNFIT.search(answer) or (alarm.crisis and not alarm.oblique):
        return None
    return answer
