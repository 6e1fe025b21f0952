"""Laws of every transform, and what each is for."""

import numpy as np
import pytest

from embedlib.errors import OptionError, UnknownNameError
from embedlib.geometry import TRANSFORMS, mean_pair_similarity, pca, transformed

VECTORS = np.random.default_rng(6).standard_normal((90, 8)).astype(np.float32) * range(1, 9) + 2
EACH = pytest.mark.parametrize("name", list(TRANSFORMS))


@EACH
def test_inputs_stay_and_rows_stay(name):
    given = VECTORS.copy()
    changed = transformed(given, name)
    assert (given == VECTORS).all()
    assert changed.dtype == np.float32 and changed.shape[0] == 90
    assert not np.shares_memory(changed, given)


@EACH
def test_the_order_of_texts_does_not_matter(name):
    order = np.random.default_rng(0).permutation(90)
    before, after = transformed(VECTORS, name)[order], transformed(VECTORS[order], name)
    if name == "whitened":  # directions may turn their sign
        before, after = before @ before.T, after @ after.T
    np.testing.assert_allclose(after, before, atol=1e-3)


@EACH
def test_few_texts_and_equal_texts_give_finite_numbers(name):
    for vectors in (VECTORS[:2], np.ones((5, 3)), np.random.default_rng(1).random((6, 40))):
        assert np.isfinite(transformed(vectors, name)).all()


@EACH
def test_one_text_is_refused(name):
    with pytest.raises(OptionError, match="at least 2 texts, got 1"):
        transformed(VECTORS[:1], name)


def test_an_unknown_transform_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match="whitened"):
        transformed(VECTORS, "bleached")


@pytest.mark.parametrize("name", [name for name in TRANSFORMS if name != "none"])
def test_every_transform_but_none_centres(name):
    np.testing.assert_allclose(transformed(VECTORS, name).mean(axis=0), 0, atol=1e-4)
    assert abs(mean_pair_similarity(transformed(VECTORS, name)[None])[0]) < 0.05


@pytest.mark.parametrize(("name", "n"), [("without_1", 1), ("without_3", 3)])
def test_the_strongest_components_are_gone(name, n):
    top = pca(VECTORS, n).components
    np.testing.assert_allclose(transformed(VECTORS, name) @ top.T, 0, atol=1e-3)


def test_the_whitened_covariance_is_the_identity():
    white = transformed(VECTORS, "whitened")
    np.testing.assert_allclose(white.T @ white / 90, np.eye(8), atol=1e-4)


def test_few_texts_keep_one_whitened_direction_for_four_texts():
    assert transformed(np.random.default_rng(1).random((24, 40)), "whitened").shape == (24, 6)


def test_standardised_dimensions_have_spread_one_and_constant_ones_stay_zero():
    constant = np.column_stack([VECTORS, np.full(90, 5.0)])
    spread = transformed(constant, "standardised").std(axis=0)
    np.testing.assert_allclose(spread, [*[1] * 8, 0], atol=1e-4)
