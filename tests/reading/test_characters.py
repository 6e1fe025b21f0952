import pytest

from embedlib.reading import is_blank, marks
from embedlib.reading.characters import without_invisible, without_surrogates

BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
INVISIBLE = [*range(0x200B, 0x200E), 0xFEFF, 0x00AD, 0x2060, 0x2028, 0x2029, 0xE0041, 0x3164]
CONTROLS = [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)]


@pytest.mark.parametrize("code", [*BIDI, *INVISIBLE, *CONTROLS])
def test_a_character_that_does_not_show_is_marked_with_its_name(code):
    found = marks(f"ab{chr(code)}cd")
    assert len(found) == 1 and found[0][0] == 2
    assert found[0][1].endswith(f"(U+{code:04X})") and len(found[0][1]) > 9


def test_marks_have_names_that_a_person_can_look_up():
    names = [name for _, name in marks("\x00\u202e\u200b\x1b\ufeff\x01")]
    assert names == [
        "NUL (U+0000)",
        "right-to-left override (U+202E)",
        "zero width space (U+200B)",
        "escape (U+001B)",
        "zero width no-break space (U+FEFF)",
        "control character (U+0001)",
    ]


@pytest.mark.parametrize(
    "text", ["", "plain", "line\nend\ttab\r\n", "مرحبا", "नमस्ते", "😀", "é", "\u3000"]
)
def test_what_shows_is_not_marked(text):
    assert marks(text) == []


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t\r", "\u3000\u00a0", "\u200b\ufeff", "\x00", "\u3164"]
)
def test_what_shows_nothing_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "\u200ba", ".", "😀", "\u0301", "。", "-", "\ufffd"])
def test_what_shows_something_is_not_blank(text):
    assert not is_blank(text)


def test_a_million_spaces_are_judged_at_once():
    assert is_blank(" \u200b" * 500_000) and not is_blank(" " * 1_000_000 + "a")


def test_lone_surrogates_are_replaced_and_pairs_are_not():
    assert without_surrogates("a\ud800b\udfff😀") == "a\ufffdb\ufffd😀"


def test_what_does_not_show_can_be_left_out():
    assert without_invisible("a\u200bb\u202e") == "ab"
