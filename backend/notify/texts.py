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
    "case_new": {
        "en": (
            "Somebody shared something with HR",
            "There is a new case. It is in the table of cases, with the date by which an answer was promised.",
        ),
        "zh": ("有人与人事分享了内容", "有一个新的个案，列在个案表中，并注明了承诺答复的日期。"),
        "ko": ("누군가 인사팀과 공유했어요", "새 사례가 있어요. 사례 표에서 답하기로 한 날짜와 함께 볼 수 있어요."),
    },
    "case_assigned": {
        "en": ("A case was given to you", "A colleague gave you a case. It is in the table of cases."),
        "zh": ("有一个个案交给了你", "同事把一个个案交给了你，请在个案表中查看。"),
        "ko": ("사례가 배정되었어요", "동료가 사례를 배정했어요. 사례 표에서 볼 수 있어요."),
    },
    "case_reminder": {
        "en": (
            "Somebody is waiting for an answer",
            "A case has passed the date that was promised. Please take the next step, or agree on another date.",
        ),
        "zh": ("有人在等答复", "有一个个案已超过承诺的日期。请采取下一步，或另行约定日期。"),
        "ko": ("누군가 답을 기다려요", "약속한 날짜가 지난 사례가 있어요. 다음 단계를 밟거나 다른 날짜를 정해 주세요."),
    },
    "consent_renewal": {
        "en": (
            "An agreement of yours ends soon",
            "Nothing needs to be done if you want it to end. To keep it, agree again under Me, Consents.",
        ),
        "zh": (
            "你的一项同意即将到期",
            "如果愿意让它到期，什么都不用做。想继续的话，请在“我的” → “同意事项”里再次确认。",
        ),
        "ko": (
            "동의 하나가 곧 끝나요",
            "끝나도 괜찮다면 아무것도 하지 않아도 돼요. 이어 가려면 ‘나’의 동의에서 다시 동의해 주세요.",
        ),
    },
    "who5_due": {
        "en": (
            "Five questions about two weeks",
            "It is a while since you last looked back. Five questions, one minute; the answers stay with you.",
        ),
        "zh": ("关于这两周的五个问题", "距离上次回顾有一段时间了。五个问题，一分钟；答案只有你自己看得到。"),
        "ko": (
            "지난 2주에 대한 다섯 가지 질문",
            "마지막으로 돌아본 지 시간이 좀 지났어요. 다섯 가지 질문, 1분이면 돼요. 답은 나만 볼 수 있어요.",
        ),
    },
    "mood_prompt": {
        "en": ("How is it right now?", "One tap is enough. It stays with you."),
        "zh": ("现在感觉怎么样？", "点一下就好，只有你自己看得到。"),
        "ko": ("지금 기분이 어떤가요?", "한 번만 누르면 돼요. 나만 볼 수 있어요."),
    },
}

# Other words for the same message: never the same text twice in a fortnight, never one that did not help.
VARIANTS: dict[str, dict[str, dict[str, tuple[str, str]]]] = {
    "lower_moderate": {
        "breath": {
            "en": (
                "Two minutes for you",
                "Your check-ins were a little below your usual range. If it suits you now: breathe in for four, out for six, ten times.",
            ),
            "zh": ("给自己两分钟", "最近的状态比你平时略低。现在方便的话：吸气数四下，呼气数六下，做十次。"),
            "ko": (
                "나를 위한 2분",
                "최근 상태가 평소보다 조금 낮았어요. 지금 괜찮다면 넷까지 들이쉬고 여섯까지 내쉬기를 열 번 해 보세요.",
            ),
        },
        "person": {
            "en": (
                "Is somebody near?",
                "The last days look lower than is usual for you. A few words with somebody you like often weigh more than advice. Who comes to mind?",
            ),
            "zh": (
                "身边有可以聊聊的人吗？",
                "最近几天比你平时低一些。和喜欢的人说几句话，常常比建议更有用。你会想到谁？",
            ),
            "ko": (
                "곁에 누가 있나요?",
                "지난 며칠은 평소보다 낮았어요. 좋아하는 사람과 나누는 몇 마디가 조언보다 나을 때가 많아요. 누가 떠오르나요?",
            ),
        },
        "step": {
            "en": (
                "One small step",
                "Your check-ins were lower than usual lately. What is one thing that would do you some good and takes five minutes? The chat can help you find it.",
            ),
            "zh": (
                "一个小小的步骤",
                "最近的状态比平时低。有没有一件五分钟就能做、会让你舒服一点的事？聊天里可以一起找。",
            ),
            "ko": (
                "작은 한 걸음",
                "요즘 평소보다 낮았어요. 5분이면 되고 조금 나아질 만한 일이 있을까요? 채팅에서 함께 찾아봐요.",
            ),
        },
    },
    "lower_high": {
        "listen": {
            "en": (
                "These weeks seem heavy",
                "Your check-ins have stayed clearly below your usual range. You need not carry that alone: a doctor, a counsellor or a person you trust can listen. The chat knows numbers you can call.",
            ),
            "zh": (
                "这段时间似乎不轻松",
                "你的状态一直明显低于平时的范围。不必独自承担：医生、咨询师或信任的人都可以听你说。聊天里有可以拨打的号码。",
            ),
            "ko": (
                "요즘이 무거워 보여요",
                "평소 범위보다 뚜렷하게 낮은 상태가 이어졌어요. 혼자 지지 않아도 돼요. 의사, 상담사, 믿는 사람이 들어 줄 수 있어요. 채팅에 전화번호도 있어요.",
            ),
        },
        "load": {
            "en": (
                "Could something give way?",
                "For some time now your check-ins have been lower than is usual for you. Is there one thing on your table that could move or be handed over? We can look at it together in the chat.",
            ),
            "zh": (
                "有什么可以先放一放吗？",
                "有一段时间了，你的状态比平时低。手上有没有一件可以推迟或交给别人的事？可以在聊天里一起看看。",
            ),
            "ko": (
                "무언가 미룰 수 있을까요?",
                "얼마 전부터 평소보다 낮은 상태예요. 미루거나 맡길 수 있는 일이 하나 있을까요? 채팅에서 함께 볼 수 있어요.",
            ),
        },
    },
    "steadier": {
        "kept": {
            "en": (
                "Steadier again",
                "Your check-ins have come back to where they usually lie for you. What did you do differently? It may be worth keeping.",
            ),
            "zh": ("又平稳了", "你的状态回到了平时的位置。有什么不同的做法吗？也许值得保留。"),
            "ko": ("다시 차분해졌어요", "상태가 평소 자리로 돌아왔어요. 무엇이 달랐나요? 이어 갈 만할지도 몰라요."),
        },
    },
}

# What a mail, a push or a Telegram message says when it may not say what it is about.
DISCREET: dict[str, tuple[str, str]] = {
    "en": (
        "You have a note",
        "There is a short note for you in Evenkeel. Nobody else can read it, and it can wait until it suits you.",
    ),
    "zh": ("你有一条便笺", "Evenkeel 里有一条写给你的短笺。别人看不到，等你方便的时候再看就好。"),
    "ko": ("쪽지가 있어요", "Evenkeel에 짧은 쪽지가 있어요. 다른 사람은 볼 수 없고, 편할 때 보면 돼요."),
}

# A kind word that says nothing about anybody: one a mail, in turn.
ASIDE: dict[str, tuple[str, ...]] = {
    "en": (
        "While you are here: let your shoulders drop, and breathe out a little longer than in, three times.",
        "While you are here: look up from the screen for a moment, at the furthest thing you can see.",
        "While you are here: a glass of water and twenty steps are a real break.",
        "While you are here: whatever is next on the list, it may be the small thing first.",
    ),
    "zh": (
        "顺便：放松肩膀，呼气比吸气稍长一点，做三次。",
        "顺便：抬头离开屏幕一会儿，看看你能看到的最远处。",
        "顺便：一杯水、走二十步，就是一次真正的休息。",
        "顺便：清单上的下一件事，可以先从小的开始。",
    ),
    "ko": (
        "온 김에, 어깨를 내리고 들이쉴 때보다 조금 길게 세 번 내쉬어 보세요.",
        "온 김에, 화면에서 눈을 들어 가장 먼 곳을 잠깐 바라보세요.",
        "온 김에, 물 한 잔과 스무 걸음이면 제대로 된 휴식이에요.",
        "온 김에, 다음 할 일은 작은 것부터여도 괜찮아요.",
    ),
}

HELLO: dict[str, str] = {"en": "Hello {name},", "zh": "{name}，你好：", "ko": "{name} 님, 안녕하세요."}
HELLO_NOBODY: dict[str, str] = {"en": "Hello,", "zh": "你好：", "ko": "안녕하세요."}

FRAME: dict[str, dict[str, str]] = {
    "en": {
        "open": "Open Evenkeel",
        "about": "Evenkeel is not a medical service and not for emergencies. This mail went to nobody but you.",
        "stop": "No more mails",
        "stopped": "You will get no more mails from us. You can allow them again in the app, under Me.",
        "sure": "Stop all mails from Evenkeel to you?",
        "unknown": "This link is not valid any more. You can switch mails off in the app, under Me.",
    },
    "zh": {
        "open": "打开 Evenkeel",
        "about": "Evenkeel 不是医疗服务，也不用于紧急情况。这封邮件只发给了你。",
        "stop": "不再接收邮件",
        "stopped": "我们不会再给你发邮件。你可以在应用的“我的”里重新允许。",
        "sure": "停止接收 Evenkeel 的所有邮件吗？",
        "unknown": "这个链接已失效。你可以在应用的“我的”里关闭邮件。",
    },
    "ko": {
        "open": "Evenkeel 열기",
        "about": "Evenkeel은 의료 서비스가 아니며 응급 상황용이 아니에요. 이 메일은 당신에게만 보냈어요.",
        "stop": "메일 그만 받기",
        "stopped": "이제 메일을 보내지 않아요. 앱의 ‘나’에서 다시 허용할 수 있어요.",
        "sure": "Evenkeel 메일을 모두 그만 받을까요?",
        "unknown": "이 링크는 더 이상 쓸 수 없어요. 앱의 ‘나’에서 메일을 끌 수 있어요.",
    },
}


def variants_of(kind: str) -> tuple[str, ...]:
    return ("", *VARIANTS.get(kind, {}))


def words(kind: str, locale: str, variant: str = "") -> tuple[str, str]:
    """Title and text."""
    by_locale = VARIANTS.get(kind, {}).get(variant) or TEXTS[kind]
    return by_locale.get(locale, by_locale["en"])


def greeting(name: str, locale: str) -> str:
    return HELLO.get(locale, HELLO["en"]).format(name=name) if name else HELLO_NOBODY.get(locale, HELLO_NOBODY["en"])


def aside(locale: str, turn: int) -> str:
    lines = ASIDE.get(locale, ASIDE["en"])
    return lines[turn % len(lines)]
