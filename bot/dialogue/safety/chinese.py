"""Traditional characters, homophones and pinyin that stand for the Chinese words of this field."""

from __future__ import annotations

import re
from typing import Final

_TRADITIONAL: Final = (
    "殺結沒離開這個遺書輕樓藥覺負擔還會來麼為讓後時對說給們過無與愛應該點樣斷絕橋邊燒繩頂帳號錢貓養託處遠氣憶夢嗎聽間親媽爺歲歡寫電話"
    "難車頭準備決殘傷嘗試掛腳終謝繼續義連陽臺臉視隨運進誰長從煩熱麗臨別園國學習壓業務員報導劇門問題聞單記網頁見觀現實際經濟營銷產質壞"
    "數據圖團隊專項齡獨憂鬱懼憤惱罵嘆嚴廢塊滿場燈靜錯層級區協調術簽約請幫獲認識議論證評語詞訴計設許訂貨費資購買賣趕輸辦農轉運邁選"
    "醫療護腦葉葬禮喪淚濕淺淡滅潛瀉災煉爐獄獸瑣畫當疊癢盡監盤眾睜瞞礙禍種稱穩竊筆簡類糧約紅紙級細紹終組絡統絲綁維綱緊線練縮總繞繡罷"
    "罰職聯聰聲舊藍蘭蟲術裝裡複規覽觸訊訓託討訪診詐詢試詩該詳誇誌誠誤調談諒謀謊講謹譜讀變豐貝財貧貴貸賀賞賠賴贈贏趨跡踐軍軟軸載輔輩輪輯"
    "遊達違適遲遺鄰釋針釣鈴銀銅鋼錄鍵鎖鏡鐘鐵鑽閃閉閱闆陣陰陸陳險雖雙雜雞電靈頁項順須預頓領頻顏願顧顯風飛飯飲飽館騎騙驗驚體髮鬆鬥魚鳥鹹黃黨齊齒龍"
)
_SIMPLIFIED: Final = (
    "杀结没离开这个遗书轻楼药觉负担还会来么为让后时对说给们过无与爱应该点样断绝桥边烧绳顶帐号钱猫养托处远气忆梦吗听间亲妈爷岁欢写电话"
    "难车头准备决残伤尝试挂脚终谢继续义连阳台脸视随运进谁长从烦热丽临别园国学习压业务员报导剧门问题闻单记网页见观现实际经济营销产质坏"
    "数据图团队专项龄独忧郁惧愤恼骂叹严废块满场灯静错层级区协调术签约请帮获认识议论证评语词诉计设许订货费资购买卖赶输办农转运迈选"
    "医疗护脑叶葬礼丧泪湿浅淡灭潜泻灾炼炉狱兽琐画当叠痒尽监盘众睁瞒碍祸种称稳窃笔简类粮约红纸级细绍终组络统丝绑维纲紧线练缩总绕绣罢"
    "罚职联聪声旧蓝兰虫术装里复规览触讯训托讨访诊诈询试诗该详夸志诚误调谈谅谋谎讲谨谱读变丰贝财贫贵贷贺赏赔赖赠赢趋迹践军软轴载辅辈轮辑"
    "游达违适迟遗邻释针钓铃银铜钢录键锁镜钟铁钻闪闭阅板阵阴陆陈险虽双杂鸡电灵页项顺须预顿领频颜愿顾显风飞饭饮饱馆骑骗验惊体发松斗鱼鸟咸黄党齐齿龙"
)
_TABLE: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

_STOP: Final = r"(?![\u4e00-\u9fff])"
# Sounds and signs written instead of the word; each only in a frame in which it can mean nothing else.
_HOMOPHONES: Final = (
    (r"跳\s?l[oó]u(?![a-z])", "跳楼"),
    (r"紫\s?sh?a(?![a-z])", "自杀"),
    (r"割\s?w[aà]n(?![a-z])", "割腕"),
    (r"上\s?di[aà]o(?![a-z])", "上吊"),
    (r"(?<![a-z])z\s?杀", "自杀"),
    (r"(?<![a-z])yi了百了", "一了百了"),
    (r"(?<=[想去要])s一s", "死一死"),
    (r"自\s?s(?:h|ha)?(?![a-z])|自\s?can(?![a-z])", "自杀"),
    (r"(?:(?<=[想要去药真就快让我能])|^)s(?=掉|了算|去|了之|一死)", "死"),
    (r"自[鲨纱刹煞]|紫[砂纱杀沙鲨]|子[鲨杀]|自[sś]ha|自s(?=[^a-z]|$)|自(?=💀)", "自杀"),
    (r"(?<=[不想好去要就])[4亖💀☠]" + r"(?![0-9个点号月天年岁楼人次份下块])", "死"),
    (r"(?<=[想要去])(?:s(?:hi|i)?|似)(?![a-z])" + _STOP, "死"),
    (r"(?<=[想要去])s(?=了|$)", "死"),
    (r"(?:想|要)zs(?![a-z])", "想自杀"),
    (r"(?<![a-z])(?:zs|z\s?s)(?=的(?:念头|想法|冲动))", "自杀"),
    (r"活(?:ㄌ|惹|la|辣|le)", "活了"),
    (r"死ㄌ|死惹", "死了"),
    (r"不想\s?huo", "不想活"),
    (r"(?:^|(?<=[,。 ]))s了(?=算了|吧|好)", "死了"),
    (r"bu\s?x(?:iang)?\s?h(?:uo)?\s?l(?:e)?" + r"(?![a-z])", "不想活了"),
)
_HOMOPHONE_RULES: Final = tuple((re.compile(pattern), plain) for pattern, plain in _HOMOPHONES)

PINYIN: Final = re.compile(
    r"(?P<zisha>(?<![a-z])z[ií]\s?sh[aā](?![a-z]))|(?P<xiangsi>\bxiang\s?si\b)|(?P<buxiang>\bbu\s?xiang\s?huo(?:\s?le)?\b|\bbxhl\b)"
    r"|(?P<fushou>\btiao\s?lou\b)|(?P<gewan>\bge\s?wan\b)"
)


def to_simplified(text: str) -> str:
    """Traditional to simplified for the characters that matter here, then homophones to the word they stand for."""
    text = text.translate(_TABLE)
    for pattern, plain in _HOMOPHONE_RULES:
        text = pattern.sub(plain, text)
    return text
