"""The words of a shared case, for the person's preview and for HR: about expressions and somebody's own usual range,
never a diagnosis. Third person, because HR reads them about a colleague.
"""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "zh", "ko")

REASONS: Final[dict[str, dict[str, str]]] = {
    "above_usual": {
        "en": "{name} was above this person's usual range on {days} of the last {of_days} days.",
        "zh": "最近 {of_days} 天中有 {days} 天，{name}高于本人平时的范围。",
        "ko": "최근 {of_days}일 중 {days}일은 {name} 항목이 본인의 평소 범위보다 높았습니다.",
    },
    "below_usual": {
        "en": "{name} was below this person's usual range on {days} of the last {of_days} days.",
        "zh": "最近 {of_days} 天中有 {days} 天，{name}低于本人平时的范围。",
        "ko": "최근 {of_days}일 중 {days}일은 {name} 항목이 본인의 평소 범위보다 낮았습니다.",
    },
    "unusual_day": {
        "en": "The last day differed clearly from the week before it.",
        "zh": "最近一天与前一周明显不同。",
        "ko": "마지막 날이 그 전 한 주와 뚜렷하게 달랐습니다.",
    },
    "lasting": {
        "en": "Check-ins have been lower than this person's usual range; this was day {days} since it was noted.",
        "zh": "近来的状态低于本人平时的范围，从注意到起已是第 {days} 天。",
        "ko": "본인의 평소 범위보다 낮은 상태가 이어졌고, 알아차린 지 {days}일째였습니다.",
    },
    "drifting": {
        "en": "Recent check-ins were a little lower than this person's usual range.",
        "zh": "近来的状态略低于本人平时的范围。",
        "ko": "최근 상태가 본인의 평소 범위보다 조금 낮았습니다.",
    },
    "still_open": {
        "en": "There was no check-in on the last day; what was noted before still stands.",
        "zh": "最近一天没有记录，之前注意到的情况仍然有效。",
        "ko": "마지막 날은 기록이 없어 앞서 알아차린 내용이 그대로 유지됩니다.",
    },
}

BECAUSE: Final[dict[str, dict[str, str]]] = {
    "high": {
        "en": "Check-ins were much lower than usual for a while.",
        "zh": "一段时间里比平时低很多。",
        "ko": "한동안 평소보다 많이 낮았습니다.",
    },
    "lasting": {
        "en": "Check-ins stayed lower than usual for several days.",
        "zh": "连续多天比平时低。",
        "ko": "여러 날 평소보다 낮은 상태가 이어졌습니다.",
    },
    "unanswered": {
        "en": "Support was offered while check-ins were lower, and stayed unanswered.",
        "zh": "状态偏低期间曾提供支持，但没有得到回应。",
        "ko": "낮은 상태 동안 도움을 제안했지만 답이 없었습니다.",
    },
    "person": {
        "en": "The person asked for a conversation.",
        "zh": "本人主动希望谈一谈。",
        "ko": "본인이 대화를 요청했습니다.",
    },
}

# True of every variant of the message (notify/texts.py): which one it was is the person's own.
SUPPORT: Final[dict[str, dict[str, str]]] = {
    "lower_moderate": {
        "en": "A quiet note with one small suggestion: a short pause, a few words with somebody, or a five-minute step",
        "zh": "一条轻声的便笺，带一个小建议：休息片刻、找人说几句话，或花五分钟做一件小事",
        "ko": "작은 제안 하나를 담은 조용한 쪽지: 잠깐의 휴식, 누군가와의 몇 마디, 또는 5분짜리 작은 일",
    },
    "lower_high": {
        "en": "A note about a longer dip: it suggested talking to somebody, or letting a task wait, and offered the chat",
        "zh": "一条便笺，提到状态低了一段时间：建议找人聊聊，或把一件事放一放，也可以用聊天",
        "ko": "조금 오래 낮았다는 쪽지: 누군가와 이야기하기나 일 하나 미루기를 권하고 채팅을 안내함",
    },
}

LEVELS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "none": "usual range",
        "low": "a little lower",
        "moderate": "lower for a while",
        "high": "much lower for a while",
    },
    "zh": {"none": "平时范围", "low": "略低", "moderate": "一段时间偏低", "high": "一段时间低很多"},
    "ko": {"none": "평소 범위", "low": "조금 낮음", "moderate": "한동안 낮음", "high": "한동안 많이 낮음"},
}

STATES: Final[dict[str, dict[str, str]]] = {
    "en": {"new": "new", "acknowledged": "acknowledged", "contacted": "contacted", "resolved": "resolved"},
    "zh": {"new": "新", "acknowledged": "已受理", "contacted": "已联系", "resolved": "已结束"},
    "ko": {"new": "새 건", "acknowledged": "확인함", "contacted": "연락함", "resolved": "마무리됨"},
}

ACTIONS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "opened": "opened", "shared": "shared by the person", "acknowledge": "acknowledged", "contact": "contacted",
        "resolve": "resolved", "assign": "assigned to {to}", "unassign": "given back to everybody", "note": "note",
        "remind": "reminder sent, past its date",
    },
    "zh": {
        "opened": "建立", "shared": "本人同意分享", "acknowledge": "受理", "contact": "已联系", "resolve": "结束",
        "assign": "指派给 {to}", "unassign": "退回给所有人", "note": "备注", "remind": "已超期，发出提醒",
    },
    "ko": {
        "opened": "열림", "shared": "본인이 공유함", "acknowledge": "확인", "contact": "연락", "resolve": "마무리",
        "assign": "배정: {to}", "unassign": "배정 해제", "note": "메모", "remind": "기한이 지나 알림을 보냄",
    },
}  # fmt: skip

# Action units in plain words, as in the published table of the face's movements.
ACTION_UNITS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "AU1": "inner brow raised", "AU2": "outer brow raised", "AU4": "brow lowered", "AU5": "upper lid raised",
        "AU6": "cheek raised", "AU7": "lids tightened", "AU9": "nose wrinkled", "AU10": "upper lip raised",
        "AU12": "lip corners pulled up", "AU14": "dimple", "AU15": "lip corners lowered", "AU16": "lower lip lowered", "AU17": "chin raised",
        "AU20": "lips stretched", "AU23": "lips tightened", "AU24": "lips pressed", "AU25": "lips parted",
        "AU26": "jaw dropped", "AU43": "eyes closed",
    },
    "zh": {
        "AU1": "内眉上扬", "AU2": "外眉上扬", "AU4": "皱眉", "AU5": "上眼睑上提", "AU6": "脸颊上提", "AU7": "眼睑收紧",
        "AU9": "皱鼻", "AU10": "上唇上提", "AU12": "嘴角上扬", "AU14": "酒窝", "AU15": "嘴角下垂", "AU16": "下唇下拉", "AU17": "下巴上提",
        "AU20": "嘴唇拉伸", "AU23": "嘴唇收紧", "AU24": "嘴唇紧闭", "AU25": "嘴唇分开", "AU26": "下颌张开", "AU43": "闭眼",
    },
    "ko": {
        "AU1": "안쪽 눈썹 올림", "AU2": "바깥쪽 눈썹 올림", "AU4": "눈썹 내림", "AU5": "윗눈꺼풀 올림", "AU6": "볼 올림",
        "AU7": "눈꺼풀 조임", "AU9": "코 주름", "AU10": "윗입술 올림", "AU12": "입꼬리 올림", "AU14": "보조개",
        "AU15": "입꼬리 내림", "AU16": "아랫입술 내림", "AU17": "턱 올림", "AU20": "입술 늘림", "AU23": "입술 조임", "AU24": "입술 누름",
        "AU25": "입술 벌어짐", "AU26": "턱 벌어짐", "AU43": "눈 감음",
    },
}  # fmt: skip

NOT_A_DIAGNOSIS: Final[dict[str, str]] = {
    "en": (
        "This compares expressions in somebody's own check-ins with their own usual range. It can be wrong. It is not a "
        "diagnosis, says nothing about work, and must not be used for decisions about a person."
    ),
    "zh": "这里把本人自己记录中的表情与其平时的范围作比较，可能出错。它不是诊断，与工作表现无关，不得用于任何有关个人的决定。",
    "ko": (
        "본인의 기록에 나타난 표정을 본인의 평소 범위와 비교한 것으로, 틀릴 수 있습니다. 진단이 아니고 업무와 관계가 없으며, "
        "사람에 대한 결정에 쓰여서는 안 됩니다."
    ),
}

# The first sentence of the conversation: only who was asked because of their levels, and agreed, hears of them.
BEGIN: Final[dict[str, dict[str, str]]] = {
    "agreed": {
        "en": "Begin with why you ask: “You agreed to share that the last weeks were lower than usual for you. How are you?”",
        "zh": "先说明来意：“你同意分享，最近几周的状态比你平时低一些。你还好吗？”",
        "ko": "묻는 이유부터 말하세요. “지난 몇 주가 평소보다 낮았다는 것을 공유해 주셨어요. 어떻게 지내세요?”",
    },
    "open": {
        "en": "Begin with an open question: “It is good that we can talk. What would you like to talk about?”",
        "zh": "先问一个开放的问题：“谢谢你愿意和我聊。你想谈些什么？”",
        "ko": "열린 질문으로 시작하세요. “이야기 나눌 수 있어서 다행이에요. 어떤 이야기를 하고 싶으세요?”",
    },
}

# Guidance for the conversation: before, during, what to leave out, after. (title, lines)
GUIDANCE: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "en": (
        ("Before", (
            "Find a quiet place and half an hour without interruptions; let the person choose place and time.",
            "Read only what was shared. Ask nobody else about the person.",
            "Know two offers you can really make: a counsellor, fewer meetings for a week, a few days off.",
        )),
        ("In the conversation", (
            "{begin}",
            "Listen more than you talk. Silence is fine. The person decides how much to tell.",
            "Ask what would help, and what has helped before. Offer; do not prescribe.",
            "Agree on one next step and on when you talk again.",
        )),
        ("Better left out", (
            "No guesses about illness, no “you look sad”, no advice to pull oneself together.",
            "No talk of performance in the same conversation; no promise you cannot keep.",
            "Do not read from this report: it may be wrong, and the person knows better.",
        )),
        ("If it is serious", (
            "If somebody speaks of not wanting to live or of harm: stay, listen, and bring in professional help or the "
            "emergency number at once, together with the person.",
        )),
        ("Afterwards", (
            "Note only what was agreed, in words the person could read. The person can export every note.",
            "Keep the date you agreed on, and close the case when the person is content.",
        )),
    ),
    "zh": (
        ("谈话之前", (
            "找一个安静的地方，留出不受打扰的半小时；时间和地点由对方决定。",
            "只看对方分享的内容，不向其他人打听。",
            "准备好两项真正能兑现的帮助：咨询师、一周内少开几次会、休息几天。",
        )),
        ("谈话之中", (
            "{begin}",
            "多听少说，沉默也没关系。说多少由对方决定。",
            "问什么会有帮助，以前什么有用。提供选择，不下指令。",
            "约定一个下一步，以及下次谈话的时间。",
        )),
        ("最好不说", (
            "不猜测疾病，不说“你看起来很难过”，不劝人“振作起来”。",
            "不在同一次谈话里谈绩效；不许诺做不到的事。",
            "不照着这份报告念：它可能有误，本人更清楚。",
        )),
        ("情况严重时", ("如果对方提到不想活下去或伤害，请留下来倾听，并立即和对方一起联系专业人员或急救电话。",)),
        ("谈话之后", (
            "只记录约定的事项，用对方看了也没有问题的话。对方可以导出每一条备注。",
            "遵守约定的日期；对方觉得可以了，再结束。",
        )),
    ),
    "ko": (
        ("대화 전에", (
            "방해받지 않는 조용한 곳에서 30분을 마련하고, 시간과 장소는 상대가 정하게 하세요.",
            "공유된 내용만 읽으세요. 다른 사람에게 묻지 마세요.",
            "실제로 해 줄 수 있는 도움 두 가지를 준비하세요. 상담사, 한 주 동안 회의 줄이기, 며칠의 휴가 등입니다.",
        )),
        ("대화 중에", (
            "{begin}",
            "말하기보다 들으세요. 침묵도 괜찮습니다. 얼마나 말할지는 상대가 정합니다.",
            "무엇이 도움이 될지, 전에 무엇이 도움이 되었는지 물어보세요. 권하되 지시하지 마세요.",
            "다음 걸음 하나와 다시 이야기할 날을 정하세요.",
        )),
        ("하지 않는 편이 좋은 말", (
            "병을 짐작하거나 “슬퍼 보여요”라고 하거나 힘내라고 다그치지 마세요.",
            "같은 자리에서 성과 이야기를 하지 말고, 지킬 수 없는 약속을 하지 마세요.",
            "이 보고서를 읽어 주지 마세요. 틀릴 수 있고, 본인이 더 잘 압니다.",
        )),
        ("심각할 때", ("살고 싶지 않다거나 해치겠다는 말이 나오면 곁에서 듣고, 함께 바로 전문가나 응급 전화에 연락하세요.",)),
        ("대화 후에", (
            "약속한 내용만, 본인이 읽어도 괜찮을 말로 적으세요. 본인은 모든 메모를 내보내기로 볼 수 있습니다.",
            "약속한 날짜를 지키고, 본인이 괜찮다고 할 때 마무리하세요.",
        )),
    ),
}  # fmt: skip

REPORT: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Case {number}", "name": "Name", "unit": "Unit", "level": "Against the usual range", "status": "State",
        "hour": "Shared", "assignee": "In the hands of", "due": "Next step by", "why": "Why there is a case",
        "note": "In the person's own words", "days": "Against the usual range, day by day", "nothing": "no check-in",
        "reasons": "Reasons", "support": "Support that was offered", "helpful": "found helpful",
        "not_helpful": "not helpful", "unanswered": "no answer", "units": "Movements of the face that were seen most",
        "share": "{share} % of readings", "guidance": "For a good conversation", "history": "What happened",
        "nobody": "nobody yet", "system": "Evenkeel", "somebody": "an account that was deleted",
        "marker": "support was offered", "printed": "Opened by {name}, {at}. The person sees that this was opened.",
        "page": "Page {page} of {pages}", "confidential": "Confidential", "own": "No levels and no reasons were shared.",
    },
    "zh": {
        "title": "个案 {number}", "name": "姓名", "unit": "部门", "level": "与平时相比", "status": "状态", "hour": "分享时间",
        "assignee": "负责人", "due": "下一步期限", "why": "为什么有这个个案", "note": "本人的话", "days": "每天与平时相比",
        "nothing": "没有记录", "reasons": "原因", "support": "已经提供的支持", "helpful": "觉得有帮助",
        "not_helpful": "没有帮助", "unanswered": "没有回应", "units": "最常见的面部动作", "share": "占记录的 {share}%",
        "guidance": "怎样好好谈一谈", "history": "经过", "nobody": "还没有人", "system": "Evenkeel",
        "somebody": "已删除的账号", "marker": "提供了支持", "printed": "由 {name} 于 {at} 打开。本人会看到这次打开。",
        "page": "第 {page} 页，共 {pages} 页", "confidential": "保密", "own": "没有分享程度和原因。",
    },
    "ko": {
        "title": "사례 {number}", "name": "이름", "unit": "부서", "level": "평소와 비교", "status": "상태", "hour": "공유 시각",
        "assignee": "담당", "due": "다음 단계 기한", "why": "사례가 열린 이유", "note": "본인의 말", "days": "날마다 평소와 비교",
        "nothing": "기록 없음", "reasons": "이유", "support": "제안한 도움", "helpful": "도움이 됨",
        "not_helpful": "도움이 안 됨", "unanswered": "답 없음", "units": "가장 자주 보인 얼굴 움직임",
        "share": "기록의 {share}%", "guidance": "좋은 대화를 위해", "history": "지난 일", "nobody": "아직 없음",
        "system": "Evenkeel", "somebody": "삭제된 계정", "marker": "도움을 제안함",
        "printed": "{name} 님이 {at}에 열었습니다. 본인은 열람 사실을 볼 수 있습니다.",
        "page": "{pages}쪽 중 {page}쪽", "confidential": "대외비", "own": "정도와 이유는 공유되지 않았습니다.",
    },
}  # fmt: skip
