"""How much decoded text looks like language: the judge between encodings without a mark.

Each legacy encoding is a row of `ENCODINGS`; a new one needs a codec of Python's and a scorer that
gives about 0.6 to 1 for what was written in it and clearly less for everything else.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from embedlib.table import Table

Tiers = tuple[tuple[frozenset[str], float], ...]

# The commonest characters of running text: about half of any page.
_SIMPLIFIED = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作"
    "里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从"
    "想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头"
    "文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作"
    "裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從"
    "想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭"
    "文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提"
)
_KOREAN = frozenset(
    "이다는을가에의한고하지로도를은기사나서대어인자시리아그과수있것게전보해라장일만적부여으들정동와구제상"
    "면안니주무원오모스신요했습세우거없"
)
_PUNCTUATION = frozenset("，。！？、：；“”‘’（）《》「」『』【】…—·ー・〜～　")
_HIRAGANA = frozenset(map(chr, range(0x3041, 0x3097)))
_KATAKANA = frozenset(map(chr, range(0x30A1, 0x30FB)))
_HANGUL = frozenset(map(chr, range(0xAC00, 0xD7A4)))
_FULL_WIDTH = frozenset(map(chr, range(0xFF01, 0xFF5F)))
_WESTERN = re.compile(
    # ð, ý and þ are left out: in the same place stand the commonest letters of Turkish.
    r"(?<=[A-Za-z])[ßà-ïñ-öø-üÿœšž]|[ßà-ïñ-öø-üÿœšž](?=[A-Za-z])|(?<![^\W\d_])[àáèéêíóôúyñöåæø](?![^\W\d_])"
    r"|[À-ÖØ-ÞŒŠŽ](?=[a-z])|(?<=[A-Z])[À-ÖØ-ÞŒŠŽ]"
    r"|(?<![^\x00-\x7f])[“”‘’„‚«»–—…€£°§©®™¿¡·•½¼¾²³\xa0](?![^\x00-\x7f])"
)
_CYRILLIC = re.compile("[а-яё](?=[а-яё])|(?<=[А-Яа-яё])[а-яё]|[А-ЯЁ](?=[а-яё])")
_CYRILLIC_WORD = re.compile("\\b[аивкосуя]\\b")
_CYRILLIC_COMMON = frozenset("оеаинтсрвл")


@dataclass(frozen=True)
class Encoding:
    """An encoding that leaves no mark of itself in the file.

    Args:
        name: What `Sheet.encoding` says.
        label: For a person.
        codec: The name of Python's codec.
        score: Decoded text that is not all ASCII, to how much it looks like language (at most 1).
        plausible: The score from which on it may be that: between what is measured for text that
            was written in it and for text that was not.
    """

    name: str
    label: str
    codec: str
    score: Callable[[str], float]
    plausible: float = 0.45


def wide_score(text: str) -> float:
    """How much text decoded from two or four bytes a character looks like language.

    Unlike the legacy encodings, UTF-16 holds every script, and ASCII counts too: ASCII read as
    UTF-16 by mistake becomes rare Chinese characters.
    """
    common = ((_GOOD_ANYWHERE(), 1.0),)
    return _by_tiers(text, common, otherwise=-0.5, every=True)


@cache
def _GOOD_ANYWHERE() -> frozenset[str]:  # noqa: N802 - a constant that is made when first needed
    alphabets = (range(0x20, 0x7F), range(0xA0, 0x250), range(0x370, 0x700), range(0x900, 0xE80))
    letters = {chr(code) for alphabet in alphabets for code in alphabet}
    chinese = _level("gb2312", 0xB0, 0xD7) | _level("euc_jp", 0xB0, 0xCF) | _TRADITIONAL
    kana = _HIRAGANA | _KATAKANA | _HANGUL
    chinese |= _big5_level()
    return frozenset(letters | {"\t", "\n", "\r"}) | chinese | kana | _PUNCTUATION | _FULL_WIDTH


def _by_tiers(text: str, tiers: Tiers, *, otherwise: float, every: bool = False) -> float:
    """The mean weight of the characters beyond ASCII, or of every one."""
    total = weighed = 0.0
    for character, count in Counter(text).items():
        if character.isascii() and not every:
            continue
        total += count
        weighed += count * next((w for tier, w in tiers if character in tier), otherwise)
    return weighed / total if total else 0.0


@cache
def _level(codec: str, first: int, last: int) -> frozenset[str]:
    """The characters of some rows of a 94 x 94 character set: its commoner level."""
    rows = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in range(0xA1, 0xFF))
    return frozenset("".join(pair.decode(codec, "ignore") for pair in rows))


@cache
def _big5_level() -> frozenset[str]:
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    pairs = (bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in trails)
    return frozenset("".join(pair.decode("big5", "ignore") for pair in pairs))


def _simplified(text: str) -> float:
    level_1, level_2 = _level("gb2312", 0xB0, 0xD7), _level("gb2312", 0xD8, 0xF7)
    tiers = ((_SIMPLIFIED, 1.0), (_PUNCTUATION, 0.8), (level_1, 0.5), (_FULL_WIDTH, 0.3))
    # GBK holds the traditional characters too, and some people write them in it.
    rarer = ((_TRADITIONAL, 0.7), (level_2, 0.1), (_big5_level(), 0.3))
    return _by_tiers(text, (*tiers, *rarer), otherwise=-0.5)


def _traditional(text: str) -> float:
    tiers = ((_TRADITIONAL, 1.0), (_PUNCTUATION, 0.8), (_big5_level(), 0.5), (_FULL_WIDTH, 0.3))
    return _by_tiers(text, tiers, otherwise=-0.2)


def _japanese(text: str) -> float:
    kanji = _level("euc_jp", 0xB0, 0xCF)
    tiers = ((_HIRAGANA, 1.0), (_KATAKANA, 0.8), (_PUNCTUATION, 0.8), (kanji, 0.5))
    return _by_tiers(text, (*tiers, (_FULL_WIDTH, 0.3)), otherwise=-0.3)


def _korean(text: str) -> float:
    tiers = ((_KOREAN, 1.0), (_HANGUL, 0.5), (_PUNCTUATION, 0.5), (_FULL_WIDTH, 0.3))
    return _by_tiers(text, tiers, otherwise=-0.3)


def _russian(text: str) -> float:
    """Share of letters that stand as in Russian words, the common ones counting most."""
    n_all = sum(not character.isascii() for character in text)
    weights = [1.0 if c.lower() in _CYRILLIC_COMMON else 0.4 for c in _CYRILLIC.findall(text)]
    # A letter alone is a word, but says little: "à" of Latin-1 is one too.
    return (sum(weights) + 0.4 * len(_CYRILLIC_WORD.findall(text))) / max(1, n_all)


def _western(text: str) -> float:
    """Share of accents inside Latin words and of typographic marks beside ASCII."""
    n_all = sum(not character.isascii() for character in text)
    return 0.9 * len(_WESTERN.findall(text)) / max(1, n_all)


_ROWS = (
    Encoding("gbk", "GBK (simplified Chinese)", "gb18030", _simplified),
    Encoding("big5", "Big5 (traditional Chinese)", "cp950", _traditional),
    Encoding("shift_jis", "Shift-JIS (Japanese)", "cp932", _japanese),
    Encoding("euc-jp", "EUC-JP (Japanese)", "euc_jp", _japanese),
    Encoding("euc-kr", "EUC-KR (Korean)", "cp949", _korean),
    Encoding("windows-1252", "Windows-1252 (Western European)", "cp1252", _western, 0.75),
    Encoding("windows-1251", "Windows-1251 (Cyrillic)", "cp1251", _russian, 0.68),
    Encoding("koi8-r", "KOI8-R (Cyrillic)", "koi8_r", _russian, 0.68),
)

ENCODINGS: Table[Encoding] = Table("encoding", {row.name: row for row in _ROWS})
