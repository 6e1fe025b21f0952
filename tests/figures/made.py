"""One picture of every kind from given texts, for the laws that all pictures keep."""

from collections.abc import Callable, Sequence

import numpy as np

from embedlib.figures import (
    Cells,
    Palette,
    Picture,
    cell_table,
    centroid_matrix,
    change_curve,
    cut_texts,
    difference_map,
    followed_map,
    head_grid,
    label_rows,
    layer_curve,
    layer_maps,
    map_of_texts,
    map_of_tokens,
    named_bars,
    norms_bar,
    prediction_change,
    product_map,
    role_profile,
    rollout_map,
    score_curves,
    similarity_matrix,
    state_map,
    training_curves,
    vector_strip,
)
from embedlib.figures.cloud import Colouring, categories, numbers
from embedlib.figures.dots import interval_dots
from embedlib.figures.dumbbells import dumbbells
from embedlib.figures.honesty import honesty_scores
from embedlib.figures.layer_lines import layer_lines
from embedlib.figures.learning import learning_curves
from embedlib.figures.reliability import reliability
from embedlib.figures.spaces import space_of_texts
from embedlib.figures.text import quoted
from embedlib.figures.thresholds import precision_recall_picture, roc_picture
from embedlib.geometry import aligned_planes, cosine_matrix, pca
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


def shares_of(n_rows: int, n_columns: int) -> np.ndarray:
    """(row, column) float32 with rows that sum to 1, always the same."""
    rows = np.abs(vectors_of(n_rows, n_columns))
    return rows / rows.sum(axis=1, keepdims=True)


def _rollout(texts: Sequence[str], palette: Palette) -> Picture:
    shares = shares_of(len(texts), len(texts))
    strip = {"residual 0.50": shares[0], "measured residual": shares[-1]}
    return rollout_map(
        shares, texts, palette, method="Rollout to layer 6", strip=strip, whose="the first token"
    )


def _followed(texts: Sequence[str], palette: Palette) -> Picture:
    values = shares_of(6, len(texts))
    return followed_map(values, texts, palette, row=0, receives=False, heads="mean of 12 heads")


def _difference(texts: Sequence[str], palette: Palette) -> Picture:
    change = vectors_of(len(texts), len(texts)).copy()
    change[-1] = np.nan if len(texts) > 1 else change[-1]
    pairs = [(text, text[::-1]) for text in texts[:-1]] + [(None, texts[-1])]
    return difference_map(change, pairs, palette, head="layer 4, head 1")


def _products(texts: Sequence[str], palette: Palette) -> Picture:
    weights = shares_of(1, len(texts))[0]
    deciding = shares_of(1, 32)[0]
    return product_map(
        vectors_of(len(texts), 32), weights, texts, palette, query=0, deciding=deciding
    )


def _predictions(texts: Sequence[str], palette: Palette) -> Picture:
    before = dict(zip(texts, shares_of(1, len(texts))[0].tolist(), strict=True))
    after = dict(zip(texts[::-1], before.values(), strict=True))
    return prediction_change(before, after, palette, what="without 2 heads")


def _profile(_: Sequence[str], palette: Palette) -> Picture:
    return role_profile(
        {"Previous token": 0.8, "First token": 0.1, "Punctuation": float("nan")},
        {"Previous token": 0.2, "First token": 0.3, "Punctuation": -1.0},
        palette,
        head="layer 4, head 1",
        role="Previous token",
        interval=(0.7, 0.9),
        above=True,
    )


def _cells(texts: Sequence[str], palette: Palette) -> Picture:
    n = len(texts)
    cells = Cells(
        np.tanh(vectors_of(n, n)),
        texts,
        texts[::-1],
        -1,
        1,
        diverging=True,
        stars=frozenset({(0, 0)}),
        chosen=(0, 0),
        hover=lambda row, column: texts[row],
    )
    return cell_table(cells, palette, f"Most alike: {quoted(texts[0])}", "Everything is made up.")


def _scores(texts: Sequence[str], palette: Palette) -> Picture:
    points = np.stack([np.full(7, 0.5), np.full(7, 0.4), np.full(7, 0.6)], axis=1)
    layers = [*map(str, range(6)), "Mean of all layers"]
    scores = dict.fromkeys(texts, points)
    title = f"Best: {quoted(texts[0])}"
    references = {"Chance": 0.1}
    return score_curves(layers, scores, palette, title, score="Accuracy", references=references)


def _bars(texts: Sequence[str], palette: Palette) -> Picture:
    return named_bars(
        texts, vectors_of(len(texts), 1)[:, 0], palette, f"{quoted(texts[0])} pulls", unit="pull"
    )


def _layer_maps(texts: Sequence[str], palette: Palette) -> Picture:
    points = aligned_planes(np.stack([vectors_of(len(texts))] * 7))
    return layer_maps(
        points, [f"Layer {n}" for n in range(7)], texts, texts[::-1], palette, "A word's journey"
    )


def _dots(texts: Sequence[str], palette: Palette) -> Picture:
    rows = np.tile([[0.8, 0.7, 0.9]], (len(texts), 1))
    rows[-1] = np.nan if len(texts) > 1 else rows[-1]
    scores = {"Accuracy": rows, "Macro-F1": rows - 0.1}
    return interval_dots(texts, scores, palette, f"Highest: {quoted(texts[0])}", unit="score")


def _dumbbells(texts: Sequence[str], palette: Palette) -> Picture:
    values = np.abs(np.tanh(vectors_of(len(texts), 2)))
    title = f"{quoted(texts[0])} stands further apart"
    return dumbbells(texts, values, palette, title, unit="share of texts")


def _reliability(_: Sequence[str], palette: Palette) -> Picture:
    bins = [
        {"low": 0.0, "high": 0.5, "rows": 0, "confidence": None, "accuracy": None},
        {"low": 0.5, "high": 1.0, "rows": 9, "confidence": 0.8, "accuracy": 0.7},
    ]
    return reliability({"as trained": bins, "calibrated": bins}, palette, "Confidence is right")


def _learning(texts: Sequence[str], palette: Palette) -> Picture:
    curve = np.array([[10, 0.5, 0.4, 0.6], [100, 0.8, 0.75, 0.85]])
    ahead = np.array([[100, 0.8, 0.75, 0.85], [400, 0.85, 0.8, 0.9]])
    curves = dict.fromkeys(texts[:3], curve)
    title = "More rows would help a little"
    return learning_curves(curves, palette, title, unit="accuracy", forecast=ahead)


def _layer_lines(texts: Sequence[str], palette: Palette) -> Picture:
    lines = dict.fromkeys(texts, np.array([1.0, 0.9, np.nan, 0.5]))
    return layer_lines(range(4), lines, palette, "Layer 3 changed most of all", unit="share")


def _roc(texts: Sequence[str], palette: Palette) -> Picture:
    rate = np.array([0.0, 0.2, 1.0], np.float32)
    return roc_picture(texts[0], rate, np.sqrt(rate), 0.9, palette)


def _precision(texts: Sequence[str], palette: Palette) -> Picture:
    rate = np.array([0.0, 0.2, 1.0], np.float32)
    return precision_recall_picture(texts[0], rate, 1 - rate / 2, 0.8, 0.5, palette)


def _training(_: Sequence[str], palette: Palette) -> Picture:
    loss = ([10, 20, 30, 40], [2.0, 1.2, 0.9, 0.7])
    return training_curves(
        loss, ([20, 40], [1.4, 1.0]), ([20, 40], [0.5, 0.7]), palette, score="macro F1", steps=60
    )


def _label_rows(texts: Sequence[str], palette: Palette) -> Picture:
    counts = {text: {"train": 7 + k, "validation": 1, "test": 2} for k, text in enumerate(texts)}
    return label_rows(counts, palette)


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
        {"This map": (0.9, 0.9, 0.4, 0.8), "PCA": (0.8, 0.8, 0.2, 0.9)}, palette
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
    "rollout_map": _rollout,
    "followed_map": _followed,
    "difference_map": _difference,
    "product_map": _products,
    "state_map": lambda texts, palette: state_map(
        vectors_of(len(texts), 32), texts, palette, what="keys", query=0
    ),
    "head_grid": lambda texts, palette: head_grid(
        shares_of(6, 12),
        palette,
        label="1 − cosine",
        chosen=((3, 0),),
        marked=np.eye(6, 12, dtype=bool),
        mark="above random weights",
    ),
    "role_profile": _profile,
    "change_curve": lambda texts, palette: change_curve(
        {text: np.abs(vectors_of(7, 1)[:, 0]) + k for k, text in enumerate(texts[:8])},
        palette,
        what="without 2 heads",
    ),
    "prediction_change": _predictions,
    "cell_table": _cells,
    "score_curves": _scores,
    "named_bars": _bars,
    "layer_maps": _layer_maps,
    "interval_dots": _dots,
    "dumbbells": _dumbbells,
    "reliability": _reliability,
    "learning_curves": _learning,
    "layer_lines": _layer_lines,
    "roc_picture": _roc,
    "precision_recall_picture": _precision,
    "training_curves": _training,
    "label_rows": _label_rows,
}
