"""What the picture, the export and the code show of the maps: tokens or words, special tokens."""

import numpy as np
import pytest

from embedlib.attention import SPECIALS, UNITS, Filters, shown
from embedlib.attention.maps import KINDS, AttentionMaps
from embedlib.attention.views import SEGMENT_FILTERS
from embedlib.errors import EmbedlibError
from tests.attention import made

# [CLS] un happy [SEP] yes [SEP]
WORDS = [-1, 0, 0, -1, 1, -1]
SPECIAL = [True, False, False, True, False, True]


def pair(seed: int = 0) -> AttentionMaps:
    weights = np.random.default_rng(seed).random((2, 3, 6, 6))
    return made.maps(
        weights / weights.sum(axis=-1, keepdims=True),
        text="unhappy",
        pair="yes",
        pieces=("[CLS]", "un", "##happy", "[SEP]", "yes", "[SEP]"),
        spans=np.array([[0, 0], [0, 2], [2, 7], [0, 0], [0, 3], [0, 0]], dtype=np.int32),
        words=np.array(WORDS, dtype=np.int32),
        special=np.array(SPECIAL),
        segment=np.array([0, 0, 0, 0, 1, 1], dtype=np.int32),
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_without_filters_the_maps_are_shown_as_they_are(kind: str) -> None:
    maps = pair()
    found = shown(maps, kind)
    assert np.array_equal(found.values[1], KINDS[kind].function(maps, 1))
    assert found.labels == ("[CLS]", "un", "happy", "[SEP]", "yes", "[SEP]")
    assert found.rows.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("segment", list(SEGMENT_FILTERS))
@pytest.mark.parametrize("unit", list(UNITS))
@pytest.mark.parametrize("special", list(SPECIALS))
def test_every_row_of_the_picture_is_named_and_belongs_to_tokens(
    special: str, unit: str, segment: str
) -> None:
    maps = pair()
    found = shown(maps, "weight", Filters(unit, special, segment, 0.5))
    n_rows = found.values.shape[-1]
    assert found.values.shape == (2, 3, n_rows, n_rows)
    assert len(found.labels) == len(found.special) == len(found.segment) == n_rows
    for row in range(n_rows):
        tokens = list(found.tokens(row))
        assert set(maps.special[tokens]) == {found.special[row]}
        assert set(maps.segment[tokens]) == {found.segment[row]}
    assert found.n_bytes >= found.values.nbytes


@pytest.mark.parametrize("special", list(SPECIALS))
def test_the_row_sums_are_what_each_treatment_promises(special: str) -> None:
    maps, row = pair(), SPECIALS[special]
    sums = shown(maps, filters=Filters(special=special)).values.sum(axis=-1)
    kept = ~maps.special if row.zeroed or row.left_out else np.ones(6, dtype=bool)
    wanted = np.ones(6) if row.rescaled else maps.weights[..., kept].sum(axis=-1)
    wanted = np.broadcast_to(np.where(kept, wanted, 0.0), (2, 3, 6))
    np.testing.assert_allclose(sums, wanted[..., kept] if row.left_out else wanted, atol=1e-6)


def test_left_out_tokens_have_no_row_and_words_keep_theirs() -> None:
    found = shown(pair(), filters=Filters("words", "left_out"))
    assert found.labels == ("unhappy", "yes")
    assert found.rows.tolist() == [-1, 0, 0, -1, 1, -1]
    assert found.tokens(0) == (1, 2)


def test_mass_is_taken_of_what_is_on_show() -> None:
    maps = pair()
    whole = shown(maps, filters=Filters(special="zeroed", segment="a_to_b"))
    half = shown(maps, filters=Filters(special="zeroed", segment="a_to_b", mass=0.5))
    assert np.array_equal(half.values, whole.values)  # one key is left: it holds everything
    assert (whole.values > 0).sum() == 2 * 3 * 2


def test_the_arrays_are_read_only_because_sessions_share_them() -> None:
    with pytest.raises(ValueError, match="read-only"):
        shown(pair()).values[0] = 0


@pytest.mark.parametrize(
    "wrong",
    [{"unit": "x"}, {"special": "x"}, {"segment": "x"}, {"mass": 1.5}, {"mass": float("nan")}],
)
def test_a_filter_that_there_is_not_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(EmbedlibError):
        Filters(**wrong)
