"""Attention as files: read back by the tools that they are for, with the same numbers."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from embedlib.attention import Filters, averaged, shown
from embedlib.attention.filters import Shown
from embedlib.errors import LimitError, OptionError
from embedlib.exporting import ATTENTION_EXPORTS, attention_card
from tests.attention import made
from tests.attention.test_filters import pair

HEADS = ((0, 2), (1, 0))


@pytest.fixture
def seen() -> Shown:
    return shown(pair(), "contribution", Filters(unit="words"))


def written(name: str, seen: Shown, heads=HEADS) -> bytes:
    return ATTENTION_EXPORTS[name].write(seen, heads, attention_card(pair(), seen, heads))


def test_the_table_holds_the_mean_of_the_heads_as_the_picture_shows_it(seen: Shown) -> None:
    frame = pd.read_csv(io.BytesIO(written("matrix", seen)), index_col=0)
    assert list(frame.index) == ["[CLS]", "unhappy", "[SEP]", "yes", "[SEP]"]
    assert list(frame.columns)[:2] == ["[CLS]", "unhappy"]
    mean = (seen.values[0, 2].astype(float) + seen.values[1, 0]) / 2
    np.testing.assert_array_equal(frame.to_numpy(np.float32), mean.astype(np.float32))


def test_the_lines_hold_every_pair_of_every_head(seen: Shown) -> None:
    frame = pd.read_csv(io.BytesIO(written("pairs", seen)))
    assert len(frame) == 2 * 5 * 5
    line = frame.iloc[25 + 5 * 3 + 1]
    assert line[["layer", "head", "query", "key"]].tolist() == [1, 0, 3, 1]
    assert line[["query_token", "key_token"]].tolist() == ["yes", "unhappy"]
    assert np.float32(line["value"]) == seen.values[1, 0, 3, 1]


def test_the_arrays_are_read_by_numpy_without_pickle(seen: Shown) -> None:
    arrays = np.load(io.BytesIO(written("npz", seen)), allow_pickle=False)
    np.testing.assert_array_equal(arrays["values"], [seen.values[0, 2], seen.values[1, 0]])
    assert arrays["heads"].tolist() == [[0, 2], [1, 0]]
    assert arrays["labels"].tolist() == list(seen.labels)
    assert arrays["token_rows"].tolist() == [0, 1, 1, 2, 3, 4]
    card = json.loads(str(arrays["card"]))
    assert (card["kind"], card["unit"], card["heads"]) == (
        "contribution",
        "words",
        [[0, 2], [1, 0]],
    )


@pytest.mark.parametrize("name", ["matrix", "pairs"])
def test_no_token_starts_a_formula(name: str) -> None:
    maps = made.maps(
        made.uniform(2), text="=1 @a", spans=np.array([[0, 2], [3, 5]], dtype=np.int32)
    )
    content = written(name, shown(maps), heads=((0, 0),)).decode("utf-8-sig")
    assert '"\'=1"' in content
    assert '"=1' not in content.replace("\"'=1", "")


@pytest.mark.parametrize("name", list(ATTENTION_EXPORTS))
def test_any_token_can_be_written(name: str) -> None:
    text = "\ud800 \"' \u202e ,;\x00 中 🙂"
    spans = np.array([[i, i + 1] for i in range(len(text))], dtype=np.int32)
    n = len(text)
    maps = made.maps(made.uniform(n), text=text, spans=spans)
    assert written(name, shown(maps), heads=((0, 0),))


@pytest.mark.parametrize("name", list(ATTENTION_EXPORTS))
def test_a_file_that_would_be_too_large_is_refused(
    name: str, seen: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDLIB_EXPORT_BYTES", "100")
    with pytest.raises(LimitError, match="An export as"):
        written(name, seen)


def test_no_head_is_refused(seen: Shown) -> None:
    with pytest.raises(OptionError, match="At least one head must be exported"):
        ATTENTION_EXPORTS["npz"].write(seen, (), {})


def test_the_card_says_what_was_cut_but_not_the_text() -> None:
    maps = pair()
    card = attention_card(maps, shown(maps, filters=Filters(special="left_out")), HEADS)
    assert (card["special"], card["tokens_cut"], card["pair"]) == ("left_out", 0, True)
    assert card["rows"] == ["un", "happy", "yes"]
    assert json.loads(json.dumps(card)) == card


def test_the_mean_in_a_file_is_that_of_the_library(seen: Shown) -> None:
    frame = pd.read_csv(
        io.BytesIO(written("matrix", seen, [(0, h) for h in range(3)])), index_col=0
    )
    np.testing.assert_array_equal(frame.to_numpy(np.float32), averaged(seen.values, layers=[0]))
