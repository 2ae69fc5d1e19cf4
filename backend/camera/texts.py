"""The words beside an office camera, in each language: the sign, and the page that its QR code leads to.

They differ in where pictures are read: a camera that reads faces itself cannot send any, a tablet or thin device
sends all of them. A key is for one of the two as long as it lives, so what hangs on the wall stays true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    lead: str
    points: tuple[str, ...]
    # The second point, one or the other.
    read_on_the_spot: str
    read_by_the_server: str
    scan: str
    off: str


WORDS: Final[dict[str, Words]] = {
    "en": Words(
        title="A wellbeing camera is at work here",
        lead="It recognises only people who enrolled and agreed. It reads their expression for themselves.",
        points=(
            "If you did not agree, you are not recognised, and nothing about you is kept.",
            "It is voluntary, nobody is told who takes part, and nothing here may be used to judge anybody's work.",
            "Who agreed can withdraw in the app at any time. The camera forgets them within seconds, and what it added is erased.",
            "It is not a diagnosis and not for emergencies.",
        ),
        read_on_the_spot="No picture is kept of anybody, and none leaves the device that reads it here: what the camera sees is forgotten at once. Only numbers about the expressions of people who agreed are sent to the organisation's own server.",
        read_by_the_server="No picture is kept of anybody: what the camera sees is read on the organisation's own server and deleted at once, or after a few minutes if it could not be read. Only numbers about the expressions of people who agreed remain.",
        scan="Scan to read the whole policy",
        off="This camera is switched off: its key was revoked, or the policy in force allows no cameras.",
    ),
    "zh": Words(
        title="这里有一台身心关怀摄像头",
        lead="它只认得登记过并同意的人,读取他们的表情,供他们自己查看。",
        points=(
            "如果你没有同意,它就不认识你,也不会留下关于你的任何内容。",
            "完全自愿,不会告诉别人谁参加了,也不得用来评价任何人的工作。",
            "同意的人可以随时在应用里撤回。摄像头会在几秒内忘记他们,它添加的内容会被抹去。",
            "这不是诊断,也不用于紧急情况。",
        ),
        read_on_the_spot="不保留任何人的图像,图像也不会离开此处读取它的设备:摄像头看到的内容随即丢弃。只有同意者表情的数字会发送到组织自己的服务器。",
        read_by_the_server="不保留任何人的图像。图像在组织自己的服务器上读取,读完立即删除;读不了的,几分钟后也会删除。留下的只有同意者表情的数字。",
        scan="扫码阅读完整政策",
        off="这台摄像头已停用:密钥已撤销,或现行政策不允许摄像头。",
    ),
    "ko": Words(
        title="이곳에는 마음 돌봄 카메라가 있습니다",
        lead="등록하고 동의한 사람만 알아보며, 그 표정은 본인을 위해서만 읽습니다.",
        points=(
            "동의하지 않았다면 알아보지 않으며, 당신에 대해 아무것도 남기지 않습니다.",
            "참여는 자유이며, 누가 참여하는지 알리지 않고, 업무 평가에 쓸 수 없습니다.",
            "동의한 사람은 앱에서 언제든 철회할 수 있습니다. 카메라는 몇 초 안에 잊고, 추가한 내용은 지워집니다.",
            "진단이 아니며 응급 상황을 위한 것이 아닙니다.",
        ),
        read_on_the_spot="누구의 사진도 보관하지 않으며, 사진은 이곳에서 읽는 기기를 벗어나지 않습니다. 카메라가 본 것은 바로 버려집니다. 동의한 사람의 표정에 대한 숫자만 조직의 자체 서버로 보냅니다.",
        read_by_the_server="누구의 사진도 보관하지 않습니다. 사진은 조직의 자체 서버에서 읽고 바로 지우며, 읽지 못해도 몇 분 뒤에는 지웁니다. 동의한 사람의 표정에 대한 숫자만 남습니다.",
        scan="스캔하여 전체 정책 읽기",
        off="이 카메라는 꺼져 있습니다. 키가 철회되었거나 현재 정책이 카메라를 허용하지 않습니다.",
    ),
}
