"""The words of notices. No diagnosis, no cheerfulness after bad news, one suggestion at a time."""

from __future__ import annotations

TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "lower_moderate": {
        "en": (
            "A quiet note",
            "Your check-ins were lower than usual lately. Would a short pause help? The bot can go through one with you.",
        ),
        "zh": ("一句轻声的话", "最近的状态比平时低一些。要不要休息两分钟？聊天里可以一起做一个小练习。"),
        "ko": (
            "조용한 쪽지",
            "요즘은 평소보다 기운이 낮아 보였어요. 잠깐 쉬어 볼까요? 채팅에서 함께할 수 있어요.",
        ),
    },
    "lower_high": {
        "en": (
            "We noticed a longer dip",
            "Your check-ins have been clearly lower than your usual range for some time. Talking to somebody you trust "
            "can help. If you like, we can think about one small next step in the chat.",
        ),
        "zh": (
            "最近一段时间偏低",
            "你的状态有一段时间明显低于你平时的范围。和信任的人聊一聊会有帮助。愿意的话，可以在聊天里一起想一个小小的下一步。",
        ),
        "ko": (
            "조금 오래 낮았어요",
            "한동안 평소 범위보다 뚜렷하게 낮았어요. 믿는 사람과 이야기하면 도움이 될 수 있어요. "
            "원하시면 채팅에서 작은 다음 걸음을 함께 생각해 봐요.",
        ),
    },
    "steadier": {
        "en": ("Back near your usual range", "Your recent check-ins are near your usual range again."),
        "zh": ("回到平时的范围附近", "最近的状态又接近你平时的范围了。"),
        "ko": ("평소 범위 가까이로", "최근 상태가 다시 평소 범위 가까이로 돌아왔어요."),
    },
    "share_question": {
        "en": (
            "Would you like to share this with HR?",
            "You asked us to check with you each time. You can look at exactly what would be shared first. Nothing is "
            "shared unless you say yes.",
        ),
        "zh": (
            "要和人事分享吗？",
            "你希望每次都先问你。可以先看看会分享的全部内容。你不同意，就什么都不会分享。",
        ),
        "ko": (
            "인사팀과 공유할까요?",
            "매번 먼저 물어보기로 하셨어요. 공유될 내용을 먼저 모두 볼 수 있어요. 동의하지 않으면 아무것도 공유되지 않아요.",
        ),
    },
    "case_status": {
        "en": ("News on what you shared", "There is news on what you shared with HR."),
        "zh": ("你分享的内容有新进展", "你与人事分享的内容有了新的进展。"),
        "ko": ("공유한 내용의 새 소식", "인사팀과 공유한 내용에 새 소식이 있어요."),
    },
}


def words(kind: str, locale: str) -> tuple[str, str]:
    """Title and text."""
    by_locale = TEXTS[kind]
    return by_locale.get(locale, by_locale["en"])
