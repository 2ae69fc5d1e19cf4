"""The dialogue's promises that hold in every place and every language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest

from bot import instruments
from bot.dialogue import speech
from bot.dialogue.machine import respond
from bot.dialogue.table import ANYWHERE, TABLE
from bot.dialogue.turns import (
    Action,
    CallLLM,
    Context,
    DialogueState,
    KeepPrivate,
    Outcome,
    Place,
    RecordHelped,
    RecordMood,
    RequestDelete,
    Resume,
    SetPause,
    StartInstrument,
    SubmitInstrument,
    Turn,
)

PLACES = get_args(Place)
CRISIS = {"en": "I want to kill myself", "zh": "我不想活了", "ko": "죽고 싶어요"}
WITH_LLM = Context(country="US", llm=True)


def state_in(place: Place) -> DialogueState:
    return DialogueState(place=place, exercise="breathing", instrument="phq9", answers=(1, 0), topic="stress")


def run(*turns: Turn, context: Context | None = None) -> list[Outcome]:
    state, outcomes = DialogueState(), []
    for turn in turns:
        outcome = respond(state, turn, context or Context())
        outcomes.append(outcome)
        state = DialogueState.from_json(json.loads(json.dumps(outcome.state.to_json())))
    return outcomes


def answers(name: str, values: Sequence[int]) -> list[Turn]:
    return [Turn(choice=f"answer:{name}:{item}:{value}") for item, value in enumerate(values)]


def test_the_table_covers_every_place() -> None:
    assert set(TABLE) == set(PLACES)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("language", CRISIS)
def test_a_crisis_is_answered_in_every_place_and_language_whatever_the_locale(place: Place, language: str) -> None:
    for locale in ("en", "zh", "ko"):
        outcome = respond(state_in(place), Turn(text=CRISIS[language]), replace(WITH_LLM, locale=locale))
        assert {reply.kind for reply in outcome.replies} == {"crisis"}
        assert outcome.actions == (KeepPrivate(),)
        assert outcome.state.place == "crisis"
        assert "988" in outcome.replies[-1].text


@pytest.mark.parametrize("text", ["anything", "ok", "make it stop", "show me my week", "너무 힘들어요", "谢谢"])
def test_after_a_crisis_nothing_typed_reaches_the_llm_or_changes_the_subject(text: str) -> None:
    outcome = respond(DialogueState(place="crisis"), Turn(text=text), WITH_LLM)
    assert outcome.state.place == "crisis"
    assert outcome.actions == (KeepPrivate(),)


@pytest.mark.parametrize(
    "turn",
    [Turn(choice="crisis:safe"), Turn(text="I'm safe now"), Turn(text="我现在安全"), Turn(text="지금은 안전해요")],
)
def test_the_way_out_of_a_crisis_is_the_persons_own_word(turn: Turn) -> None:
    outcome = respond(DialogueState(place="crisis"), turn, WITH_LLM)
    assert outcome.replies[0].key == "crisis.safe"
    assert outcome.state.place == "open"
    assert outcome.actions == (KeepPrivate(),)


@pytest.mark.parametrize(
    ("choice", "key", "action"),
    [
        ("menu:privacy", "say.privacy_never", None),
        ("menu:week", "say.week_empty", None),
        ("menu:pause", "say.pause_how_long", None),
        ("pause:7", "say.paused", SetPause(7)),
        ("stop", "say.stopped", SetPause(None)),
        ("menu:resume", "say.resumed", Resume()),
        ("menu:delete", "say.delete_sure", None),
        ("delete:account", "say.delete_account", RequestDelete("account")),
        ("no", "say.kept", None),
        ("later", None, None),
    ],
)
def test_no_button_and_no_command_ends_a_crisis(choice: str, key: str | None, action: Action | None) -> None:
    for asked, again in (("", "crisis.stay"), ("in_danger", "crisis.ask_again"), ("safe", "crisis.are_you_safe")):
        outcome = respond(DialogueState(place="crisis", asked=asked), Turn(choice=choice), WITH_LLM)
        assert (outcome.state.place, outcome.state.asked) == ("crisis", asked)
        assert [reply.key for reply in outcome.replies] == [key, again][key is None :]
        assert outcome.actions == (action, KeepPrivate())[action is None :]


HINTS = {"en": "I can't do this anymore, I just want to disappear", "zh": "活着好累", "ko": "그냥 사라지고 싶어요"}
ANSWERS = {
    "en": ("no, I meant leaving the company", "yes", "how do I delete my data?"),
    "zh": ("不是，我只是说想离职", "是的", "怎么删除我的数据"),
    "ko": ("아니요, 퇴사하고 싶다는 뜻이었어요", "네", "데이터는 어떻게 지워요?"),
}


@pytest.mark.parametrize("language", HINTS)
def test_a_hint_is_asked_about_until_it_is_answered(language: str) -> None:
    no, yes, something_else = ANSWERS[language]
    hinted = respond(DialogueState(), Turn(text=HINTS[language]), WITH_LLM).state
    again = respond(hinted, Turn(text=something_else), WITH_LLM)
    assert (again.replies[0].key, again.actions) == ("crisis.ask_again", (KeepPrivate(),))
    believed = respond(again.state, Turn(text=no), WITH_LLM)
    assert (believed.replies[0].key, believed.actions) == ("crisis.misread", (KeepPrivate(),))
    assert believed.state.place == "open"
    feared = respond(again.state, Turn(text=yes), WITH_LLM)
    assert [reply.key for reply in feared.replies] == ["crisis.heard", "crisis.numbers"]
    assert feared.state.asked == ""


def test_after_plain_words_a_no_is_asked_back() -> None:
    """ "Is there someone near you?" "No." is no way out, and neither is "just kidding"."""
    plain = respond(DialogueState(), Turn(text="I want to kill myself"), WITH_LLM).state
    for said in ("no", "just kidding"):
        asked = respond(plain, Turn(text=said), WITH_LLM)
        assert (asked.replies[0].key, asked.state.place, asked.state.asked) == ("crisis.are_you_safe", "crisis", "safe")
        unsafe = respond(asked.state, Turn(text="no"), WITH_LLM)
        assert (unsafe.replies[0].key, unsafe.state.place) == ("crisis.numbers", "crisis")
        assert respond(asked.state, Turn(text="yes"), WITH_LLM).state.place == "open"
        for half in ("maybe", "I don't know", "sometimes", "kind of"):
            assert respond(asked.state, Turn(text=half), WITH_LLM).replies[0].key == "crisis.are_you_safe", half


@pytest.mark.parametrize(
    "said", ["nobody can help me", "没人能帮我", "아무도 못 도와줘요", "there's no point", "i'm not safe", "no idea"]
)
def test_a_no_that_denies_nothing_ends_nothing(said: str) -> None:
    for asked in ("", "in_danger", "safe"):
        assert respond(DialogueState(place="crisis", asked=asked), Turn(text=said), WITH_LLM).state.place == "crisis"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("event", [*ANYWHERE, "next", "answer", "nonsense"])
def test_every_choice_is_answered_in_every_place(place: Place, event: str) -> None:
    """Old buttons stay on screens for ever: none may break the chat."""
    for language in speech.LANGUAGES:
        for choice in (event, f"{event}:1", f"{event}:nonsense", f"{event}:²", f"{event}:9999999"):
            outcome = respond(state_in(place), Turn(choice=choice), Context(locale=language, due=("who5",)))
            assert outcome.replies
            assert all(a.days in (None, 1, 7, 30) for a in outcome.actions if isinstance(a, SetPause))
            assert all(reply.text.strip() and "{" not in reply.text for reply in outcome.replies)
            assert all(len(c.id.encode()) <= 64 and c.label for reply in outcome.replies for c in reply.choices)


def test_a_state_never_holds_what_was_written() -> None:
    outcomes = run(
        Turn(text="my argument with Xenia Quux"),
        Turn(choice="idea"),
        Turn(choice="try"),
        Turn(text="Xenia Quux shouted"),
    )
    for outcome in outcomes:
        assert "Quux" not in json.dumps(outcome.state.to_json())


def test_a_state_from_another_version_is_read() -> None:
    state = DialogueState.from_json({"place": "open", "answers": [1, 2], "invented_later": 1})
    assert state.answers == (1, 2)
    assert DialogueState.from_json(None) == DialogueState()


@pytest.mark.parametrize("place", PLACES)
def test_after_a_long_time_nothing_is_pending_but_a_crisis(place: Place) -> None:
    state = replace(state_in(place), locale="ko", turns=7, asked="in_danger")
    assert state.anew() == (state if place == "crisis" else DialogueState(locale="ko", turns=7))


def test_free_talk_goes_to_the_llm_only_where_the_person_agreed() -> None:
    said = Turn(text="my boss yelled at me today")
    for context, expected in ((WITH_LLM, 1), (Context(), 0)):
        outcome = respond(DialogueState(place="listen", topic="conflict"), said, context)
        assert sum(isinstance(action, CallLLM) for action in outcome.actions) == expected
        assert outcome.replies, "the built-in answer is the fallback"


def test_what_did_not_help_is_not_offered_again_and_what_helped_comes_first() -> None:
    context = Context(did_not_help=("breathing", "muscles"), helped=("kind_word",))
    state, offered = DialogueState(place="listen", topic="stress"), []
    for _ in range(5):
        outcome = respond(state, Turn(choice="idea"), context)
        state = outcome.state
        offered.append(state.exercise)
        assert len(outcome.replies) == 1, "one suggestion at a time"
        if outcome.replies[0].key == "say.no_more_ideas":
            break
    assert offered[0] == "kind_word"
    assert not {"breathing", "muscles"} & set(offered)


def test_a_yes_after_what_did_not_help_is_no_yes_to_the_same() -> None:
    *_, asked, told, last = run(
        Turn(text="I am so stressed"),
        Turn(choice="idea"),
        Turn(choice="try"),
        Turn(text="thanks"),
        Turn(choice="helped:no:breathing"),
        Turn(text="yes"),
    )
    assert [choice.id for choice in asked.replies[0].choices][-1] == "helped:no:breathing"
    assert told.actions == (RecordHelped("breathing", False),)
    assert (last.state.place, last.state.exercise) == ("offer", "muscles")


def test_who_tells_on_instead_of_taking_an_idea_has_not_said_yes_to_it() -> None:
    told = (Turn(text="I am so stressed"), Turn(text="My boss keeps piling things on my desk"))
    *_, offered, heard, after = run(*told, Turn(choice="idea"), Turn(text="qwertz asdf zxcv"), Turn(text="yes"))
    assert (offered.state.place, heard.replies[0].key) == ("offer", "say.with_you")
    assert after.state.place != "exercise"


@pytest.mark.parametrize("said", ["it got worse", "made it worse", "更糟了", "没用", "더 심해졌어", "그대로야", "stop"])
def test_what_made_it_worse_is_not_remembered_as_a_help_and_stops_no_messages(said: str) -> None:
    state = DialogueState(place="after", exercise="breathing")
    assert respond(state, Turn(text=said), Context()).actions == ()
    assert respond(state, Turn(text="yes it did"), Context()).actions == (RecordHelped("breathing", True),)


def test_an_older_button_judges_its_own_exercise() -> None:
    state = DialogueState(place="after", exercise="muscles")
    outcome = respond(state, Turn(choice="helped:yes:grounding"), Context())
    assert outcome.actions == (RecordHelped("grounding", True),)


def test_a_low_mood_is_not_met_with_cheer() -> None:
    (outcome,) = run(Turn(choice="mood:1"))
    assert outcome.actions == (RecordMood(1),)
    assert outcome.replies[0].key == "say.mood_low"
    assert "good" not in outcome.replies[0].text.lower()


def test_stop_acts_at_once() -> None:
    for text in ("stop messaging me", "别再给我发消息了", "메시지 그만 보내"):
        (outcome,) = run(Turn(text=text))
        assert outcome.actions == (SetPause(None),)


@pytest.mark.parametrize("said", ["for 3 days", "until monday", "don't pause", "不要暂停", "한 달만"])
def test_no_pause_is_guessed_where_another_or_none_was_meant(said: str) -> None:
    asked = respond(DialogueState(place="pausing"), Turn(text=said), Context())
    assert (asked.actions, asked.replies[0].key) == ((), "say.pause_how_long")
    assert respond(asked.state, Turn(text=asked.replies[0].choices[0].label), Context()).actions == (SetPause(1),)


def test_deleting_needs_a_second_word() -> None:
    first, second = run(Turn(text="delete my data"), Turn(text="hm"))
    assert first.actions == second.actions == ()
    assert second.replies[0].key == "say.kept"


@pytest.mark.parametrize(
    "said",
    [
        "keep it",
        "not sure",
        "undo",
        "cancel",
        "yes",
        "不要删除",
        "别删",
        "留着吧",
        "为什么",
        "取消",
        "삭제하지 마",
        "모르겠어",
        "취소",
    ],
)
def test_no_typed_word_but_a_buttons_own_deletes_or_stops_anything(said: str) -> None:
    outcome = respond(DialogueState(place="deleting"), Turn(text=said), Context())
    assert outcome.actions == ()
    assert outcome.replies[0].key in ("say.kept", "say.delete_sure")
    label = speech.load("en").label("delete:conversation")
    deleted = respond(DialogueState(place="deleting"), Turn(text=label), Context())
    assert deleted.actions == (RequestDelete("conversation"),)


def test_whoever_speaks_of_something_else_has_not_confirmed_a_deletion_and_is_answered() -> None:
    *_, last, after = run(
        Turn(text="delete my data"), Turn(text="I can't sleep at night"), Turn(choice="delete:conversation")
    )
    assert [reply.key for reply in last.replies] == ["say.kept", "topics.sleep.heard"]
    assert last.actions == after.actions == ()


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "do you think I'm depressed?"),
        ("zh", "我是不是抑郁了?"),
        ("ko", "나 우울증인 걸까?"),
    ],
)
def test_whether_one_is_ill_is_neither_answered_nor_brushed_aside(language: str, asked: str) -> None:
    (outcome,) = run(Turn(text=asked), context=Context(locale=language))
    assert outcome.replies[0].key == "say.diagnosis"
    assert "menu:questionnaire" in [choice.id for choice in outcome.replies[0].choices]


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "should I see a therapist?"),
        ("zh", "我想找心理咨询师"),
        ("ko", "상담사랑 이야기하고 싶어요"),
    ],
)
def test_whoever_looks_for_a_person_gets_numbers_without_a_crisis(language: str, asked: str) -> None:
    (outcome,) = run(Turn(text=asked), context=Context(locale=language, country="DE"))
    assert outcome.replies[0].key == "say.professional"
    assert "0800 1110111" in outcome.replies[0].text
    assert outcome.state.place == "open"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "my dog died yesterday"), ("zh", "我家的狗昨天走了"), ("ko", "어제 우리 강아지가 죽었어요")],
)
def test_a_loss_is_met_as_a_loss_also_in_the_middle_of_another_matter(language: str, said: str) -> None:
    for state in (DialogueState(), DialogueState(place="listen", topic="overload")):
        outcome = respond(state, Turn(text=said), Context(locale=language))
        assert outcome.replies[0].key == "topics.grief.heard"
        assert respond(outcome.state, Turn(text=said), Context(locale=language)).replies[0].key == "say.may_i"


def test_the_person_knows_better_than_a_reading() -> None:
    for text in ("the app says I'm sad but I'm not", "读错了，我没有难过", "결과가 틀렸어요 저 안 슬퍼요"):
        (outcome,) = run(Turn(text=text))
        assert outcome.replies[0].key == "say.disagree"


@pytest.mark.parametrize("name", ["who5", "phq2", "phq9", "gad2", "gad7"])
def test_a_questionnaire_is_submitted_once_and_complete(name: str) -> None:
    count = instruments.INSTRUMENTS[name].items
    outcomes = run(Turn(choice=f"menu:{name}"), *answers(name, [0] * count))
    submitted = [a for o in outcomes for a in o.actions if isinstance(a, SubmitInstrument)]
    assert submitted == [SubmitInstrument(name, (0,) * count)]


def test_a_tap_answers_the_item_it_was_offered_for() -> None:
    """Twice the same button, an earlier one, one of another questionnaire: none answers what is asked now."""
    first, second = answers("phq9", [1, 2])
    begun = [Turn(choice="menu:phq9"), first, second]
    for tapped, expected in (
        (second, (1, 2)),
        (Turn(choice="answer:phq9:0:3"), (3, 2)),
        (Turn(choice="answer:phq9:8:1"), (1, 2)),
        (Turn(choice="answer:gad7:2:1"), (1, 2)),
        (Turn(choice="answer:phq9:2:4"), (1, 2)),
        (Turn(text="Nearly every DAY"), (1, 2, 3)),
        (Turn(text="7"), (1, 2)),
        (Turn(text="几乎每天"), (1, 2, 3)),
    ):
        *_, last = run(*begun, tapped)
        assert (last.state.instrument, last.state.answers) == ("phq9", expected), tapped
        assert [reply.key for reply in last.replies] == [f"phq9.{len(expected)}"]


LOW = [Turn(choice="menu:who5"), *answers("who5", [0] * 5)]


@pytest.mark.parametrize(
    ("said", "key"), [("yes", "phq2.0"), ("no", "say.respect_no"), ("my father died", "topics.grief.heard")]
)
def test_a_word_answers_whether_a_few_more_questions_are_all_right(said: str, key: str) -> None:
    *_, asked, last = run(*LOW, Turn(text=said))
    assert asked.replies[-1].key == "say.few_more"
    assert last.replies[0].key == key


@pytest.mark.parametrize(
    ("turn", "key"),
    [
        (Turn(text="my father died"), "topics.grief.heard"),
        (Turn(text="我睡不着"), "topics.sleep.heard"),
        (Turn(text="너무 외로워요"), "topics.loneliness.heard"),
        (Turn(choice="mood:2"), "say.mood_low"),
        (Turn(choice="later"), "say.later"),
    ],
)
def test_a_questionnaire_that_is_left_for_something_else_begins_anew(turn: Turn, key: str) -> None:
    *_, left, again = run(Turn(choice="menu:gad7"), *answers("gad7", [1]), turn, Turn(choice="menu:gad7"))
    assert (left.replies[0].key, left.state.instrument, left.state.answers) == (key, None, ())
    assert again.actions == (StartInstrument("gad7"),)
    assert instruments.text_of("gad7", again.state.locale or "en").intro in again.replies[0].text


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_a_questionnaire_is_left_by_the_words_of_its_button(language: str) -> None:
    begun = respond(DialogueState(), Turn(choice="menu:gad7"), Context(locale=language))
    left = respond(begun.state, Turn(text=begun.replies[0].choices[-1].label), Context(locale=language))
    assert left.replies[0].key == "say.left_exercise"


def test_phq9_item_9_leads_to_the_crisis_answer_and_is_still_stored() -> None:
    *_, last = run(Turn(choice="menu:phq9"), *answers("phq9", [0] * 8 + [1]))
    assert last.state.place == "crisis"
    assert SubmitInstrument("phq9", (0,) * 8 + (1,)) in last.actions
    assert KeepPrivate() in last.actions


def test_never_claims_to_be_human() -> None:
    for text in ("are you a real person", "你是真人吗", "너 사람이야?"):
        (outcome,) = run(Turn(text=text))
        assert outcome.replies[0].key == "say.identity"
