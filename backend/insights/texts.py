"""The words of group figures: what is shown, why something is hidden, alerts and the monthly summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

REASONS: Final[Mapping[str, Words]] = {
    "too_few": {
        "en": "Hidden to protect people: a figure is only shown for circles of at least five people who are counted "
        "together or not at all. Here there are none, or somebody in them joined, left or paused a short while ago.",
        "zh": "为保护个人而隐藏：只有至少五人一组、要么一起计入要么都不计入时，才显示数字。这里还没有这样的组，或者组里最近有人加入、离开或暂停。",
        "ko": "개인을 보호하려고 가렸어요. 다섯 명 이상이 늘 함께 집계되는 묶음이 있을 때만 수치를 보여요. 아직 그런 묶음이 없거나, "
        "최근에 누군가 들어오거나 나가거나 쉬었어요.",
    },
    "policy": {
        "en": "Hidden by your organisation's policy: what is read from faces stays with its owner. Questionnaires are "
        "shown as averages under “Well-being”.",
        "zh": "按组织的政策隐藏：从面部读取的内容只归本人。问卷的平均值显示在“幸福感”中。",
        "ko": "조직의 정책에 따라 가렸어요. 얼굴에서 읽은 것은 본인에게만 남아요. 설문은 ‘웰빙’에 평균으로 나와요.",
    },
    "no_crossing": {
        "en": "Not offered: age and gender groups within one department would soon be about single people. Groups are "
        "shown for the whole organisation.",
        "zh": "不提供：在单个部门内再按年龄和性别划分，很快就会指向个人。分组只按整个组织显示。",
        "ko": "제공하지 않아요. 한 부서 안에서 나이와 성별로 나누면 곧 한 사람을 가리키게 돼요. 그룹은 조직 전체로만 보여요.",
    },
    "not_yet": {
        "en": "Nothing is published for these weeks. A calendar week is published once it is over, on the Wednesday after.",
        "zh": "这些周还没有发布内容。每个日历周结束后，在下一周的周三发布。",
        "ko": "이 주들에는 아직 공개된 것이 없어요. 한 주가 끝난 뒤 다음 수요일에 공개돼요.",
    },
}

TITLES: Final[Mapping[str, Words]] = {
    "trend": {"en": "Trend", "zh": "趋势", "ko": "추세"},
    "stress": {"en": "Stress distribution", "zh": "压力分布", "ko": "스트레스 분포"},
    "hours": {"en": "Negative expression by hour and weekday", "zh": "按小时和星期的负面表情", "ko": "시간대와 요일별 부정 표정"},
    "groups": {"en": "Age and gender groups", "zh": "年龄与性别组", "ko": "나이와 성별 그룹"},
    "participation": {"en": "Participation", "zh": "参与情况", "ko": "참여"},
    "support": {"en": "Support offered and found helpful", "zh": "提供的支持及其帮助", "ko": "제공한 지원과 도움 여부"},
    "wellbeing": {"en": "Well-being (WHO-5)", "zh": "幸福感（WHO-5）", "ko": "웰빙(WHO-5)"},
}  # fmt: skip

ABOUT: Final[Mapping[str, Words]] = {
    "trend": {
        "en": "Mean expression of a calendar week: positive (happy, surprise), negative (sad, angry, fear), and their "
        "difference, from −1 to 1. An expression is not a feeling, and small changes mean nothing.",
        "zh": "一个日历周的平均表情：正面（高兴、惊讶）、负面（悲伤、愤怒、恐惧）及二者之差（−1 到 1）。表情不等于感受，小变化没有意义。",
        "ko": "한 주의 평균 표정이에요. 긍정(기쁨·놀람), 부정(슬픔·분노·두려움)과 그 차이(−1에서 1). 표정은 감정이 아니고, 작은 변화에는 뜻이 없어요.",
    },
    "stress": {
        "en": "Share of people by their mean expression of the week. High: at least half negative. Mild: at least a "
        "quarter, and more negative than positive. Normal: the rest. No diagnosis.",
        "zh": "按一周平均表情划分的人数比例。高：一半以上为负面。轻度：至少四分之一为负面且多于正面。其余为正常。这不是诊断。",
        "ko": "한 주 평균 표정에 따른 사람의 비율이에요. 높음: 절반 이상이 부정. 약함: 4분의 1 이상이고 긍정보다 많음. 나머지는 보통. 진단이 아니에요.",
    },
    "hours": {
        "en": "Share of negative expression by local hour and by weekday, over the four weeks that end with the week.",
        "zh": "截至该周的四周内，按当地小时和星期统计的负面表情比例。",
        "ko": "그 주까지 4주 동안 현지 시간대와 요일별 부정 표정의 비율이에요.",
    },
    "groups": {
        "en": "Difference of positive and negative expression by estimated age band and gender group, of people who "
        "agreed to that. The estimate is often wrong for a single person.",
        "zh": "在同意者中，按估计的年龄段和性别组统计的正负面表情之差。对个人的估计常常不准。",
        "ko": "동의한 사람들의 추정 나이대와 성별 그룹별 긍정·부정 표정 차이예요. 한 사람에 대한 추정은 자주 틀려요.",
    },
    "participation": {
        "en": "Days: share of the five working days, Monday to Friday, with a check-in. Answered: share who answered the "
        "WHO-5 in the last four weeks. Covered: share of all accounts that these figures stand for. Taking part is free; nobody is listed.",
        "zh": "天数：周一至周五五个工作日中有打卡的比例。已答：最近四周回答过 WHO-5 的比例。覆盖：这些数字代表的账户比例。参与自愿，不列出任何人。",
        "ko": "일수: 월요일부터 금요일까지 근무일 5일 중 체크인한 비율. 응답: 최근 4주에 WHO-5에 답한 비율. 범위: 이 수치가 나타내는 계정의 비율. 참여는 자유이고 누구도 나열되지 않아요.",
    },
    "support": {
        "en": "Share of people who were offered support in the last four weeks, and who called it helpful or not.",
        "zh": "最近四周内收到支持的人数比例，以及认为有帮助或没有帮助的比例。",
        "ko": "최근 4주에 지원을 제안받은 사람의 비율과, 도움이 됐다거나 아니라고 답한 비율이에요.",
    },
    "wellbeing": {
        "en": "Mean WHO-5 score from 0 to 100, each person's newest answer of the last 13 weeks. 50 or less in a person "
        "is a reason to ask further; of a group it is an average, nothing more.",
        "zh": "WHO-5 平均分（0–100），取每人最近 13 周内最新的回答。个人低于或等于 50 值得进一步了解；对群体来说只是平均值。",
        "ko": "WHO-5 평균 점수(0–100)로, 최근 13주 중 각자의 최신 응답이에요. 개인의 50 이하는 더 살펴볼 이유이지만, 집단에서는 평균일 뿐이에요.",
    },
}

KEYS: Final[Mapping[str, Words]] = {
    "balance": {"en": "Positive minus negative", "zh": "正面减负面", "ko": "긍정 − 부정"},
    "positive": {"en": "Positive", "zh": "正面", "ko": "긍정"},
    "negative": {"en": "Negative", "zh": "负面", "ko": "부정"},
    "normal": {"en": "Normal", "zh": "正常", "ko": "보통"},
    "mild": {"en": "Mild", "zh": "轻度", "ko": "약함"},
    "high": {"en": "High", "zh": "高", "ko": "높음"},
    "days": {"en": "Working days with a check-in", "zh": "有打卡的工作日", "ko": "체크인한 근무일"},
    "answered": {"en": "Answered the WHO-5", "zh": "回答过 WHO-5", "ko": "WHO-5 응답"},
    "covered": {"en": "Accounts covered", "zh": "覆盖的账户", "ko": "포함된 계정"},
    "offered": {"en": "Offered support", "zh": "收到支持", "ko": "지원 제안"},
    "helpful": {"en": "Found it helpful", "zh": "认为有帮助", "ko": "도움이 됨"},
    "not_helpful": {"en": "Did not find it helpful", "zh": "认为没有帮助", "ko": "도움이 안 됨"},
    "who5": {"en": "WHO-5", "zh": "WHO-5", "ko": "WHO-5"},
    "gender.female": {"en": "Women", "zh": "女性", "ko": "여성"},
    "gender.male": {"en": "Men", "zh": "男性", "ko": "남성"},
    "weekday.0": {"en": "Monday", "zh": "星期一", "ko": "월요일"},
    "weekday.1": {"en": "Tuesday", "zh": "星期二", "ko": "화요일"},
    "weekday.2": {"en": "Wednesday", "zh": "星期三", "ko": "수요일"},
    "weekday.3": {"en": "Thursday", "zh": "星期四", "ko": "목요일"},
    "weekday.4": {"en": "Friday", "zh": "星期五", "ko": "금요일"},
    "weekday.5": {"en": "Saturday", "zh": "星期六", "ko": "토요일"},
    "weekday.6": {"en": "Sunday", "zh": "星期日", "ko": "일요일"},
}

PROTECTION: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "Only people who agreed to have their photos read count; in WHO-5 averages it is whoever answered. Each can opt out "
        "under Me.",
        "People are counted in circles of at least five, drawn by chance: a whole circle or none of it. Nobody can see "
        "who is in which.",
        "Somebody who joins waits until five new people can be counted together. When somebody leaves, their circle is "
        "not counted any more.",
        "Figures are rounded, close to an edge only a bound is said, and a published week never changes.",
        "Every question that HR asks here is written down.",
    ),
    "zh": (
        "只计入同意读取照片的人；WHO-5 平均分计入回答过的人。每个人都可以在“我的”里退出。",
        "人员以至少五人的小组随机计入：整组计入或都不计入。没有人能看到谁在哪一组。",
        "新加入者要等到五位新人可以一起计入。有人离开时，其小组不再计入。",
        "数字经过取整，接近边界时只给出界限；已发布的周不再改变。",
        "人事在这里的每次查询都会被记录。",
    ),
    "ko": (
        "사진 읽기에 동의한 사람만 집계되고, WHO-5 평균에는 답한 사람이 집계돼요. ‘나’에서 언제든 빠질 수 있어요.",
        "사람들은 무작위로 뽑힌 다섯 명 이상의 묶음으로, 전부 집계되거나 전혀 집계되지 않아요. 누가 어느 묶음인지는 아무도 볼 수 없어요.",
        "새로 온 사람은 함께 집계할 새 사람이 다섯이 될 때까지 기다려요. 누군가 나가면 그 묶음은 더 이상 집계되지 않아요.",
        "수치는 반올림되고, 끝에 가까우면 경계만 보이며, 공개된 주는 바뀌지 않아요.",
        "인사팀이 여기서 묻는 모든 것은 기록돼요.",
    ),
}

ORGANISATION: Final[Words] = {"en": "the whole organisation", "zh": "整个组织", "ko": "조직 전체"}

# {where}, {weeks}, {change}
ALERT_RULES: Final[Mapping[str, Words]] = {
    "balance": {
        "en": "{where}: positive minus negative falls by {change} or more over {weeks} weeks",
        "zh": "{where}：正面减负面在 {weeks} 周内下降 {change} 或更多",
        "ko": "{where}: 긍정 − 부정이 {weeks}주 동안 {change} 이상 하락",
    },
    "negative": {
        "en": "{where}: negative expression rises by {change} or more over {weeks} weeks",
        "zh": "{where}：负面表情在 {weeks} 周内上升 {change} 或更多",
        "ko": "{where}: 부정 표정이 {weeks}주 동안 {change} 이상 상승",
    },
    "high": {
        "en": "{where}: the share of high stress rises by {change} percentage points or more over {weeks} weeks",
        "zh": "{where}：高压力比例在 {weeks} 周内上升 {change} 个百分点或更多",
        "ko": "{where}: 높은 스트레스 비율이 {weeks}주 동안 {change}%p 이상 상승",
    },
    "who5": {
        "en": "{where}: the WHO-5 average falls by {change} points or more over {weeks} weeks",
        "zh": "{where}：WHO-5 平均分在 {weeks} 周内下降 {change} 分或更多",
        "ko": "{where}: WHO-5 평균이 {weeks}주 동안 {change}점 이상 하락",
    },
}

ALERT_NOTICE: Final[Mapping[str, tuple[str, str]]] = {
    "en": (
        "A trend you asked about",
        "{rule}: {before} → {after} (week of {week}). It is an average of a group and says nothing about a person. "
        "Causes are often outside: workload, a season, a change in who takes part.",
    ),
    "zh": (
        "你关注的趋势",
        "{rule}：{before} → {after}（{week} 那一周）。这是群体的平均值，不说明任何个人。原因常在外部：工作量、季节或参与者的变化。",
    ),
    "ko": (
        "지켜보던 추세",
        "{rule}: {before} → {after} ({week} 주). 집단의 평균이며 한 사람에 대해 말하지 않아요. 이유는 업무량, 계절, 참여자의 변화일 때가 많아요.",
    ),
}

SUMMARY: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "Your monthly summary: {month}",
        "opening": "What was published in {month}, for {where}:",
        "line": "{label}: {before} → {after}",
        "single": "{label}: {after}",
        "at_most": "at most {value}",
        "at_least": "at least {value}",
        "hidden": "{label}: hidden to protect people",
        "departments": "Departments with figures: {shown} of {all}.",
        "closing": "Averages of groups, rounded. They say nothing about a person, and small changes mean nothing.",
    },
    "zh": {
        "title": "每月摘要：{month}",
        "opening": "{month} 发布的内容（{where}）：",
        "line": "{label}：{before} → {after}",
        "single": "{label}：{after}",
        "at_most": "至多 {value}",
        "at_least": "至少 {value}",
        "hidden": "{label}：为保护个人而隐藏",
        "departments": "有数字的部门：{shown} / {all}。",
        "closing": "均为群体平均值并已取整，不说明任何个人，小变化没有意义。",
    },
    "ko": {
        "title": "월간 요약: {month}",
        "opening": "{month}에 공개된 내용({where}):",
        "line": "{label}: {before} → {after}",
        "single": "{label}: {after}",
        "at_most": "많아야 {value}",
        "at_least": "적어도 {value}",
        "hidden": "{label}: 개인 보호를 위해 가림",
        "departments": "수치가 있는 부서: {all}곳 중 {shown}곳.",
        "closing": "반올림한 집단 평균이에요. 한 사람에 대해 말하지 않고, 작은 변화에는 뜻이 없어요.",
    },
}


def say(words: Words, locale: str) -> str:
    return words.get(locale, words["en"])


def label_of(key: str, locale: str) -> str:
    """An hour and an age band speak for themselves."""
    if key in KEYS:
        return say(KEYS[key], locale)
    kind, _, rest = key.partition(".")
    return f"{int(rest):02d}:00" if kind == "hour" else rest
