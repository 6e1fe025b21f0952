"""What the components send to the browser, and what they believe of what it sends back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.browser.assets import ASSETS
from embedlib.browser.marks import utf16_offsets
from embedlib.errors import OptionError
from embedlib.ui.components.token_chips import (
    MOST_CHARACTERS,
    MOST_CHIPS,
    Chip,
    Selection,
    chips_payload,
    next_selection,
    token_chips,
)

SVG_NAME = '"http://www.w3.org/2000/svg"'  # the name of a language, which nobody fetches
EMPTY = Selection("text", 0, (), ())
ALL = frozenset(range(10))


def units(found: list) -> int:
    return sum(utf16_offsets(run)[-1] if isinstance(run, str) else run[3] for run in found)


def chips_of(text: str, n_kept: int = 10**6) -> list[Chip]:
    """A chip a character, the first `n_kept` of them read."""
    return [
        Chip(letter, ord(letter), place, place, place + 1, False, place < n_kept, letter)
        for place, letter in enumerate(text)
    ]


# Chips


def test_the_payload_of_a_token_says_all_there_is_to_say() -> None:
    chip = Chip("##ing", 2075, 3, 5, 8, False, True, "ing")
    shown = chips_payload([chip], text="go swimming", selection=EMPTY)["tokens"][0]
    assert shown == {
        "runs": [["join", "##", "continues the word", 2], "ing"],
        "id": 2075,
        "word": 3,
        "span": [5, 8],
        "at": [5, 8],
        "state": "read",
        "text": ["ing"],
    }


def test_positions_are_counted_as_the_browser_counts() -> None:
    text = "😀 hi"
    chip = Chip("hi", 1, 1, 2, 4, text="hi")
    assert chips_payload([chip], text=text, selection=EMPTY)["tokens"][0]["at"] == [3, 5]


def test_text_behind_the_cut_is_told_from_text_that_is_read() -> None:
    payload = chips_payload(chips_of("abcdef", 4), text="abcdef", selection=EMPTY, n_lost=7)
    assert (payload["read"], payload["unread"]) == (["abcd"], ["ef"])
    assert (payload["n_lost"], payload["n_unlisted"]) == (9, 7)
    assert [token["state"] for token in payload["tokens"]] == ["read"] * 4 + ["cut"] * 2


def test_text_is_not_called_unread_where_read_tokens_follow() -> None:
    middle = [Chip("a", 1, 0, 0, 1), Chip("b", 2, 1, 1, 2, kept=False), Chip("c", 3, 2, 2, 3)]
    payload = chips_payload(middle, text="abc", selection=EMPTY)
    assert (payload["read"], payload["unread"]) == (["abc"], [])


def test_unknown_tokens_show_the_letters_that_were_lost() -> None:
    tokens = [Chip("[UNK]", 100, 0, 0, 1, text="钱"), Chip("[UNK]", 100, -1, 0, 0, special=True)]
    payload = chips_payload(tokens, text="钱", selection=EMPTY)
    assert payload["tokens"][0]["unknown"] == ["钱"]
    assert "unknown" not in payload["tokens"][1]
    assert (payload["n_unknown"], payload["n_special"]) == (1, 1)


def test_what_is_too_much_to_draw_is_counted() -> None:
    text = "x" * (MOST_CHARACTERS + 5)
    payload = chips_payload(chips_of("y" * (MOST_CHIPS + 3)), text=text, selection=EMPTY)
    assert len(payload["tokens"]) == MOST_CHIPS
    assert payload["not_drawn"] == ["read"] * 3
    assert payload["n_hidden"] == 5


def test_the_view_changes_with_what_is_drawn_and_not_with_the_selection() -> None:
    def view(text: str, chosen: tuple[int, ...]) -> str:
        selection = Selection("text", 0, (), chosen)
        return chips_payload(chips_of(text), text=text, selection=selection)["view"]

    assert view("ab", ()) == view("ab", (1,))
    assert view("ab", ()) != view("ac", ())


@given(st.text())
def test_any_text_can_be_sent(text: str) -> None:
    payload = chips_payload(chips_of(text), text=text, selection=EMPTY)
    json.dumps(payload).encode("ascii")
    assert units(payload["read"] + payload["unread"]) <= utf16_offsets(text)[-1]


@pytest.mark.parametrize("number", [-1, 3, 2])
def test_a_chosen_token_must_be_read_by_the_model(number: int) -> None:
    with pytest.raises(OptionError, match=f"one of the 3 tokens and be read.*got {number}"):
        token_chips(chips_of("abc", 2), text="abc", key="chips", chosen=[number])


# Selections


def sent(chosen: object, epoch: int = 0, text_id: str = "text") -> dict[str, object]:
    return {"text_id": text_id, "epoch": epoch, "chosen": chosen}


def step(
    before: Selection | None, message: object, start: tuple[int, ...] = (), text: str = "text"
):
    return next_selection(before, message, text_id=text, start=start, allowed=ALL)


def test_a_selection_begins_as_the_script_asks() -> None:
    assert step(None, None, (2,)).chosen == (2,)


def test_a_persons_selection_stands_while_the_script_asks_the_same() -> None:
    first = step(None, None, (2,))
    second = step(first, sent([3, 1]), (2,))
    assert second.chosen == (1, 3)
    assert step(second, sent([3, 1]), (2,)).chosen == (1, 3)


def test_a_script_that_follows_the_result_loses_no_click() -> None:
    first = step(None, None, ())
    second = step(first, sent([1]), ())
    third = step(second, sent([1, 4]), second.chosen)
    assert (third.chosen, third.epoch) == ((1, 4), 0)


def test_another_start_replaces_the_selection_and_outdates_the_browsers() -> None:
    first = step(step(None, None), sent([1]))
    second = step(first, sent([1]), (5,))
    assert (second.chosen, second.epoch) == ((5,), 1)
    assert step(second, sent([1]), (5,)).chosen == (5,)
    assert step(second, sent([6], epoch=1), (5,)).chosen == (6,)


def test_another_text_begins_anew() -> None:
    first = step(step(None, None), sent([1]))
    second = step(first, sent([1]), text="other")
    assert second.chosen == ()
    third = step(second, sent([1]), (7,))
    assert third.chosen == (7,)


def test_a_selection_outlives_the_browsers_memory_of_it() -> None:
    first = step(step(None, None), sent([1]))
    assert step(first, None).chosen == (1,)


@pytest.mark.parametrize(
    "message",
    [None, "text", [], {}, sent(None), sent({"a": 1}), sent([1], 9), sent([1], 0, "other")],
)
def test_what_the_browser_sends_is_not_trusted(message: object) -> None:
    assert step(EMPTY, message).chosen == ()


def test_numbers_that_are_no_readable_tokens_are_dropped() -> None:
    message = sent([1, 99, -1, True, 2.0, "3", None, [4], 1])
    assert step(EMPTY, message).chosen == (1,)


# Files


@pytest.mark.parametrize("script", sorted(ASSETS.glob("*/*.js")), ids=lambda path: path.name)
def test_no_script_parses_text_as_markup_or_reaches_out(script) -> None:
    code = script.read_text(encoding="utf-8").replace(SVG_NAME, "")
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in code
    for forbidden in ("fetch(", "XMLHttpRequest", "http:", "https:", "import "):
        assert forbidden not in code
