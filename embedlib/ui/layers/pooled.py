"""Pooling explained on one text: tokens around the pooled point, their pulls, other poolings."""

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.exporting.panel_code import pooled_code
from embedlib.figures import Picture, map_of_tokens, named_bars, number
from embedlib.figures.text import quoted
from embedlib.pooling import POOLINGS, pooled_tokens
from embedlib.records import Floats, TokenVectors
from embedlib.ui import address, work
from embedlib.ui.explore.tokens import at_layer
from embedlib.ui.layers.taking import draw, offer, start
from embedlib.ui.layers.view import View, pick_row

MOST_TOKENS = 256
_SAME_PLACE = 0.08  # of the map's size: names of stars so near would cover each other
_LONG = "mean_sqrt_len"
_NAMES = tuple(name for name, row in POOLINGS.items() if not row.needs_choice)


def show(seen: View) -> None:
    """The map with every pooling's point, the pulls on one of them, and how far they are apart."""
    row = pick_row(seen, "Text", "pooled_text")
    pooling = address.chooser(
        st.pills,
        "Pulls on",
        list(_NAMES),
        format_func=lambda name: POOLINGS[name].label,
        key="pulled",
        default=seen.pooling if seen.pooling in _NAMES else "mean",
        required=True,
    )
    found = work.token_vectors(seen.choice, seen.corpus.texts[row])
    hidden = at_layer(found, seen.choice)[:MOST_TOKENS]
    special = found.special[:MOST_TOKENS]
    mask = pooled_tokens(special, pool_special=seen.choice.tokens.pool_special)
    if len(found.pieces) > MOST_TOKENS:
        st.caption(f":material/info: The first {MOST_TOKENS} tokens are taken.")
    vectors = {name: _pool(hidden, mask, name) for name in _NAMES}
    pictures, places = _map(seen, found, hidden, mask, special, vectors, pooling)
    pulls, picture = _pulls(seen, found, hidden, mask, pooling)
    tables = places | {
        "pulls": {"token": list(found.pieces[:MOST_TOKENS]), "pull": pulls.tolist()},
        "cosines": _apart(vectors),
    }
    code = pooled_code(start(seen), row, pooling, seen.choice.layer, MOST_TOKENS)
    offer(seen, "pooling", code, tables, [*pictures, picture], text=row + 1, pulls_on=pooling)


def _pool(hidden: Floats, mask: "np.ndarray", name: str) -> Floats:
    import torch

    pooled = POOLINGS[name].function(torch.from_numpy(hidden)[None], torch.from_numpy(mask)[None])
    return pooled[0].numpy()


def _map(
    seen: View,
    found: TokenVectors,
    hidden: Floats,
    mask: "np.ndarray",
    special: "np.ndarray",
    vectors: dict[str, Floats],
    pooling: str,
) -> tuple[list[Picture], dict[str, dict[str, list[object]]]]:
    """The picture, and its points as a table; none for a single token."""
    if len(hidden) < 2:
        st.caption("A map needs at least two tokens.")
        return [], {}
    plane = geometry.pca(hidden)
    drawn = {name: vector for name, vector in vectors.items() if name != _LONG}
    points = {POOLINGS[name].label: plane.place(vector[None])[0] for name, vector in drawn.items()}
    stars, called = _joined(points, plane.points)
    picture = map_of_tokens(
        plane.points,
        found.pieces[:MOST_TOKENS],
        stars,
        seen.palette,
        _finding(drawn),
        explained=plane.explained,
        special=special,
        sources={called.get(POOLINGS[pooling].label, ""): np.flatnonzero(mask)},
    )
    draw(picture, "pooled_map")
    st.caption(
        f"{POOLINGS[_LONG].label} points exactly where the mean points and is "
        f"{np.sqrt(mask.sum()):.1f} times as long: it would lie far outside and is not drawn."
    )
    names = [*found.pieces[:MOST_TOKENS], *points]
    x, y = np.concatenate([plane.points, [*points.values()]]).T.tolist()
    return [picture], {"map": {"token or pooling": names, "x": x, "y": y}}


def _finding(vectors: dict[str, Floats]) -> str:
    """Which poolings of a text lie nearest to its mean, and farthest from it."""
    others = [name for name in vectors if name != "mean"]
    cosines = geometry.cosine_matrix(np.stack([vectors["mean"], *(vectors[n] for n in others)]))[0]
    near, far = int(cosines[1:].argmax()), int(cosines[1:].argmin())
    said = [
        f"{POOLINGS[others[place]].label.lower()} ({number(float(cosines[1 + place]))})"
        for place in (near, far)
    ]
    return f"Nearest to the mean by cosine: {said[0]}; farthest: {said[1]}"


def _joined(points: dict[str, Floats], tokens: Floats) -> tuple[dict[str, Floats], dict[str, str]]:
    """Stars that would lie on each other as one with both names; each name to its star's."""
    near = _SAME_PLACE * float(np.ptp(tokens, axis=0).max())
    groups: list[list[str]] = []
    for name, point in points.items():
        for group in groups:
            if float(np.linalg.norm(points[group[0]] - point)) < near:
                group.append(name)
                break
        else:
            groups.append([name])
    stars = {" + ".join(group): points[group[0]] for group in groups}
    return stars, {name: " + ".join(group) for group in groups for name in group}


def _pulls(
    seen: View,
    found: TokenVectors,
    hidden: Floats,
    mask: "np.ndarray",
    pooling: str,
) -> tuple[Floats, Picture]:
    weights = POOLINGS[pooling].weights
    if weights is None:
        pulls = geometry.maximum_pulls(hidden, mask)
        how = "share of the squared length in the dimensions that the token decides"
    else:
        column = np.zeros(len(mask))
        column[mask] = weights(int(mask.sum()))
        pulls = geometry.pulls(hidden, column)
        how = "share of the squared length of the pooled vector that the token adds"
    rows = np.flatnonzero(mask)
    strongest = int(rows[np.argmax(pulls[rows])])
    label = POOLINGS[pooling].label
    picture = named_bars(
        [f"{place}  {found.pieces[place]}" for place in rows],
        pulls[rows],
        seen.palette,
        f"{quoted(found.pieces[strongest])} pulls the {label.lower()} most "
        f"({number(float(pulls[strongest]))})",
        unit="pull (all add up to 1)",
        subtitle=f"{seen.choice.layer_name}; {how}",
    )
    draw(picture, "pulls")
    return pulls, picture


def _apart(vectors: dict[str, Floats]) -> dict[str, list[object]]:
    """The cosines between the poolings' vectors: where the others would have landed."""
    cosines = geometry.cosine_matrix(np.stack([*vectors.values()]))
    labels = [POOLINGS[name].label for name in vectors]
    table: dict[str, list[object]] = {"Cosine": list(labels)}
    for place, label in enumerate(labels):
        table[label] = [float(value) for value in cosines[:, place]]
    st.dataframe(
        table,
        hide_index=True,
        column_config={label: st.column_config.NumberColumn(format="%.3f") for label in labels},
        alt="Cosines between the vectors of the poolings",
    )
    return table
