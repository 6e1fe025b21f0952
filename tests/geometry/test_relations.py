"""Debiased CKA against the unbiased estimator by Gram matrices, and its invariances."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.geometry import cka, cka_matrix

RNG = np.random.default_rng(11)
X = RNG.standard_normal((70, 9)) + 0.5
Y = X @ RNG.standard_normal((9, 14)) + RNG.standard_normal((70, 14))


def hsic(k, m):
    """Unbiased HSIC, written as in Song et al. 2012, equation 5."""
    n = len(k)
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    one = np.ones(n)
    trace = np.trace(k @ m)
    middle = (one @ k @ one) * (one @ m @ one) / ((n - 1) * (n - 2))
    return (trace + middle - 2 / (n - 2) * (one @ k @ m @ one)) / (n * (n - 3))


def by_gram(x, y):
    k, m = x @ x.T, y @ y.T
    return hsic(k, m) / np.sqrt(hsic(k, k) * hsic(m, m))


def by_published_code(x, y):
    """`feature_space_linear_cka(debiased=True)` of google-research, rewritten line by line."""
    x, y = x - x.mean(0), y - y.mean(0)
    n = len(x)

    def helper(xty, r_x, r_y, s_x, s_y):
        return xty - n / (n - 2.0) * r_x.dot(r_y) + s_x * s_y / ((n - 1) * (n - 2))

    r_x, r_y = (x**2).sum(1), (y**2).sum(1)
    s_x, s_y = r_x.sum(), r_y.sum()
    cross = helper(np.linalg.norm(x.T.dot(y)) ** 2, r_x, r_y, s_x, s_y)
    own_x = np.sqrt(helper(np.linalg.norm(x.T.dot(x)) ** 2, r_x, r_x, s_x, s_x))
    own_y = np.sqrt(helper(np.linalg.norm(y.T.dot(y)) ** 2, r_y, r_y, s_y, s_y))
    return cross / (own_x * own_y)


@pytest.mark.parametrize("dims", [3, 9, 200])
def test_it_is_the_unbiased_estimator_and_the_published_code(dims):
    other = RNG.standard_normal((70, dims)) + X[:, :1]
    assert cka(X, other) == pytest.approx(by_gram(X, other), abs=1e-9)
    assert cka(X, other) == pytest.approx(by_published_code(X, other), abs=1e-9)


def test_a_space_is_itself_however_it_is_turned_shifted_and_scaled():
    turn = np.linalg.qr(RNG.standard_normal((9, 9)))[0]
    assert cka(X, X) == pytest.approx(1)
    assert cka(X, 1e3 * (X @ turn) + 7) == pytest.approx(1)
    assert cka(Y, X @ turn - 2) == pytest.approx(cka(Y, X))


def test_it_does_not_matter_which_comes_first_and_columns_may_not_be_rescaled():
    assert cka(X, Y) == pytest.approx(cka(Y, X))
    assert cka(X, X * range(1, 10)) < 0.99


def test_unrelated_spaces_have_about_zero_unlike_the_biased_measure():
    values = [
        cka(RNG.standard_normal((60, 100)), RNG.standard_normal((60, 100))) for _ in range(20)
    ]
    assert abs(np.mean(values)) < 0.05


def test_very_long_vectors_do_not_overflow():
    assert cka(1e200 * X, X) == pytest.approx(1)


def test_the_matrix_holds_every_pair():
    table = cka_matrix([X, Y, X[:, :3]])
    assert table.shape == (3, 3)
    np.testing.assert_allclose(table, table.T)
    assert table[0, 1] == pytest.approx(cka(X, Y), abs=1e-6)
    across = cka_matrix([X, Y], [Y])
    assert across.shape == (2, 1)
    assert across[:, 0] == pytest.approx([cka(X, Y), 1], abs=1e-6)


def test_too_few_texts_are_refused_in_words():
    with pytest.raises(OptionError, match=r"at least 50 texts, got 49\. With fewer, chance"):
        cka(X[:49], Y[:49])


def test_other_texts_and_equal_vectors_are_refused():
    with pytest.raises(OptionError, match="same texts, got 70 and 60"):
        cka(X, Y[:60])
    with pytest.raises(OptionError, match="All vectors of a space are equal"):
        cka(X, np.ones((70, 3)))
