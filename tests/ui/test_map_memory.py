"""What stands when the script asks for something and a person has chosen something else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.browser.rows import packed_rows, unpacked_rows
from embedlib.ui.components.map_memory import Memory, heard, heard_from, next_memory

IDS = np.arange(10)
BEGUN = Memory("words", IDS, 3, ("label", "length"), {})


def asked(**more: Any) -> dict[str, Any]:
    known = {"colouring": "label", "frame": 0, "selected": packed_rows([], 10), "opened": None}
    return known | more


def sent(memory: Memory, **values: Any) -> dict[str, Any]:
    return {"words": memory.words, "epochs": memory.epochs, "values": values}


@pytest.fixture
def memory() -> Memory:
    return next_memory(None, BEGUN, asked())


def test_a_map_begins_with_what_the_script_asks(memory: Memory) -> None:
    assert {name: memory.value(name) for name in asked()} == asked()


def test_a_choice_stands_while_the_script_asks_the_same(memory: Memory) -> None:
    chosen = heard(memory, sent(memory, frame=2, opened=4, selected=packed_rows([1, 2], 10)))
    after = next_memory(chosen, BEGUN, asked())
    assert after.value("frame") == 2 and after.value("opened") == 4
    assert unpacked_rows(after.value("selected"), 10).tolist() == [1, 2]
    assert after.epochs == memory.epochs  # so the browser is told nothing new


def test_a_choice_stands_when_the_script_asks_for_it(memory: Memory) -> None:
    chosen = heard(memory, sent(memory, frame=2))
    after = next_memory(chosen, BEGUN, asked(frame=2))
    assert after.epochs == memory.epochs
    assert next_memory(after, BEGUN, asked(frame=2)).epochs == memory.epochs


def test_another_wish_of_the_script_replaces_a_choice(memory: Memory) -> None:
    chosen = heard(memory, sent(memory, frame=2, opened=4))
    after = next_memory(chosen, BEGUN, asked(frame=1))
    assert after.value("frame") == 1 and after.value("opened") == 4
    assert after.epochs["frame"] != memory.epochs["frame"]
    assert after.epochs["opened"] == memory.epochs["opened"]


def test_what_was_chosen_before_the_script_asked_anew_comes_too_late(memory: Memory) -> None:
    after = next_memory(memory, BEGUN, asked(frame=1))
    assert heard(after, sent(memory, frame=2)).value("frame") == 1


def test_other_texts_begin_anew(memory: Memory) -> None:
    chosen = heard(memory, sent(memory, opened=4))
    after = next_memory(chosen, replace(BEGUN, words="others"), asked())
    assert after.value("opened") is None
    assert not set(after.epochs.values()) & set(memory.epochs.values())
    assert heard(after, sent(chosen, opened=4)).value("opened") is None


def test_a_frame_and_a_colouring_that_are_no_more_are_forgotten(memory: Memory) -> None:
    chosen = heard(memory, sent(memory, frame=2, colouring="length", opened=3))
    after = next_memory(chosen, replace(BEGUN, n_frames=1, colourings=("label",)), asked())
    assert (after.value("frame"), after.value("colouring"), after.value("opened")) == (
        0,
        "label",
        3,
    )
    assert after.epochs["frame"] != memory.epochs["frame"]


@pytest.mark.parametrize(
    "values",
    [
        {"frame": 3},
        {"frame": -1},
        {"frame": True},
        {"frame": "1"},
        {"colouring": "other"},
        {"colouring": None},
        {"colouring": ["label"]},
        {"opened": 10},
        {"opened": 1.5},
        {"selected": [1, 2]},
        {"selected": None},
        {"unknown": 1},
    ],
)
def test_what_does_not_fit_is_left_out(memory: Memory, values: dict[str, Any]) -> None:
    after = heard(memory, sent(memory, **values))
    assert after.fields == memory.fields


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(JSON)
def test_nothing_that_a_browser_sends_raises(found: Any) -> None:
    memory = next_memory(None, BEGUN, asked())
    heard(memory, found)
    heard(memory, {"words": "words", "epochs": memory.epochs, "values": found})
    heard(memory, {"words": "words", "epochs": found, "values": {"frame": 1}})
    for name in asked():
        heard(memory, sent(memory, **{name: found}))


def test_a_linked_map_follows_by_id() -> None:
    one = next_memory(None, BEGUN, asked())
    other = next_memory(None, replace(BEGUN, words="other", ids=np.array([7, 5, 3, 99])), asked())
    one = heard(one, sent(one, selected=packed_rows([2, 3, 7], 10), opened=5))
    other = heard_from(other, one)
    assert unpacked_rows(other.value("selected"), 4).tolist() == [0, 2]
    assert other.value("opened") == 1
    one = heard(one, sent(one, opened=2))
    assert heard_from(other, one).value("opened") is None
