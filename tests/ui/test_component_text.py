"""How the components write text: nothing unseen, nothing that turns the direction of reading."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.browser.marks import runs, utf16_offsets
from embedlib.browser.pieces import clipped, piece_runs, quoted

BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
UNSEEN = [*BIDI, *range(0x200B, 0x2010), 0xFEFF, 0x61C, 0xAD, 0x3164, 0x2028]
CONTROLS = [*range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0)]


def plain(found: list) -> str:
    return "".join(run if isinstance(run, str) else run[1] for run in found)


def units(found: list) -> int:
    return sum(utf16_offsets(run)[-1] if isinstance(run, str) else run[3] for run in found)


# Marks


@pytest.mark.parametrize("point", [*UNSEEN, *CONTROLS])
def test_a_character_that_cannot_be_seen_becomes_a_mark_with_its_number(point: int) -> None:
    before, mark, after = runs(f"a{chr(point)}b")
    assert (before, after) == ("a", "b")
    assert mark[:2] == ["unseen", f"U+{point:04X}"]


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "naïve café",
        "深度学习",
        "مرحبا بالعالم",
        "שלום",
        "👨‍👩‍👧‍👦 👋🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_ordinary_text_and_emoji_are_drawn_as_they_are(text: str) -> None:
    assert runs(text) == [text]


def test_line_breaks_and_tabs_are_made_visible() -> None:
    assert plain(runs("a\tb\r\nc\nd")) == "a⇥b↵c↵d"
    assert plain(runs("a b", spaces=True)) == "a·b"


def test_half_a_character_is_marked_and_can_be_sent() -> None:
    found = runs("a\ud800")
    assert found[1] == ["unseen", "U+D800", "half of a character", 1]
    json.dumps(found).encode("ascii")


@given(st.text())
def test_runs_cover_the_text_as_the_browser_counts_it(text: str) -> None:
    assert units(runs(text)) == utf16_offsets(text)[-1]


@given(st.text())
def test_no_run_holds_a_character_that_changes_the_direction_of_text(text: str) -> None:
    drawn = "".join(run for run in runs(text) if isinstance(run, str))
    assert not any(ord(letter) in BIDI for letter in drawn)
    assert not any(unicodedata.category(letter) == "Cc" for letter in drawn)


# Pieces


@pytest.mark.parametrize(
    ("piece", "text", "shown"),
    [
        ("bank", "bank", "bank"),
        ("##ing", "ing", "##ing"),
        ("Ġbank", "bank", "Ġbank"),
        ("▁bank", "bank", "▁bank"),
        ("bank</w>", "bank", "bank</w>"),
        ("Ġä½ł", " 你", "Ġ你"),
        ("é", "é", "é"),
        ("Ã©", "é", "é"),
        ("Ã©", "Ã©", "Ã©"),
        ("Ċ", "\n", "↵"),
        ("ðŁĺ", "😀", "F0 9F 98"),
        ("##", "##", "##"),
        ("", "", "empty"),
        ("[CLS]", "", "[CLS]"),
        ("a b", "a b", "a·b"),
    ],
)
def test_a_piece_shows_what_it_stands_for(piece: str, text: str, shown: str) -> None:
    assert plain(piece_runs(piece, text)) == shown


@pytest.mark.parametrize(("piece", "mark"), [("##ing", "##"), ("Ġbank", "Ġ"), ("bank</w>", "</w>")])
def test_a_continuation_mark_is_told_from_the_letters(piece: str, mark: str) -> None:
    joins = [run for run in piece_runs(piece, "") if not isinstance(run, str)]
    assert [run[:2] for run in joins] == [["join", mark]]


def test_hashes_that_a_person_typed_are_letters() -> None:
    assert piece_runs("##heading", "##heading") == ["##heading"]


def test_a_long_piece_is_cut_with_an_ellipsis() -> None:
    assert plain(piece_runs("x" * 300, "x" * 300)) == "x" * 47 + "…"
    assert clipped("short") == "short"


def test_a_lone_accent_gets_a_letter_to_sit_on() -> None:
    assert quoted("\u0301") == ["◌\u0301"]
