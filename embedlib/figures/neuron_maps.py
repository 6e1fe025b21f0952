"""One query of one head from the inside: what each dimension adds to each key's score."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedlib.figures.amounts import number, percent
from embedlib.figures.picture import Picture
from embedlib.figures.text import quoted
from embedlib.figures.theme import Palette, axis
from embedlib.figures.token_heat import TokenHeat, keys, token_heat
from embedlib.records import Floats

_BODY, _SCORES, _WEIGHTS = [0.0, 0.70], [0.74, 0.86], [0.90, 1.0]  # of the width


def product_map(
    products: Floats,
    weights: Floats,
    tokens: Sequence[str],
    palette: Palette,
    *,
    query: int,
    deciding: Floats,
    ordered: bool = False,
) -> Picture:
    """Query times key, dimension by dimension, with the score that they sum to and the weight.

    Args:
        products: (key, head dim), scaled; rows sum to the scores that go into the softmax, but
            for what a model adds for distance.
        weights: (key,) what came out.
        tokens: (key,) as they are written; only the keys that the query sees.
        palette: The theme.
        query: Which of them is the query.
        deciding: (head dim,) share of the difference between keys that each dimension makes.
        ordered: Whether the dimension that decides most stands first.

    Raises:
        OptionError: If the shapes do not match.
    """
    order = np.argsort(-deciding, kind="stable") if ordered else np.arange(len(deciding))
    heat = TokenHeat(
        np.asarray(products)[:, order],
        tuple(tokens),
        tuple(str(dim) for dim in order.tolist()),
        "key",
        "dimension",
        "query × key, scaled",
        signed=True,
    )
    key, dim = int(np.argmax(weights)), int(np.argmax(deciding))
    title = f"{quoted(tokens[query])} looks most at {quoted(tokens[key])} "
    title += f"({number(float(weights[key]))})"
    if deciding[dim] > 0:
        title += f"; dimension {dim} makes {percent(min(1.0, float(deciding[dim])))} of the "
        title += "difference between keys"
    subtitle = "Query × key in each dimension; their sum is the score, the softmax of scores "
    drawn = token_heat(heat, title, subtitle + "the weight", palette)
    return _with_bars(
        drawn, np.asarray(products).sum(axis=1), weights, keys(tuple(tokens)), palette
    )


def state_map(
    values: Floats, tokens: Sequence[str], palette: Palette, *, what: str, query: int
) -> Picture:
    """Queries, keys or values of a head: (token, head dim) numbers around zero.

    Args:
        values: (token, head dim).
        tokens: (token,) as they are written.
        palette: The theme.
        what: Which they are, in our words: "keys".
        query: The token that the finding speaks of.

    Raises:
        OptionError: If the shapes do not match.
    """
    dims = tuple(str(dim) for dim in range(np.shape(values)[1]))
    heat = TokenHeat(values, tuple(tokens), dims, "token", "dimension", "value", signed=True)
    dim = int(np.argmax(np.abs(values[query])))
    title = f"{what[:1].upper()}{what[1:]}: of {quoted(tokens[query])} dimension {dim} is largest, "
    title += number(float(values[query, dim]))
    return token_heat(heat, title, f"{what[:1].upper()}{what[1:]} of every token", palette)


def _with_bars(
    drawn: Picture, scores: Floats, weights: Floats, names: list[str], palette: Palette
) -> Picture:
    """The picture with two columns of bars at its right, on the same rows."""
    low, high = min(0.0, float(np.min(scores))), max(0.0, float(np.max(scores)))
    room = 0.04 * ((high - low) or 1.0)
    most = 1.08 * (float(np.max(weights)) or 1.0)
    zero = {"zeroline": True, "zerolinecolor": palette.muted, "zerolinewidth": 1}
    sides: tuple[tuple[str, Floats, list[float], list[float], str, dict[str, Any]], ...] = (
        ("score", scores, _SCORES, [low - room, high + room], palette.muted, zero),
        ("weight", weights, _WEIGHTS, [0.0, most], palette.accent, {}),
    )
    drawn.figure.update_layout(xaxis={"domain": _BODY}, bargap=0.25)
    for place, (name, values, domain, ends, colour, more) in enumerate(sides, start=2):
        side = axis(palette, name, domain=domain, range=ends, nticks=3, anchor="y", **more)
        drawn.figure.update_layout({f"xaxis{place}": side})
        drawn.figure.add_bar(
            orientation="h",
            x=np.asarray(values, dtype=np.float32),
            y=names,
            xaxis=f"x{place}",
            marker={"color": colour},
            hovertemplate=f"key %{{y}}<br>{name} <b>%{{x:.6f}}</b><extra></extra>",
        )
    return drawn
