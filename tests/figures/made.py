"""One picture of every kind from given texts, for the laws that all pictures keep."""

from collections.abc import Callable, Sequence

import numpy as np

from embedlib.figures import (
    Palette,
    Picture,
    centroid_matrix,
    cut_texts,
    layer_curve,
    map_of_texts,
    map_of_tokens,
    norms_bar,
    similarity_matrix,
    vector_strip,
)
from embedlib.figures.cloud import Colouring, categories, numbers
from embedlib.figures.honesty import honesty_scores
from embedlib.figures.spaces import space_of_texts
from embedlib.geometry import cosine_matrix, pca
from embedlib.records import Ledger

TEXTS = (
    "Where is my card?",
    "我把钱存进了银行。",
    "جلسنا على ضفة النهر نراقب الماء.",
    "👩‍🔬👨‍👩‍👧‍👦 at the river 🏞️",
    "word " * 4000,
    "ok",
)
# What a person may write to run a script, load a picture, call a formula or hide what follows.
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>click</a>",
    '"><svg onload=alert(1)>',
    "$\\frac{1}{2}$ $$x$$",
    "%{x} %{customdata[0]} %{meta}",
    "&lt;b&gt; &amp; &#60;",
    "<b>bold</b><br>new line\nnext\r\nthird",
    "\u202eright to left override\u202c",
    "nul \x00 bell \x07 escape \x1b[31m",
    "lone \ud800 surrogate",
    "`code` **bold** ![](http://a.example/b.png) :red[x]",
)


def vectors_of(n: int, dim: int = 16) -> np.ndarray:
    """(n, dim) float32, always the same."""
    return np.random.default_rng(n).standard_normal((n, dim)).astype(np.float32)


def _similarity(texts: Sequence[str], palette: Palette) -> Picture:
    return similarity_matrix(cosine_matrix(vectors_of(len(texts))), texts, palette)


def _centroids(texts: Sequence[str], palette: Palette) -> Picture:
    similarity = cosine_matrix(vectors_of(len(texts)))
    return centroid_matrix(similarity, texts, palette, counts=range(1, len(texts) + 1))


def _map(texts: Sequence[str], palette: Palette) -> Picture:
    plane = pca(vectors_of(len(texts)))
    return map_of_texts(
        plane.points, texts, texts[::-1], plane.explained, palette, highlighted=[0, 1]
    )


def _large_map(texts: Sequence[str], palette: Palette) -> Picture:
    many = (list(texts) * 2001)[:2001]
    return map_of_texts(vectors_of(2001, 2), many, many[::-1], None, palette)


def _space(texts: Sequence[str], palette: Palette, colouring: Colouring) -> Picture:
    points = vectors_of(len(texts), 3)
    return space_of_texts(points, texts, colouring, palette, highlighted=[0])


def _tokens(texts: Sequence[str], palette: Palette) -> Picture:
    plane = pca(vectors_of(len(texts)))
    pooled = {texts[0]: plane.points.mean(axis=0), texts[1]: plane.points[0]}
    return map_of_tokens(
        plane.points,
        texts,
        pooled,
        palette,
        explained=plane.explained,
        special=np.arange(len(texts)) == 0,
        sources={texts[0]: range(len(texts))},
    )


def _curves(texts: Sequence[str], palette: Palette) -> Picture:
    curves = {text: np.tanh(vectors_of(7, 1)[:, 0] + k) for k, text in enumerate(texts[:8])}
    return layer_curve(curves, np.full(7, 0.4, np.float32), palette, chosen_layer=3)


def _cuts(texts: Sequence[str], palette: Palette) -> Picture:
    n_all = np.array([len(text) for text in texts])
    kept = np.minimum(n_all, 30)
    return cut_texts(Ledger(n_all, kept, np.ones_like(n_all), 32), palette)


PICTURES: dict[str, Callable[[Sequence[str], Palette], Picture]] = {
    "similarity_matrix": _similarity,
    "centroid_matrix": _centroids,
    "map_of_texts": _map,
    "map_of_texts, many": _large_map,
    "space_of_texts": lambda texts, palette: _space(texts, palette, categories("label", texts)),
    "space_of_texts, numbers": lambda texts, palette: _space(
        texts, palette, numbers("length", [len(text) for text in texts], unit="characters")
    ),
    "honesty_scores": lambda texts, palette: honesty_scores(
        {"This map": (0.9, 0.9, 0.4), "PCA": (0.8, 0.8, 0.2)}, palette
    ),
    "map_of_tokens": _tokens,
    "vector_strip": lambda texts, palette: vector_strip(vectors_of(1, 384)[0], palette),
    "vector_strip, several": lambda texts, palette: vector_strip(
        dict(zip(texts[:3], vectors_of(3, 768), strict=True)), palette
    ),
    "norms_bar": lambda texts, palette: norms_bar(
        np.arange(len(texts), dtype=np.float32) + 1, texts, palette
    ),
    "layer_curve": _curves,
    "cut_texts": _cuts,
}
