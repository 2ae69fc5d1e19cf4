"""What the figures of quality cannot say, in the words that HR reads beside them."""

from __future__ import annotations

from typing import Final

LIMITS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "An expression is not a feeling: people smile when they are sad, and look stern when they think.",
        "The figures come from pictures that people labelled, and people agree on such labels only in part.",
        "The pictures are not a fair sample of ages, skin colours, glasses or head coverings; for some groups it reads worse.",
        "Disgust and fear are rare and read badly; a single reading is weak, only weeks of them say something.",
        "Alerts were measured on simulated people. Real weeks hold holidays, illness and new glasses, too.",
        "An alert is a reason to ask kindly, never a finding about a person, and never a basis for a decision.",
    ),
    "zh": (
        "表情不等于感受：人在难过时也会微笑，在思考时也会严肃。",
        "这些数字来自人工标注的图片，而人们对标注的看法只是部分一致。",
        "这些图片并不能公平地代表各种年龄、肤色、眼镜或头饰；对某些人群识别得更差。",
        "厌恶和害怕很少见，识别得不好；单次识别很弱，只有几周的记录才说明问题。",
        "提醒的数字来自模拟人群。真实的日子里还有假期、生病和新眼镜。",
        "提醒只是友善询问的理由，绝不是对一个人的结论，更不能作为决定的依据。",
    ),
    "ko": (
        "표정은 감정이 아닙니다. 슬플 때 웃기도 하고, 생각할 때 굳은 얼굴을 하기도 합니다.",
        "이 수치는 사람이 이름 붙인 사진에서 나왔고, 사람들의 의견은 일부만 일치합니다.",
        "사진들은 나이, 피부색, 안경, 머리 가리개를 고르게 대표하지 않아 어떤 사람들은 더 나쁘게 읽힙니다.",
        "불쾌함과 두려움은 드물고 잘 읽히지 않습니다. 한 번의 읽기는 약하고, 여러 주가 모여야 말이 됩니다.",
        "알림의 수치는 모의 인물로 쟀습니다. 실제 생활에는 휴가와 병과 새 안경도 있습니다.",
        "알림은 다정하게 물어볼 이유일 뿐, 사람에 대한 판정도 결정의 근거도 아닙니다.",
    ),
}

DATA: Final[dict[str, str]] = {
    "en": "Pictures of FER-2013's public test part, never used to train or choose; beside the dataset's labels, the "
    "majority of ten people's votes (FER+).",
    "zh": "FER-2013 公开测试部分的图片，从未用于训练或选择；除数据集标签外，还与十个人投票的多数（FER+）比较。",
    "ko": "학습과 선택에 쓰지 않은 FER-2013 공개 시험 사진. 데이터의 이름표와 함께 열 사람 투표의 다수(FER+)와 비교했습니다.",
}

SIMULATION: Final[dict[str, str]] = {
    "en": "Simulated people: stable ones, short shocks, strong and mild lasting declines, with missing days, weekday habits "
    "and days that resemble the day before. The rules were tuned on others, but the opening threshold was last adjusted with "
    "these in view as well: expect a little less in real life. An alert counts from moderate.",
    "zh": "模拟人群：稳定者、短暂波动、明显与轻微的持续下降，含缺失日、工作日习惯和前后相似的日子。规则是在另一组模拟人群上调定的，"
    "但最后微调开启阈值时也看过这一组，实际效果可能略差一些。从“中等”起计为提醒。",
    "ko": "모의 인물: 안정된 사람, 짧은 충격, 뚜렷하거나 가벼운 지속적 하락. 빠진 날, 요일 습관, 앞날과 비슷한 날을 포함합니다. "
    "규칙은 다른 모의 인물로 맞췄지만, 알림을 여는 기준은 마지막에 이 인물들도 보면서 다듬었으니 실제로는 조금 덜 정확할 수 있습니다. "
    "‘보통’부터 알림으로 셉니다.",
}
