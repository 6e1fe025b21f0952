"""Pictures of attention as heat maps: rollout and flow, one token followed, two texts compared.

Arrays count blocks from 0; a person reads them counted from 1, for block 0 makes layer 1.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from embedlib.figures.amounts import counted, number, percent
from embedlib.figures.head_grids import FIRST
from embedlib.figures.picture import Picture, blank
from embedlib.figures.text import quoted
from embedlib.figures.theme import Palette
from embedlib.figures.token_heat import TokenHeat, token_heat
from embedlib.records import Floats

GAP = "–"  # what stands in the place of a token that one text lacks


def rollout_map(
    shares: Floats,
    tokens: Sequence[str],
    palette: Palette,
    *,
    method: str,
    strip: Mapping[str, Floats],
    whose: str,
) -> Picture:
    """How much of each input token is in each token of a layer, and what a vector draws from.

    Args:
        shares: (query, input token), rows summing to 1.
        tokens: (token,) as they are written.
        palette: The theme.
        method: How that was calculated, in our words: "Rollout to layer 5, residual 0.50".
        strip: Name to (input token,) shares that a vector draws from each; the first is that of
            the picture, the others what it is held against.
        whose: Whose shares these are, in our words: "the mean of the tokens".

    Raises:
        OptionError: If the shapes do not match.
    """
    heat = TokenHeat(
        shares,
        tuple(tokens),
        tuple(tokens),
        "token",
        "draws from",
        "share",
        limit=_limit(shares),
    )
    name, first = next(iter(strip.items()))
    most = int(np.argmax(first))
    title = f"{whose[:1].upper()}{whose[1:]} draws most from {quoted(tokens[most])}: "
    title += f"{percent(float(first[most]))} ({name})"
    subtitle = f"{method}; above: what {whose} draws from each of {counted(len(tokens), 'token')}"
    return token_heat(heat, title, subtitle, palette, strip=strip)


def followed_map(
    values: Floats,
    tokens: Sequence[str],
    palette: Palette,
    *,
    row: int,
    receives: bool,
    heads: str,
    unit: str = "weight",
) -> Picture:
    """One token through all layers: what it looks at, or who looks at it.

    Args:
        values: (layer, token), 0 or more.
        tokens: (token,) as they are written.
        palette: The theme.
        row: The token that is followed.
        receives: Whether `values` say how much each token attends to it, not it to them.
        heads: Which heads, in our words: "mean of 12 heads".
        unit: "weight" or "contribution".

    Raises:
        OptionError: If the shapes do not match.
    """
    layers = tuple(str(layer + FIRST) for layer in range(len(values)))
    heat = TokenHeat(values, layers, tuple(tokens), "layer", "token", unit)
    title = _followed(values, tokens, row, receives=receives)
    what = "What looks at" if receives else "What is looked at by"
    subtitle = f"{what} {quoted(tokens[row])} in each layer, {heads}"
    return token_heat(heat, title, subtitle, palette)


def _followed(values: Floats, tokens: Sequence[str], row: int, *, receives: bool) -> str:
    """The finding: the layer and the other token where most goes."""
    others = np.array(values, dtype=np.float64)
    if others.shape[1] > 1:
        others[:, row] = -1.0
    layer, other = divmod(int(others.argmax()), others.shape[1])
    value = number(float(values[layer, other]))
    here, there = quoted(tokens[row]), quoted(tokens[other])
    if not values.any():
        return f"Nothing looks at {here}" if receives else f"{here} looks at nothing that is shown"
    if receives:
        return f"{there} looks most at {here}, in layer {layer + FIRST} ({value})"
    return f"Beside itself {here} looks most at {there}, in layer {layer + FIRST} ({value})"


def difference_map(
    difference: Floats,
    pairs: Sequence[tuple[str | None, str | None]],
    palette: Palette,
    *,
    head: str,
    unit: str = "weight",
) -> Picture:
    """Second text minus first in one head, over the places that the two are aligned to.

    Args:
        difference: (place, place), NaN where one text has no token.
        pairs: (place,) how the token of the first text and that of the second are written; None
            for a gap.
        palette: The theme.
        head: Which head, in our words: "layer 4, head 1".
        unit: "weight" or "contribution".

    Raises:
        OptionError: If the shapes do not match.
    """
    names = tuple(_side_by_side(first, second) for first, second in pairs)
    known = np.isfinite(difference)
    if not known.any():
        return blank(palette, "The two texts have no token in common")
    heat = TokenHeat(
        difference, names, names, "from", "to", f"{unit}, second minus first", signed=True
    )
    gaps = int(sum(None in pair for pair in pairs))
    subtitle = f"{head[:1].upper()}{head[1:]}: {unit} in the second text minus the first"
    subtitle += f"; {counted(gaps, 'token')} without a counterpart left empty" if gaps else ""
    return token_heat(heat, _changed(difference, names, head), subtitle, palette)


def _changed(difference: Floats, names: Sequence[str], head: str) -> str:
    """The finding: where attention changed most."""
    sizes = np.nan_to_num(np.abs(difference), nan=-1.0)
    query, key = divmod(int(sizes.argmax()), sizes.shape[1])
    value = float(difference[query, key])
    if value == 0:
        return f"Nothing changes in {head}"
    more = "more" if value > 0 else "less"
    return (
        f"{quoted(names[query])} looks {more} at {quoted(names[key])}, "
        f"by {number(abs(value))}: the largest change"
    )


def _side_by_side(first: str | None, second: str | None) -> str:
    """ "bank", or "river → savings" where the two differ."""
    if first == second:
        return first or GAP
    return f"{first if first is not None else GAP} → {second if second is not None else GAP}"


def _limit(shares: Floats) -> float:
    """Where colours end: the most drawn from another token, but for the one that all draw from.

    A token's share of itself, and one column that all draw from ([CLS], often), would outshine
    everything else.
    """
    others = np.array(shares, dtype=np.float64)
    np.fill_diagonal(others, 0.0)
    if len(others) > 2:
        others[:, int(others.sum(axis=0).argmax())] = 0.0
    return float(others.max(initial=0.0)) or 1.0
