"""What people agree to, in plain words: each purpose, the privacy agreement and the user agreement.

A change of these words needs a new `text_version` in `policy.py`; a test compares the two. Paragraphs are divided by an
empty line, `## ` begins a heading and `- ` a point.
"""

from __future__ import annotations

from typing import Final

LOCALES: Final = ("en", "zh", "ko")

# Title, in one sentence, in full.
PURPOSES: Final[dict[str, dict[str, tuple[str, str, str]]]] = {
    "score_photos": {
        "en": (
            "Read my photos",
            "Needed for check-ins. The photo is deleted as soon as it has been read; numbers about the expression remain.",
            "When you check in, your photo is sent encrypted to your organisation’s own server. A model estimates seven expressions and the movements of the face from it. The photo is deleted in the same step. The numbers are kept for you so that you can see your own days. If you withdraw, all readings are erased.",
        ),
        "zh": (
            "读取我的照片",
            "打卡需要它。照片读完立即删除,只留下描述表情的数字。",
            "打卡时,照片加密发送到你所在组织自己的服务器。模型从中估计七种表情和面部动作,照片在同一步骤中删除。数字为你保留,方便你看到自己的日子。如果撤回,所有读数都会抹去。",
        ),
        "ko": (
            "내 사진 읽기",
            "체크인에 필요해요. 사진은 읽자마자 지워지고 표정을 나타내는 숫자만 남아요.",
            "체크인하면 사진이 암호화되어 조직의 자체 서버로 가요. 모델이 일곱 가지 표정과 얼굴의 움직임을 추정하고, 사진은 같은 단계에서 지워져요. 숫자는 하루하루를 돌아볼 수 있도록 나를 위해 보관돼요. 철회하면 모든 결과가 지워져요.",
        ),
    },
    "office_camera": {
        "en": (
            "Office camera",
            "A camera at work may recognise you and add readings without a tap.",
            "You enrol your face from one to five photos. An encrypted template is kept, never the photos. People who did not agree are not recognised at all. If you withdraw, the template is erased and cameras no longer know you.",
        ),
        "zh": (
            "办公室摄像头",
            "公司的摄像头可以认出你,不用点按就添加读数。",
            "你用一到五张照片登记面部。只保留加密的模板,不保留照片。没有同意的人完全不会被识别。如果撤回,模板会抹去,摄像头不再认识你。",
        ),
        "ko": (
            "사무실 카메라",
            "회사 카메라가 나를 알아보고 누르지 않아도 결과를 더할 수 있어요.",
            "사진 한 장에서 다섯 장으로 얼굴을 등록해요. 암호화된 템플릿만 남고 사진은 남지 않아요. 동의하지 않은 사람은 전혀 인식하지 않아요. 철회하면 템플릿이 지워지고 카메라는 더 이상 알아보지 못해요.",
        ),
    },
    "demographics": {
        "en": (
            "Age and gender group",
            "Adds a broad age band and group to statistics of at least five people.",
            "The estimate is a broad band, never an exact age, and is only used for figures over groups of at least five people. If you withdraw, the bands are erased.",
        ),
        "zh": (
            "年龄段与性别组",
            "为至少五人的统计加入大致的年龄段和组别。",
            "只估计一个宽泛的区间,从不估计确切年龄,并且只用于至少五人的群体数据。如果撤回,这些区间会抹去。",
        ),
        "ko": (
            "연령대와 성별 그룹",
            "다섯 명 이상의 통계에 대략적인 연령대와 그룹을 더해요.",
            "정확한 나이가 아니라 넓은 구간만 추정하고, 다섯 명 이상의 집단 수치에만 써요. 철회하면 구간이 지워져요.",
        ),
    },
    "share_escalations": {
        "en": (
            "Share a concern with HR",
            "If your check-ins stay low for a while, HR may offer a private conversation.",
            "You see the exact text before anything is shared when you choose “Ask me each time”. HR sees your name and unit, why it is about now, a level with reasons in words, the level of each day of the last two weeks, the support you were offered and whether you found it helpful, and up to six movements of your face that were seen often, in per cent of readings. Never photos, single readings or chats. Every look is listed for you under “Who looked at my data”.",
        ),
        "zh": (
            "与人事分享担忧",
            "如果一段时间里打卡一直偏低,人事可以提出私下聊聊。",
            "选择“每次问我”时,分享之前你会看到确切的内容。人事会看到你的名字和部门、为什么是现在、一个等级和文字理由、最近两周每天的等级、给过你的支持以及你是否觉得有帮助,还有最多六种常见的面部动作和它们占读数的百分比。从不包括照片、单次读数或聊天。每次查看都会列在“谁看过我的数据”里。",
        ),
        "ko": (
            "인사팀과 걱정 나누기",
            "체크인이 한동안 낮으면 인사팀이 개인 면담을 제안할 수 있어요.",
            "“매번 물어보기”를 고르면 공유하기 전에 정확한 내용을 볼 수 있어요. 인사팀은 이름과 부서, 왜 지금인지, 단계와 말로 된 이유, 지난 2주 동안 하루하루의 단계, 제안받은 도움과 그것이 도움이 되었다고 했는지, 자주 보인 얼굴 움직임 최대 여섯 가지와 그 비율(%)을 봐요. 사진, 개별 결과, 대화는 절대 보지 못해요. 누가 볼 때마다 “내 데이터를 본 사람”에 남아요.",
        ),
    },
    "telegram": {
        "en": (
            "Telegram",
            "Check in and chat through Telegram. Messages there say only “you have a note”.",
            "Telegram is a company outside your organisation and sees the messages that pass through it. Photos that you send there travel over Telegram’s servers. If you withdraw, the link is removed.",
        ),
        "zh": (
            "Telegram",
            "通过 Telegram 打卡和聊天。那里的消息只写“你有一条便笺”。",
            "Telegram 是组织外部的公司,能看到经过它的消息。你发去的照片会经过 Telegram 的服务器。如果撤回,关联会解除。",
        ),
        "ko": (
            "텔레그램",
            "텔레그램으로 체크인하고 대화해요. 거기에는 “쪽지가 있어요”라고만 보내요.",
            "텔레그램은 조직 밖의 회사이며 그곳을 지나는 메시지를 볼 수 있어요. 보낸 사진은 텔레그램 서버를 거쳐요. 철회하면 연결이 끊어져요.",
        ),
    },
    "email": {
        "en": (
            "E-mail",
            "Notes by e-mail. They carry no health content unless you ask for it.",
            "We use the address in your profile. Every mail has a link to stop. If you withdraw, no further mail is sent.",
        ),
        "zh": (
            "电子邮件",
            "通过邮件收到便笺。除非你要求,否则不含健康内容。",
            "我们使用你资料里的地址。每封邮件都有停止链接。如果撤回,不会再发邮件。",
        ),
        "ko": (
            "이메일",
            "메일로 쪽지를 받아요. 원하지 않으면 건강 내용은 담지 않아요.",
            "프로필의 주소를 써요. 모든 메일에 수신 중단 링크가 있어요. 철회하면 더 이상 보내지 않아요.",
        ),
    },
}

AGREEMENTS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "privacy": {
        "en": (
            "Privacy agreement",
            """\
Your organisation runs this server and is responsible for it. Nothing is sent to anybody else unless you choose a channel outside the house, such as Telegram or e-mail.

## What is kept
- Your account: user name, phone number, e-mail address if you gave one, department, language and time zone.
- Of a photo: ten numbers that describe the expression, which parts of the face moved and how much, how clear the picture was, how sure the model was, and when. Of a clip the same for each of its pictures. Photo and clip are deleted in the step that reads them.
- If you enrol your face: an encrypted template made from your photos. The photos are deleted.
- What you write in the chat, your questionnaires, what you say about a reading, and the messages you were sent.
- Where you are signed in: the kind of browser, and when it was last used.
- Every consent that you gave or withdrew, and who looked at what of yours.

## Why, and for how long
Each purpose has its own consent, for one year, and you can withdraw it at any time under Me. Withdrawing works at once and erases what that purpose had gathered. Without consent nothing is read, recognised, sent or shared; your work and your other rights do not depend on it. Data is removed after the periods that your administrator has set, two years at most unless you are told otherwise.

## Who sees what
- You see everything.
- HR sees a case only if you agreed to share it, and never a photo or a single reading. Figures about groups cover at least five people.
- Administrators run the system and cannot open anybody's readings.
- Every look at your data by somebody else is listed for you under “Who looked at my data”.

## Your rights
Look, correct, download everything in one file, restrict by withdrawing consent, and erase the account with a signed receipt. You can complain to your data protection officer or to the supervisory authority of your country.

## What an expression is not
An expression is not a feeling, and a model can be wrong about it, more often for some groups of people than for others. Nobody may decide about your work because of it. You can mark a reading as wrong or delete it.""",
        ),
        "zh": (
            "隐私协议",
            """\
你所在的组织运行这台服务器，并对它负责。除非你选择组织外的渠道（例如 Telegram 或电子邮件），任何内容都不会发给别人。

## 保存什么
- 你的账户：用户名、电话号码、（如果填写）邮箱地址、部门、语言和时区。
- 每张照片：描述表情的十个数字、面部哪些部位有动作以及幅度、画面的清晰程度、模型的把握程度和时间。短片的每一帧同样如此。照片和短片在读取的同一步骤中删除。
- 如果你登记面部：由照片生成的加密模板。照片会删除。
- 你在聊天里写的内容、你的问卷、你对读数的反馈，以及发给你的消息。
- 你在哪里登录：浏览器种类和上次使用的时间。
- 你给出或撤回的每一项同意，以及谁看过你的什么数据。

## 为什么，保存多久
每个用途都有单独的同意，有效期一年，你可以随时在“我”里撤回。撤回立即生效，并抹去该用途收集的内容。没有同意，就不会读取、识别、发送或分享；你的工作和其他权利不受影响。数据在管理员设定的期限后删除，除非另行告知，最长两年。

## 谁能看到什么
- 你能看到全部。
- 只有在你同意分享时，人事才能看到个案，并且从不包括照片或单次读数。群体数据至少涵盖五个人。
- 管理员负责系统运行，不能打开任何人的读数。
- 别人每次查看你的数据，都会列在“谁看过我的数据”里。

## 你的权利
查看、更正、一次下载全部数据、通过撤回同意加以限制，以及抹去账户并得到签名回执。你可以向数据保护负责人或所在国家的监管机构投诉。

## 表情不代表什么
表情不等于感受，模型可能出错，而且对某些人群出错更多。任何人都不得据此对你的工作作出决定。你可以标记读数有误，也可以删除它。""",
        ),
        "ko": (
            "개인정보 약관",
            """\
이 서버는 여러분의 조직이 운영하고 책임져요. 텔레그램이나 이메일처럼 조직 밖의 채널을 직접 고르지 않는 한 아무것도 다른 곳으로 보내지 않아요.

## 보관하는 것
- 계정: 사용자 이름, 전화번호, (적었다면) 이메일 주소, 부서, 언어, 시간대.
- 사진마다: 표정을 나타내는 숫자 열 개, 얼굴의 어느 부분이 얼마나 움직였는지, 사진의 선명도, 모델의 확신 정도, 시각. 짧은 영상은 장면마다 같은 것을 보관해요. 사진과 영상은 읽는 단계에서 바로 지워져요.
- 얼굴을 등록하면: 사진으로 만든 암호화된 템플릿. 사진은 지워져요.
- 채팅에 쓴 글, 설문, 결과에 대해 답한 것, 받은 메시지.
- 로그인한 곳: 브라우저 종류와 마지막으로 쓴 시각.
- 동의하거나 철회한 모든 기록과, 누가 내 무엇을 보았는지.

## 왜, 얼마나 오래
목적마다 따로 동의하고, 동의는 일 년 동안 유효하며, ‘나’에서 언제든지 철회할 수 있어요. 철회하면 바로 적용되고 그 목적으로 모은 것이 지워져요. 동의가 없으면 아무것도 읽거나 인식하거나 보내거나 공유하지 않아요. 일과 다른 권리는 동의에 달려 있지 않아요. 데이터는 관리자가 정한 기간이 지나면 지워지고, 따로 알리지 않으면 길어도 이 년이에요.

## 누가 무엇을 보나요
- 나는 모두 볼 수 있어요.
- 인사팀은 내가 공유에 동의한 경우에만 사례를 보고, 사진이나 개별 결과는 절대 보지 못해요. 집단 수치는 적어도 다섯 명을 포함해요.
- 관리자는 시스템을 운영하지만 누구의 결과도 열 수 없어요.
- 다른 사람이 내 데이터를 볼 때마다 ‘내 데이터를 본 사람’에 남아요.

## 내 권리
열람, 정정, 한 파일로 모두 내려받기, 동의 철회를 통한 제한, 서명된 영수증과 함께 계정 삭제. 개인정보 보호 책임자나 나라의 감독 기관에 이의를 제기할 수 있어요.

## 표정이 아닌 것
표정은 감정이 아니고, 모델은 틀릴 수 있으며, 어떤 집단에게는 더 자주 틀려요. 누구도 이것으로 내 일에 관한 결정을 내려서는 안 돼요. 결과가 틀렸다고 표시하거나 지울 수 있어요.""",
        ),
    },
    "terms": {
        "en": (
            "User agreement",
            """\
Evenkeel helps you notice how your days have been and offers support. Using it is voluntary: nobody may ask you to use it, or ask why you do not.

## What you can expect
- Readings are estimates from a model. They are for you to reflect on, not facts about you.
- This is not a medical device, not a diagnosis and not for emergencies. Helplines are one tap away on every screen.
- The bot is a program. It follows a script and does not replace a person.

## What we ask of you
- Take photos of yourself only.
- Keep your password to yourself, and sign out on devices that others use.
- Do not try to find out about other people's data.

## Ending it
You can stop at any time: withdraw single consents, or erase the account under Me. Your organisation can close accounts when people leave; what is kept then is what the privacy agreement says.""",
        ),
        "zh": (
            "用户协议",
            """\
Evenkeel 帮助你留意自己每天的状态，并提供支持。使用完全自愿：任何人都不得要求你使用，也不得追问你为什么不用。

## 你可以期待什么
- 读数是模型的估计，供你自己回顾，并不是关于你的事实。
- 它不是医疗器械，不是诊断，也不用于紧急情况。每个页面上点一下就能找到求助热线。
- 聊天机器人是一个程序，按脚本回应，不能代替人。

## 我们对你的请求
- 只拍自己的照片。
- 保管好密码，在共用设备上记得退出登录。
- 不要试图了解别人的数据。

## 结束使用
你可以随时停止：撤回单项同意，或在“我”里抹去账户。员工离职时，组织可以关闭账户；之后保留的内容以隐私协议为准。""",
        ),
        "ko": (
            "이용 약관",
            """\
Evenkeel은 하루하루가 어땠는지 알아차리도록 돕고 도움을 건네요. 사용은 자유예요. 누구도 쓰라고 요구하거나 왜 쓰지 않는지 물어서는 안 돼요.

## 기대할 수 있는 것
- 결과는 모델의 추정이에요. 스스로 돌아보기 위한 것이고, 나에 관한 사실이 아니에요.
- 의료 기기도, 진단도, 응급 상황을 위한 것도 아니에요. 어느 화면에서든 한 번만 누르면 상담 전화가 나와요.
- 챗봇은 프로그램이에요. 정해진 대로 답하며 사람을 대신하지 않아요.

## 부탁드리는 것
- 내 사진만 찍어 주세요.
- 비밀번호를 혼자만 알고, 함께 쓰는 기기에서는 로그아웃해 주세요.
- 다른 사람의 데이터를 알아내려 하지 말아 주세요.

## 그만두기
언제든지 멈출 수 있어요. 동의를 하나씩 철회하거나 ‘나’에서 계정을 지우면 돼요. 퇴사하면 조직이 계정을 닫을 수 있고, 그 뒤에 남는 것은 개인정보 약관에 적힌 대로예요.""",
        ),
    },
}


# The code stands behind the `#`: no server, proxy or log on the way sees it.
RESET_MAIL: Final[dict[str, tuple[str, str]]] = {
    "en": (
        "A new password for Evenkeel",
        "Hello {name},\n\nsomebody, hopefully you, asked for a new password for your account “{username}”. Open this "
        "address within an hour to choose one:\n\n{link}\n\nOr enter this code in the app:\n\n{code}\n\nIf it was not you, "
        "nothing has happened and you need not do anything.",
    ),
    "zh": (
        "Evenkeel 新密码",
        "{name}，你好：\n\n有人（希望是你本人）为账户“{username}”申请了新密码。请在一小时内打开这个地址设置新密码：\n\n{link}\n\n"
        "或在应用中输入此代码：\n\n{code}\n\n如果不是你本人，什么都没有改变，无需任何操作。",
    ),
    "ko": (
        "Evenkeel 새 비밀번호",
        "{name}님, 안녕하세요.\n\n누군가(본인이길 바라요) “{username}” 계정의 새 비밀번호를 요청했어요. 한 시간 안에 이 주소를 열어 "
        "정해 주세요.\n\n{link}\n\n또는 앱에 이 코드를 입력하세요.\n\n{code}\n\n본인이 아니라면 아무것도 바뀌지 않았고 하실 일도 없어요.",
    ),
}


CONFIRM_MAIL: Final[dict[str, tuple[str, str]]] = {
    "en": (
        "Is this your address?",
        "Hello {name},\n\nyou allowed Evenkeel to write to you. So that no note reaches a stranger, please confirm that this "
        "address is yours:\n\n{link}\n\nThe link works for a week. If it was not you, do nothing: no further mail comes.",
    ),
    "zh": (
        "这是你的邮箱吗？",
        "{name}，你好：\n\n你同意 Evenkeel 给你发邮件。为避免发给陌生人，请确认这是你的地址：\n\n{link}\n\n"
        "链接一周内有效。如果不是你本人，无需任何操作，不会再收到邮件。",
    ),
    "ko": (
        "본인의 주소가 맞나요?",
        "{name}님, 안녕하세요.\n\nEvenkeel이 메일을 보내도록 허락하셨어요. 다른 사람에게 가지 않도록 본인의 주소인지 확인해 "
        "주세요.\n\n{link}\n\n링크는 일주일 동안 쓸 수 있어요. 본인이 아니라면 아무것도 하지 않으면 돼요. 더는 메일이 오지 않아요.",
    ),
}

# To the address of before. No display name: whoever changed the address could have written it.
CHANGED_MAIL: Final[dict[str, tuple[str, str]]] = {
    "en": (
        "Your Evenkeel account has another e-mail address",
        "Hello,\n\nthe e-mail address of the account “{username}” was changed; this one gets no more mail. If it was you, there is "
        "nothing to do.\n\nIf it was not you: open the app, change your password under Me, Profile, which signs out every "
        "other device, and enter your address again. If you cannot sign in, ask your administrator.",
    ),
    "zh": (
        "你的 Evenkeel 账户换了邮箱",
        "你好：\n\n账户“{username}”的邮箱已更改，此地址不再收到邮件。如果是你本人，无需任何操作。\n\n"
        "如果不是你本人：打开应用，在「我的」的「个人资料」里修改密码（其他设备会全部退出），再填回你的地址。无法登录时请联系管理员。",
    ),
    "ko": (
        "Evenkeel 계정의 이메일 주소가 바뀌었어요",
        "안녕하세요.\n\n“{username}” 계정의 이메일 주소가 바뀌어, 이 주소로는 더 이상 메일이 가지 않아요. 본인이 바꿨다면 하실 일이 없어요."
        "\n\n본인이 아니라면 앱을 열어 ‘나’의 ‘프로필’에서 비밀번호를 바꾸고(다른 기기는 모두 로그아웃돼요) 주소를 다시 적어 주세요. "
        "로그인할 수 없으면 관리자에게 문의해 주세요.",
    ),
}

# Title, button, done, not known.
CONFIRM_PAGE: Final[dict[str, tuple[str, str, str]]] = {
    "en": (
        "Send notes to {email}?",
        "Yes, this is my address",
        "Thank you. Notes may come to this address now; every mail has a link that ends them.",
    ),
    "zh": (
        "把消息发到 {email}？",
        "是的，这是我的地址",
        "谢谢。现在可以向这个地址发消息了；每封邮件里都有停止的链接。",
    ),
    "ko": (
        "{email} 주소로 쪽지를 보낼까요?",
        "네, 제 주소예요",
        "고마워요. 이제 이 주소로 쪽지가 갈 수 있어요. 메일마다 그만 받는 링크가 있어요.",
    ),
}
CONFIRM_UNKNOWN: Final = "This link does not work any more. You can ask for a new one in the app, under Me."


def best_locale(wanted: str) -> str:
    """`zh-CN` is `zh`; a language that we do not have gets English."""
    short = wanted.split("-")[0].lower()
    return short if short in LOCALES else "en"
