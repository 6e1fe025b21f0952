"""embed and embed_tokens: what a notebook calls, with the bundled model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embedlib
from embedlib.errors import EmbedlibError, OptionError, TextError
from embedlib.store import Store
from tests import tiny

TEXTS = ["a river bank", "the bank of the sea", "a dog runs fast", "a river bank"]


def test_every_layer_and_pooling_comes_from_one_call(tmp_path: Path) -> None:
    store = Store(tmp_path)
    vectors = embedlib.embed(TEXTS, layers="all", poolings=("mean", "cls"), store=store)
    assert vectors.arrays["mean"].shape == (7, 4, 384)
    assert vectors.poolings == ("mean", "cls")
    again = embedlib.embed(TEXTS, layers=3, poolings="cls", store=store)
    assert again.from_store
    assert np.array_equal(again.select("cls", 3), vectors.select("cls", 3))


@pytest.mark.parametrize("kind", [list, tuple, pd.Series, np.array])
def test_texts_may_come_in_any_sequence(kind: object) -> None:
    vectors = embedlib.embed(kind(TEXTS), tiny.encoder(), store=False)  # type: ignore[operator]
    assert vectors.n_texts == 4


def test_without_a_store_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path))
    embedlib.embed(TEXTS, tiny.encoder(), store=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ("one text", "must be a list of at least one text"),
        ([], "at least one text"),
        (["a", "  "], r"texts\[1\] must not be blank"),
        (["a", None], r"texts\[1\] must be a string, got None"),
        (["a", 3], r"texts\[1\] must be a string, got 3"),
    ],
)
def test_what_cannot_be_embedded_is_refused_before_a_model_is_loaded(
    texts: object, words: str
) -> None:
    with pytest.raises(TextError, match=words):
        embedlib.embed(texts, "no-such-model")  # type: ignore[arg-type]


def test_wrong_options_are_refused_in_words() -> None:
    with pytest.raises(OptionError, match="from 0 to 3, got 9"):
        embedlib.embed(TEXTS, tiny.encoder(), layers=9)
    with pytest.raises(EmbedlibError, match="pooling must be one of mean, cls"):
        embedlib.embed(TEXTS, tiny.encoder(), poolings="magic")
    with pytest.raises(OptionError, match="no choice of tokens"):
        embedlib.embed(TEXTS, tiny.encoder(), poolings="chosen")


def test_tokens_of_one_text_come_with_pieces_words_and_spans() -> None:
    found = embedlib.embed_tokens("Unbelievable banks", max_tokens=16)
    assert found.pieces[0] == "[CLS]"
    assert found.hidden.shape == (7, len(found.pieces), 384)
    assert found.words[1] == 0
    text = "Unbelievable banks"
    assert text[found.spans[-2][0] : found.spans[-2][1]] == "banks"
