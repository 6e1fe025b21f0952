import codecs

import pytest

from embedlib.errors import ReadError, UnknownNameError
from embedlib.reading.decoding import decode
from embedlib.reading.plausibility import ENCODINGS
from tests.reading.inprocess import cells, read

SIMPLIFIED = "这家餐厅的服务很好，菜也很新鲜。\n快递太慢了，等了一个星期才收到。\n"
TRADITIONAL = "這家餐廳的服務很好，菜也很新鮮。\n快遞太慢了，等了一個星期才收到。\n"
JAPANESE = "このレストランのサービスはとても良かったです。\n配達が遅くて、一週間も待ちました。\n"
KOREAN = "이 식당은 서비스가 정말 좋고 음식도 신선합니다.\n배송이 너무 느려요.\n"
RUSSIAN = "Этот ресторан очень хороший, еда свежая.\nДоставка была слишком медленной.\n"
FRENCH = "Le café est très bon, mais le garçon était désagréable.\nÇa coûte 5 € à peine.\n"
GERMAN = "Die Straße ist schön, aber die Züge fahren nur über München.\n„Ärger“ – nein.\n"
GREEK = "Αυτό το εστιατόριο είναι πολύ καλό και το φαγητό φρέσκο.\n"
HEBREW = "המוזיאון סגור בשבת, אבל הגן פתוח.\n"
POLISH = "Zażółć gęślą jaźń. Książka jest świetna, polecam wszystkim.\n"
TURKISH = "Bu kitap çok güzel, şiddetle öneririm. Işık ve gölge.\n"
ENGLISH = "A plain line.\nAnother plain line.\n"
ALL = [SIMPLIFIED, TRADITIONAL, JAPANESE, KOREAN, RUSSIAN, FRENCH, GERMAN, GREEK, ENGLISH]


@pytest.mark.parametrize("text", [*ALL, HEBREW, POLISH, TURKISH, "😀 emoji\n"])
@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
    ],
)
def test_unicode_with_or_without_its_mark_is_read(text, codec, name):
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding) == (text, name)


@pytest.mark.parametrize("text", [*ALL, HEBREW])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_unicode_without_a_mark_is_read_and_told(text, codec):
    decoded = decode(text.encode(codec))
    assert decoded.text == text
    assert decoded.notes == (f"Read as {codec[:6].upper()}.",)


def test_a_big_endian_mark_is_known():
    assert decode(codecs.BOM_UTF16_BE + "é".encode("utf-16-be")).text == "é"
    assert decode(codecs.BOM_UTF32_BE + "é".encode("utf-32-be")).text == "é"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (SIMPLIFIED, "gbk", "gbk"),
        (SIMPLIFIED, "gb18030", "gbk"),
        (TRADITIONAL, "gbk", "gbk"),
        ("正面\n负面\n", "gbk", "gbk"),
        ("你好", "gbk", "gbk"),
        ("text,label\nhello,好评\nbad,差评\n", "gbk", "gbk"),
        (TRADITIONAL, "big5", "big5"),
        (JAPANESE, "shift_jis", "shift_jis"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (KOREAN, "cp949", "euc-kr"),
        ("긍정\n부정\n", "euc_kr", "euc-kr"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        (FRENCH, "cp1252", "windows-1252"),
        (GERMAN, "cp1252", "windows-1252"),
        ("text\ncafé\n", "latin-1", "windows-1252"),
        ("¿Dónde está el baño? ¡Qué bien!\n", "latin-1", "windows-1252"),
        ("Não há pão nem maçã; coração é emoção.\n", "latin-1", "windows-1252"),
        ("It’s a “fine” day – really… £5\n", "cp1252", "windows-1252"),
    ],
)
def test_a_legacy_encoding_is_read_right_and_told(text, codec, name):
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding) == (text, name)
    assert decoded.notes[0].startswith(f"Read as {ENCODINGS[name].label}.")


def test_every_encoding_of_the_table_is_read_when_a_person_names_it():
    for row in ENCODINGS.values():
        decoded = decode("plain\n".encode(row.codec), row.name)
        assert (decoded.text, decoded.encoding) == ("plain\n", row.name)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (GREEK, "cp1253"),
        (HEBREW, "cp1255"),
        (POLISH, "cp1250"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "iso8859_5"),
        (RUSSIAN, "cp866"),
    ],
)
def test_an_encoding_that_is_not_known_is_refused_not_guessed(text, codec):
    with pytest.raises(ReadError, match=r"cannot be told\. It is none of UTF-8, UTF-16, GBK"):
        decode(text.encode(codec))


def test_two_encodings_that_fit_are_both_named():
    with pytest.raises(ReadError, match=r"could be GBK \(simplified Chinese\) or EUC-JP"):
        decode("東京都\n大阪府\n".encode("euc_jp"))


def test_a_person_may_name_the_encoding():
    content = "東京都\n大阪府\n".encode("euc_jp")
    assert decode(content, "euc-jp").text == "東京都\n大阪府\n"
    assert decode("é".encode("utf-16"), "utf-16").text == "é"
    assert decode("é".encode("utf-32-le"), "utf-32").text == "é"
    assert decode("é".encode(), "utf-8").text == "é"


def test_an_unknown_encoding_is_refused_with_the_choices():
    with pytest.raises(
        UnknownNameError, match=r"one of utf-8, utf-16, utf-32, gbk, .* got 'klingon'"
    ):
        decode(b"abc", "klingon")


def test_damaged_utf8_is_read_with_what_is_broken():
    content = ("新" * 100 + "\n").encode() + b"\xff\n"
    decoded = decode(content)
    assert decoded.text == "新" * 100 + "\n\ufffd\n"
    told = "The file is damaged: 1 broken character became \ufffd; the first is on line 2."
    assert decoded.notes == (told,)


def test_a_file_cut_in_its_last_character_is_read():
    assert decode("新闻".encode()[:-1]).text.startswith("新")


def test_bytes_that_are_not_what_their_mark_says_are_refused():
    with pytest.raises(ReadError, match="must be UTF-8, got bytes that are not"):
        decode(codecs.BOM_UTF8 + bytes(range(128, 256)))


def test_control_characters_are_no_text():
    with pytest.raises(ReadError, match=r"got something binary: 8 of 10 characters are control"):
        decode(b"\x01\x02\x03\x04\x05\x06\x07\x08ab")


def test_nul_bytes_among_bytes_that_are_no_text_are_refused():
    with pytest.raises(ReadError, match="got something binary: it has NUL bytes"):
        decode(b"a\x00b\xff\xfe\xfd\xfc" * 10 + b"\n")


def test_ascii_with_a_stray_nul_is_not_taken_for_utf16():
    for length in range(20, 40):
        content = b"some plain text of a person, and more of it"[:length] + b"\x00\n"
        assert decode(content).encoding == "utf-8"


def test_a_table_in_gbk_says_so():
    sheet = read(("文本,标签\n" + "服务很好,正面\n").encode("gbk"))
    assert sheet.encoding == "gbk" and sheet.notes == ("Read as GBK (simplified Chinese).",)
    assert cells(sheet) == [["服务很好", "正面"]]


def test_the_encoding_is_judged_where_the_text_is_not_ascii():
    content = ("plain,no\n" * 50_000 + SIMPLIFIED).encode("gbk")
    assert decode(content).text.endswith(SIMPLIFIED)
    assert decode(b"x" * 50_000 + SIMPLIFIED.encode("gbk")).text.endswith(SIMPLIFIED)
