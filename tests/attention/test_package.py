"""The package as a whole: light to import, complete, and safe for any text."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embedlib.attention as package
from embedlib.attention import attention, window_spans
from embedlib.attention.architectures import ARCHITECTURES
from embedlib.errors import TextError
from embedlib.models.architectures import ARCHITECTURES as LOADABLE
from tests import tiny
from tests.attention import others
from tests.test_project import HEAVY, modules_after


def test_nothing_heavy_is_imported_before_a_model_is_read():
    assert not modules_after("import embedlib.attention") & (HEAVY | {"streamlit", "scipy"})


def test_everything_public_is_there_and_sorted():
    assert all(hasattr(package, name) for name in package.__all__)
    assert len(set(package.__all__)) == len(package.__all__)


def test_every_architecture_that_can_be_loaded_can_be_read_and_is_tested():
    assert set(ARCHITECTURES) == set(LOADABLE) == set(others.ALL)


@pytest.mark.parametrize("model_type", ["bert", "gpt2"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80), pair=st.none() | st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(model_type, text, pair):
    try:
        maps = attention(tiny.encoder(model_type), text, pair)
    except TextError:
        return
    assert np.abs(maps.weights.sum(axis=-1) - 1).max() <= 1e-5
    assert maps.n_tokens <= tiny.MOST
    for token in np.flatnonzero(~maps.special):
        source = text if maps.segment[token] == 0 else pair
        assert maps.written(int(token)) in source
    inner = maps.words[~maps.special]
    assert (np.diff(inner) >= 0).all() and inner[0] == 0


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="ab9 \n.é打", max_size=120), room=st.integers(1, 12))
def test_windows_are_any_text_in_order_without_gaps(text, room):
    if not text.strip():
        return
    spans = window_spans(tiny.encoder(), text, room + 2)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
