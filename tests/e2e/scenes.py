"""Scenes made by hand for browser tests: every head has a pattern of its own."""

import numpy as np

from embedlib.attention.scene import Scene

TEXTS = {
    "plain": [
        *("the", "river", "bank", "was", "closed", "and"),
        *("the", "money", "flowed", "to", "the", "sea"),
    ],
    "numbers": [f"t{number}" for number in range(600)],  # each token is written once
    "other": ["another", "text", "with", "other", "words"],
    "scripts": [
        *(
            "银行",
            "שלום",
            "عالم",
            "नमस्ते",
            "👩\u200d👩\u200d👧\u200d👦",
            "🇩🇪",
            "e\u0301\u0323",
            "\u0301",
        ),
        *("a\u202eb", "\n", "", " ", "ﬁn", "ไทย", "\ud800"),
        "strawberries-and-cream-forever",
    ],
    "markup": [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(2)</script>",
        "<svg/onload=alert(3)><style>*{display:none}</style>",
        "\"><iframe srcdoc='<script>parent.alert(4)</script>'>",
        "{{7*7}} $x^2$ :red[hi] ![a](http://example.invalid/x.png) &lt;b&gt;",
    ],
}


def scene_of(
    text: str = "plain",
    n_tokens: int = 12,
    n_layers: int = 4,
    n_heads: int = 6,
    kind: str = "Weight",
) -> Scene:
    """Heads that look at tokens some steps away; contributions are twice to five times as long."""
    pieces = [TEXTS[text][n % len(TEXTS[text])] for n in range(n_tokens - 3)]
    middle = len(pieces) // 2
    labels = ("[CLS]", *pieces[:middle], "[SEP]", *pieces[middle:], "[SEP]")
    special = np.array([label in ("[CLS]", "[SEP]") for label in labels])
    segment = np.array([int(n > middle + 1) for n in range(n_tokens)], dtype=np.int32)
    values = np.stack(
        [
            np.stack([pattern(layer, head, n_tokens) for head in range(n_heads)])
            for layer in range(n_layers)
        ]
    )
    if kind != "Weight":  # "Contribution 3" is three times as long
        factor = float(kind.partition(" ")[2] or 1)
        values *= factor * (2 + np.arange(n_layers, dtype=np.float32))[:, None, None, None]
    scale = np.ones(n_layers) if kind == "Weight" else values.reshape(n_layers, -1).max(1)
    safe = np.where(values > 0, values, 1)
    entropy = -(values * np.log(safe)).sum(-1).mean(-1) / np.log(n_tokens)
    return Scene(
        values,
        labels,
        special,
        segment,
        scale,
        kind,
        np.abs(entropy).astype(np.float32),
        "Entropy",
        off=((n_layers - 1, n_heads - 1),),
        title=f"{labels[1]} and {n_tokens} tokens, seen by {n_layers * n_heads} heads",
        alt=f"{n_layers} layers of {n_heads} heads; each looks some tokens away.",
    )


def pattern(layer: int, head: int, n_tokens: int) -> np.ndarray:
    """(query, key) float32 weights around a place `head - 2` tokens away, wider in later layers."""
    places = np.arange(n_tokens)
    away = places[None, :] - places[:, None] - (head - 2)
    weights = np.exp(-np.abs(away) / (0.3 + 0.6 * layer)) + 0.02
    weights[:, 0] += 0.4 * (head % 3 == 0)
    weights[:, -1] += 0.5 * (layer % 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
