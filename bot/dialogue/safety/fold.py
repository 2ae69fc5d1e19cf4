"""Typographic variants to plain text: what people do to a word so that a machine does not see it.

Full-width and mathematical letters, zero-width characters, look-alikes from other alphabets, digits for letters,
s p a c e d or d.o.t.t.e.d words, loooong letters, masked lett*rs, loose jamo, traditional characters, pinyin.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.dialogue.safety.chinese import PINYIN, to_simplified

# Cyrillic, Greek and other letters that look like Latin ones.
_LOOKALIKES: Final = str.maketrans(
    {
        "а": "a",
        "е": "e",
        "о": "o",
        "р": "p",
        "с": "c",
        "у": "y",
        "х": "x",
        "і": "i",
        "ї": "i",
        "ј": "j",
        "ѕ": "s",
        "ԁ": "d",
        "һ": "h",
        "ӏ": "l",
        "ԛ": "q",
        "ԝ": "w",
        "к": "k",
        "м": "m",
        "т": "t",
        "в": "b",
        "н": "h",
        "ο": "o",
        "α": "a",
        "ε": "e",
        "ι": "i",
        "κ": "k",
        "ν": "v",
        "ρ": "p",
        "τ": "t",
        "υ": "u",
        "χ": "x",
        "ω": "w",
        "ı": "i",
        **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
        "ɑ": "a",
        "ɡ": "g",
        "ʟ": "l",
        "ɪ": "i",
        "ɴ": "n",
        "ʀ": "r",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "「": '"',
        "」": '"',
        "『": '"',
        "』": '"',
        "«": '"',
        "»": '"',
        "《": '"',
        "》": '"',
    }
)

_LEET: Final = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "l"}
)
_LEET_TOKEN: Final = re.compile(r"(?=[a-z0-9@$!|]*[a-z])(?=[a-z0-9@$!|]*[0-9@$!|])[a-z0-9@$|][a-z0-9@$!|]*[a-z0-9@$|]")

# English words that people disguise when they speak of dying: squeezed, masked and misspelt forms are mapped back.
_WORDS: Final = (
    "kill", "killing", "killed", "myself", "suicide", "suicidal", "suicides", "die", "dying", "death",
    "dead", "end", "ending", "ended", "life", "alive", "live", "living", "overdose", "pills",
    "hang", "hanging", "jump", "wrists", "cutting", "hurt", "harm", "self", "want", "wanna",
    "going", "gonna", "thinking",
)  # fmt: skip


def _squeeze(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


_BY_SQUEEZED: Final = {_squeeze(word): word for word in _WORDS}
_LONG: Final = tuple(word for word in _WORDS if len(word) >= 6)
# Dense forms of what is written without spaces, or one letter at a time.
_DENSE: Final = (
    ("killmyself", " kill myself "),
    ("killingmyself", " killing myself "),
    ("endmylife", " end my life "),
    ("endingmylife", " ending my life "),
    ("wanttodie", " want to die "),
    ("wannadie", " wanna die "),
    ("wantodie", " want to die "),
    ("iwanttoend", " i want to end "),
    ("enditall", " end it all "),
    ("killme", " kill me "),
    ("hurtmyself", " hurt myself "),
    ("suicide", " suicide "),
    ("suicidal", " suicidal "),
    ("selfharm", " self harm "),
    ("hangmyself", " hang myself "),
    ("overdose", " overdose "),
    ("unalive", " unalive "),
    ("betteroffdead", " better off dead "),
    ("cutmyself", " cut myself "),
    ("dontwanttolive", " dont want to live "),
)


def fold(text: str) -> str:
    """The plain form that all patterns and features look at."""
    text = to_simplified(_compose_jamo(_plain_characters(text)))
    text = _WORDS_JOINED.sub(lambda found: _JOINTS.sub(" ", found.group()), _join_letters(text))
    text = " ".join(_latin_word(word) for word in text.split())
    text = _split_dense(text)
    return PINYIN.sub(lambda found: PINYIN_WORDS[found.lastgroup or ""], text)


def views(text: str) -> tuple[str, ...]:
    """The plain form, and a second one with single Chinese or Korean characters joined, where that differs."""
    folded = fold(text)
    joined = to_simplified(_compose_jamo(_unspace_east_asian(folded)))
    return (folded,) if joined == folded else (folded, joined)


PINYIN_WORDS: Final = {"zisha": "自杀", "xiangsi": "想死", "buxiang": "不想活了", "fushou": "跳楼", "gewan": "割腕"}


# A capital I between small letters poses as an l: "kiII".
_CAPITAL_I: Final = re.compile(r"(?<=[a-z])I+(?=[a-z]|\b)")


def _plain_characters(text: str) -> str:
    # Loose Korean letters stay as they are: NFKC would turn them into another block.
    text = _CAPITAL_I.sub(lambda found: "l" * len(found.group()), unicodedata.normalize("NFC", text))
    text = "".join(c if "\u3131" <= c <= "\u318e" else unicodedata.normalize("NFKC", c) for c in text).casefold()
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category in {"Cf", "Cc"} and char not in "\n\t":
            continue
        if category == "Mn":
            continue
        base = unicodedata.normalize("NFD", char)[0] if "\u00c0" <= char <= "\u024f" else char
        kept.append(base)
    return "".join(kept).translate(_LOOKALIKES)


# -- Latin -----------------------------------------------------------------------------------------------------------


def _latin_word(word: str) -> str:
    """One token: digits back to letters, masked letters guessed, long letters shortened, typos of long words mended."""
    core = word.strip(".,;:!?\"'()[]{}…~-–—")
    if not core or not core[0].isascii():
        return word
    plain = core
    if _LEET_TOKEN.fullmatch(core) and not re.fullmatch(
        r"\d+(st|nd|rd|th|h|m|am|pm|k|kg|km|min|x|s|d|x\d+)|[a-z]\d+", core
    ):
        plain = _best_leet(core)
    elif re.search(r"[a-z][*#_+%]+[a-z]*$|^[a-z]+[*#_+%]", core):
        plain = _unmask(core)
    elif re.fullmatch(r"[a-z](?:[-._~,'/|]+[a-z]){2,}", core):
        plain = re.sub(r"[^a-z]", "", core)
    elif plain in _LEET_SHORT:
        plain = _LEET_SHORT[plain]
    if len(plain) > 3 and plain not in _WORDS and _squeeze(plain) != plain and _squeeze(plain) in _BY_SQUEEZED:
        plain = _BY_SQUEEZED[_squeeze(plain)]
    if re.search(r"([a-z])\1\1", plain):
        squeezed = _squeeze(plain)
        plain = _BY_SQUEEZED.get(squeezed, re.sub(r"([a-z])\1\1+", r"\1", plain))
    plain = _mend(plain)
    return word if plain == core else word.replace(core, plain)


def _best_leet(core: str) -> str:
    """ "1" may be an i or an l: take the reading that is a word we know."""
    readings = {core.translate(_LEET), core.replace("1", "l").translate(_LEET)}
    for reading in sorted(readings):
        if _BY_SQUEEZED.get(_squeeze(reading)):
            return _BY_SQUEEZED[_squeeze(reading)]
    first = core.translate(_LEET)
    mended = _mend(first)
    return mended if mended != first else first if sum(c.isalpha() for c in core) >= 3 else core


def _unmask(core: str) -> str:
    pattern = re.compile("".join("[a-z]" if c in "*#_+%" else re.escape(c) for c in core))
    loose = re.compile("[a-z]*".join(re.escape(seen) for seen in re.split(r"[*#_+%]+", core)))
    fitting = [w for w in _WORDS if pattern.fullmatch(w)] or [w for w in _WORDS if loose.fullmatch(w)]
    return fitting[0] if fitting else core


def _mend(word: str) -> str:
    """One slip of the finger in a long, telling word: "sucide", "myslef", "overdoes"."""
    if len(word) < 5 or word in _LONG:
        return _SHORT_SLIPS.get(word, word)
    for target in _LONG:
        if word[0] == target[0] and abs(len(word) - len(target)) <= 1 and _one_slip(word, target):
            return target
    return _SHORT_SLIPS.get(word, word)


_LEET_SHORT: Final = {"d13": "die", "d1e": "die", "t0": "to", "k1l": "kill", "dy1ng": "dying"}

_SHORT_SLIPS: Final = {
    "wnat": "want",
    "wan": "want",
    "wanr": "want",
    "watn": "want",
    "wana": "wanna",
    "kil": "kill",
    "kll": "kill",
    "klil": "kill",
    "dei": "die",
    "dieing": "dying",
    "lfe": "life",
    "lief": "life",
    "liek": "like",
    "msyelf": "myself",
    "mself": "myself",
    "mysef": "myself",
    "suisid": "suicide",
    "suiside": "suicide",
    "suacide": "suicide",
    "deth": "death",
    "ded": "dead",
    "tnite": "tonight",
    "2nite": "tonight",
    "tonite": "tonight",
    "iv": "i've",
    "u": "you",
}
_NOT_A_SLIP: Final = frozenset(
    {"livings", "hanging", "jumping", "thanking", "hurting", "hosting", "wrist", "walking", "linking"}
)


def _one_slip(word: str, target: str) -> bool:
    """One letter missing, doubled, wrong, or two swapped; only for the words that hardly resemble harmless ones."""
    if target not in {"suicide", "suicidal", "myself", "overdose"} or word in _NOT_A_SLIP:
        return False
    if len(word) == len(target):
        wrong = [i for i in range(len(word)) if word[i] != target[i]]
        if len(wrong) == 1:
            return True
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and word[wrong[0]] == target[wrong[1]]
            and word[wrong[1]] == target[wrong[0]]
        )
    short, long = sorted((word, target), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


# A star between gaps is a masked letter, any other a gap itself. Each sign has one reading only: with two, a row of
# forty stars has millions, and the search through them holds up everybody.
_GAP: Final = r"[\s.\-_,/|~]"
_SPACED: Final = re.compile(
    rf"(?<![a-z'])(?:(?:[a-z0-9@$!]|(?<={_GAP})\*(?={_GAP}))(?:{_GAP}|(?<!{_GAP})\*|\*(?!{_GAP}))+){{3,}}[a-z0-9@$!](?![a-z])"
)


# Whole words in a row with signs for spaces: "i-want-to-die", "i.want.to.die". Single letters and masks ("su*c*de",
# "su_c_de") are no such row: `_latin_word` knows them.
_WORDS_JOINED: Final = re.compile(r"(?<!\S)(?:[ia]|[a-z']{2,})(?:[-_.~/]+(?:[ia]|[a-z']{2,})){2,}(?![a-z'])")
_JOINTS: Final = re.compile(r"[-_.~/]+")
# Three letters are too few to be joined on sight: only where they spell one of these.
_SPACED_SHORT: Final = re.compile(
    r"(?<![a-z'])(d)[\s.\-_*]+(i)[\s.\-_*]+(e)(?![a-z])|(?<![a-z'])(k)[\s.\-_*]+(m)[\s.\-_*]+(s)(?![a-z])"
)


def _join_letters(text: str) -> str:
    """Letters standing alone in a row are one word, or several: "k i l l m y s e l f"."""

    def join(found: re.Match[str]) -> str:
        return _dense(re.sub(r"[^a-z0-9@$!]", "", found.group()).translate(_LEET))

    text = _SPACED_SHORT.sub(lambda found: "".join(letter for letter in found.groups() if letter), text)
    return _SPACED.sub(join, text)


def _split_dense(text: str) -> str:
    text = " ".join(_dense(word) if len(word) >= 9 and word.isascii() else word for word in text.split())
    return re.sub(r"\bmy self\b", "myself", text)


def _dense(word: str) -> str:
    squeezed = word if any(w in word for w, _ in _DENSE) else _squeeze(word)
    for dense, plain in _DENSE:
        if dense in squeezed:
            return squeezed.replace(dense, plain).strip()
        if _squeeze(dense) in squeezed:
            return squeezed.replace(_squeeze(dense), plain).strip()
    return word


# -- Chinese and Korean ----------------------------------------------------------------------------------------------

_HAN: Final = "\u3400-\u9fff"
_HANGUL: Final = "가-힣ㄱ-ㅣ"


def _unspace_east_asian(text: str) -> str:
    """Signs put between single characters are taken out: "自.杀", "不 想 活", "자♡살", "죽 고 싶 다"."""
    text = re.sub(rf"(?<=[{_HAN}])[^\w{_HAN}\n,。!?;:,!?;:\"]+(?=[{_HAN}])", "", text)
    text = re.sub(r"(?<=[自割跳想])[,.…。·*!?〰~]+(?=[杀腕楼死])", "", text)
    text = re.sub(rf"(?<=[{_HANGUL}])[^\w\s{_HANGUL},.!?\"']+(?=[{_HANGUL}])", "", text)
    text = (
        re.sub(r"(?<=[가-힣])[0-9](?=[가-힣](?![가-힣]*(?:시|분|명|월|일|년|개|주|번)))", "", text)
        if re.search(r"자\d살", text)
        else text
    )
    single = re.compile(rf"(?<![{_HANGUL}])(?:[{_HANGUL}][\s.·\-_]+){{1,}}[{_HANGUL}](?![{_HANGUL}])")
    return single.sub(lambda found: re.sub(r"[\s.·\-_]+", "", found.group()), text)


_LEADS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def _compose_jamo(text: str) -> str:
    """Loose letters to syllables: "ㅈㅜㄱㄱㅗ" to "죽고", "싶ㄷㅏ" to "싶다"; lone consonants ("ㅈㅅ", "ㅋㅋ") stay."""
    text = re.sub(r"(?<=[ㄱ-ㅎ])r(?=[가-힣ㄱ-ㅎ]|$)", "ㅏ", text)
    out: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in _LEADS and at + 1 < len(text) and text[at + 1] in _VOWELS:
            lead, vowel = _LEADS.index(text[at]), _VOWELS.index(text[at + 1])
            at += 2
            tail = 0
            closes = at + 1 >= len(text) or text[at + 1] not in _VOWELS
            if (
                at < len(text)
                and text[at] in _TAILS[1:]
                and closes
                and not (at + 1 < len(text) and text[at + 1] == text[at] == "ㅋ")
            ):
                tail, at = _TAILS.index(text[at]), at + 1
            out.append(chr(0xAC00 + (lead * 21 + vowel) * 28 + tail))
        else:
            out.append(text[at])
            at += 1
    return _attach_tails("".join(out))


def _attach_tails(text: str) -> str:
    """ "주ㄱ고" to "죽고": a lone consonant between an open syllable and another one belongs to the first."""

    def attach(found: re.Match[str]) -> str:
        return chr(ord(found[1]) + _TAILS.index(found[2]))

    open_syllables = re.compile(r"([가-힣])([ㄱㄴㄹㅁㅂㅅㅇㅍ])(?=[가-힣])")
    return open_syllables.sub(lambda m: attach(m) if (ord(m[1]) - 0xAC00) % 28 == 0 else m[1], text)
