"""The plane in which vectors vary most (PCA), exact and with fixed signs.

For a non-linear map see `embedlib.projection`; another linear one returns a `Plane` too.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry.doors import Doubles, check_count, checked
from embedlib.records import Floats

# Above this side Lanczos finds the few axes wanted 10 to 100 times sooner than a full solver.
_MOST_FULL = 100
_ROUNDING = 1e-12  # a smaller share is rounding, and its direction means nothing


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane (or line, or space) through the middle of the vectors.

    Args:
        points: (text, n) float32, where each text falls.
        explained: (n,) float32, share of the variance along each axis, 0 to 1, descending.
        components: (n, dim) float32, unit vectors along the axes; zeros for an axis along which
            nothing varies.
        centre: (dim,) float32, the mean vector, which falls on the origin.
    """

    points: Floats
    explained: Floats
    components: Floats
    centre: Floats

    def place(self, vectors: Any) -> Floats:
        """Where further vectors fall in this plane: (m, n) float32.

        Args:
            vectors: (m, dim) finite numbers.

        Raises:
            OptionError: If they have another number of dimensions, or are not finite.
        """
        doubles = checked(vectors)
        if doubles.shape[1] != len(self.centre):
            raise OptionError(
                f"The vectors must have {len(self.centre)} dimensions as the plane has, "
                f"got {doubles.shape[1]}.",
                "Take them from the same model, layer and pooling.",
            )
        placed: Floats = ((doubles - self.centre) @ self.components.T).astype(np.float32)
        return placed


def pca(vectors: Any, n_dims: int = 2) -> Plane:
    """The principal components of the vectors: the plane that keeps most of their variance.

    Exact, without sampling or random numbers: from the covariance when there are more texts than
    dimensions, from the products of texts otherwise. Each axis points so that its component's
    largest entry is positive. One text, or equal texts, fall on the origin.

    Args:
        vectors: (text, dim) finite numbers, at least one text.
        n_dims: Axes wanted, 1 to dim.

    Returns:
        The plane; `points` has as many rows as `vectors`.

    Raises:
        OptionError: If `n_dims` is outside its range, or `vectors` are not finite numbers.

    Source: Pearson 1901; the same as sklearn.decomposition.PCA up to signs.
    """
    doubles = checked(vectors)
    n_texts, dim = doubles.shape
    n_dims = check_count(n_dims, 1, dim, "The number of axes")
    if n_texts == 0:
        raise OptionError("The vectors must be those of at least one text, got none.")
    centre = doubles.mean(axis=0)
    doubles -= centre
    total = float(np.einsum("td,td->", doubles, doubles))
    axes, explained = np.zeros((n_dims, dim)), np.zeros(n_dims)
    # What is left of equal texts after the mean is taken off is rounding, not variance.
    if total > n_texts * (_ROUNDING * np.abs(centre).max()) ** 2:
        components, variances = _components(doubles, min(n_dims, n_texts))
        real = np.flatnonzero(variances > _ROUNDING * total)
        axes[real], explained[real] = components[real], variances[real] / total
    return Plane(
        points=(doubles @ axes.T).astype(np.float32),
        explained=explained.astype(np.float32),
        components=axes.astype(np.float32),
        centre=centre.astype(np.float32),
    )


def _components(centred: Doubles, n: int) -> tuple[Doubles, Doubles]:
    """(n, dim) orthonormal directions of most variance and (n,) sums of squares along them."""
    n_texts, dim = centred.shape
    if n_texts > dim:
        variances, vectors = _largest(centred.T @ centred, n)
        components = vectors.T
    else:
        variances, vectors = _largest(centred @ centred.T, n)
        components = vectors.T @ centred
        lengths = np.linalg.norm(components, axis=1, keepdims=True)
        components = components / np.where(lengths > 0, lengths, 1.0)
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return components * np.where(signs == 0, 1.0, signs)[:, None], variances


def _largest(products: Doubles, n: int) -> tuple[Doubles, Doubles]:
    """The n largest eigenvalues, descending, and their eigenvectors in columns."""
    side = len(products)
    if side > _MOST_FULL and n < side // 10:
        from scipy.sparse.linalg import ArpackError, eigsh

        start = np.random.default_rng(0).standard_normal(side)
        try:
            values, vectors = eigsh(products, k=n, which="LA", v0=start, tol=0)
        except ArpackError:  # many equal eigenvalues: slower, but it always comes to an end
            values, vectors = np.linalg.eigh(products)
    else:
        values, vectors = np.linalg.eigh(products)
    order = np.argsort(values)[::-1][:n]
    return np.maximum(values[order], 0.0), vectors[:, order]
