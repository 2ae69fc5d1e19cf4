"""Why an assessment says what it says: data that can be stored, and plain sentences made from it.

`backend.risk` stores `Reason.to_json()`; screens, mails and reports turn it into words with `sentence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a stable code, the component it is about (if any) and the numbers in the sentence."""

    code: str
    component: str | None
    numbers: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "component": self.component, "numbers": dict(self.numbers)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reason:
        return cls(str(data["code"]), data.get("component"), dict(data["numbers"]))


# code → language → sentence. Expression and the person's own range, never a diagnosis (docs: look and voice).
_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "learning": {
        "en": "Still learning your usual range: {have} of {need} days with check-ins so far.",
        "zh": "还在了解你平时的状态：目前有 {have} 天的记录，需要 {need} 天。",
        "ko": "평소 상태를 알아가는 중이에요: 기록된 날이 {need}일 중 {have}일이에요.",
    },
    "no_data": {
        "en": "There was no check-in on this day, so nothing new was concluded.",
        "zh": "这一天没有记录，因此没有新的结论。",
        "ko": "이 날은 기록이 없어 새로 판단하지 않았어요.",
    },
    "above_usual": {
        "en": "{name} was above your usual range on {days} of the last {of_days} days with check-ins: "
        "{recent:.2f} against {usual:.2f} ± {spread:.2f}.",
        "zh": "最近有记录的 {of_days} 天中有 {days} 天，{name}高于你平时的范围："
        "{recent:.2f}，平时为 {usual:.2f} ± {spread:.2f}。",
        "ko": "기록이 있는 최근 {of_days}일 중 {days}일은 {name}이(가) 평소 범위보다 높았어요: "
        "{recent:.2f}, 평소 {usual:.2f} ± {spread:.2f}.",
    },
    "below_usual": {
        "en": "{name} was below your usual range on {days} of the last {of_days} days with check-ins: "
        "{recent:.2f} against {usual:.2f} ± {spread:.2f}.",
        "zh": "最近有记录的 {of_days} 天中有 {days} 天，{name}低于你平时的范围："
        "{recent:.2f}，平时为 {usual:.2f} ± {spread:.2f}。",
        "ko": "기록이 있는 최근 {of_days}일 중 {days}일은 {name}이(가) 평소 범위보다 낮았어요: "
        "{recent:.2f}, 평소 {usual:.2f} ± {spread:.2f}.",
    },
    "unusual_day": {
        "en": "This day differed from the last days with check-ins before it in {r_count} of ten values "
        "(outlier factor {lof:.1f}).",
        "zh": "这一天与之前有记录的几天相比，十个数值中有 {r_count} 个不同（离群因子 {lof:.1f}）。",
        "ko": "이 날은 그 전에 기록한 며칠과 비교해 열 가지 값 중 {r_count}개가 달랐어요 (이상치 지수 {lof:.1f}).",
    },
    "still_open": {
        "en": "There was no check-in on this day; what was noted before still stands.",
        "zh": "这一天没有记录，之前的提示仍然有效。",
        "ko": "이 날은 기록이 없어 앞서 남긴 안내가 그대로 유지돼요.",
    },
    "lasting": {
        "en": "Check-ins have been lower than your usual range; this is day {days} since it was noted "
        "(evidence {value:.1f}, noted from {threshold:.1f}).",
        "zh": "最近的状态低于你平时的范围，从注意到起已是第 {days} 天"
        "（累积值 {value:.1f}，从 {threshold:.1f} 起记录）。",
        "ko": "평소 범위보다 낮은 상태이고, 알아차린 지 {days}일째예요 (누적값 {value:.1f}, 기준 {threshold:.1f}).",
    },
    "drifting": {
        "en": "Recent check-ins are a little lower than your usual range; it may well pass "
        "(evidence {value:.1f}, noted from {threshold:.1f}).",
        "zh": "最近的状态略低于你平时的范围，也许很快会恢复（累积值 {value:.1f}，从 {threshold:.1f} 起记录）。",
        "ko": "요즘 평소 범위보다 조금 낮아요. 곧 지나갈 수도 있어요 (누적값 {value:.1f}, 기준 {threshold:.1f}).",
    },
}

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "happy": "happiness", "sad": "sadness", "angry": "anger", "disgust": "disgust", "fear": "fear",
        "surprise": "surprise", "neutral": "neutral expression", "positive": "positive expression",
        "negative": "negative expression", "complex": "complex expression",
    },
    "zh": {
        "happy": "愉快", "sad": "悲伤", "angry": "生气", "disgust": "厌恶", "fear": "害怕", "surprise": "惊讶",
        "neutral": "平静", "positive": "积极表情", "negative": "消极表情", "complex": "复杂表情",
    },
    "ko": {
        "happy": "기쁨", "sad": "슬픔", "angry": "화남", "disgust": "불쾌함", "fear": "두려움", "surprise": "놀람",
        "neutral": "무표정", "positive": "긍정 표정", "negative": "부정 표정", "complex": "복합 표정",
    },
}  # fmt: skip

LANGUAGES: Final = tuple(NAMES)


def sentence(reason: Reason, lang: str = "en") -> str:
    """The reason in words; a language we do not have falls back to English."""
    names = NAMES.get(lang, NAMES["en"])
    numbers = {k: int(v) if float(v).is_integer() and k in _COUNTS else v for k, v in reason.numbers.items()}
    text = _SENTENCES[reason.code].get(lang, _SENTENCES[reason.code]["en"])
    said = text.format(name=names.get(reason.component or "", ""), **numbers)
    return said[:1].upper() + said[1:]


_COUNTS: Final = frozenset({"days", "of_days", "have", "need", "r_count"})


def text(reasons: Iterable[Reason], lang: str = "en") -> str:
    """All reasons as one line of sentences."""
    return " ".join(sentence(reason, lang) for reason in reasons)
