"""A scene as bytes for the explorer in `assets/components/attention_explorer/`.

The header names everything in words; arrays follow as in `browser.payload`: "grid" (every head,
uint8), "head" (the chosen heads' mean), "strip" (a pinned token through all layers) and
"strongest" (each head's largest value).
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.attention.scene import Grid, Scene
from embedlib.attention.views import head_mean
from embedlib.browser.marks import Run, runs
from embedlib.browser.payload import deflated_floats, packed
from embedlib.browser.pieces import quoted
from embedlib.errors import OptionError
from embedlib.records import Floats
from embedlib.table import Table

VIEWS: Final = Table(
    "view",
    {
        "heat": "a heat map, a row for each token that attends",
        "lines": "lines between two columns of tokens, as in BertViz's head view",
    },
)
_NO_LETTERS: Final[list[Run]] = [["join", "empty", "no letters", 0]]


@dataclass(frozen=True)
class Link:
    """What the browser and Python have agreed on so far.

    Args:
        epoch: Counts how often Python replaced what a person had chosen.
        held: Digests of the grids that the browser still has, which are not sent again.
        answers: Whether Python answers; a file gets every head token by token instead.
    """

    epoch: int = 0
    held: Collection[str] = ()
    answers: bool = True


def scene_payload(
    scene: Scene,
    selected: Sequence[tuple[int, int]],
    *,
    first_layer: int = 1,
    pinned: int | None = None,
    view: str = "heat",
    height: int = 560,
    link: Link = Link(),
) -> bytes:
    """What the browser gets, at most 1.07 MB for 12 x 12 heads and 128 tokens.

    Args:
        scene: What is drawn.
        selected: Heads as (layer, head) from 0; of several the mean is shown.
        first_layer: What the first layer and the first head are called, 0 or 1.
        pinned: A token to follow through all layers, from 0, or None.
        view: A row of `VIEWS`.
        height: Pixels for the pictures.
        link: What the browser has already, and what it may ask for.

    Raises:
        OptionError: If there is no such head or token, or `first_layer` is neither 0 nor 1.
        UnknownNameError: If there is no such view.
    """
    heads = checked(scene, selected, pinned, view)
    if first_layer not in (0, 1):
        raise OptionError(f"first_layer must be 0 or 1, got {first_layer!r}.")
    grid = scene.grid if link.answers else scene.whole_grid
    parts = {"head": deflated_floats(head_mean(scene.values, heads))}
    parts["strongest"] = deflated_floats(scene.strongest[0])
    if grid.digest not in link.held:
        parts["grid"] = grid.content
    if pinned is not None:
        parts["strip"] = deflated_floats(through_layers(scene, heads, pinned))
    state = {"selected": heads, "pinned": pinned, "view": view, "epoch": link.epoch}
    shown = {"first": first_layer, "height": height, "answers": link.answers}
    return packed({**_facts(scene, grid), **state, **shown}, parts)


def checked(
    scene: Scene, selected: Sequence[tuple[int, int]], pinned: int | None, view: str
) -> tuple[tuple[int, int], ...]:
    """The heads, each once, when there are such heads, such a token and such a view.

    Raises:
        OptionError: If there is no such head or token, or no head is selected.
        UnknownNameError: If there is no such view.
    """
    VIEWS[view]
    heads = scene.checked_heads(list(selected))
    if not heads:
        raise OptionError("At least one head must be selected, got none.", "Such as [(0, 0)].")
    if pinned is not None and not 0 <= pinned < scene.n_tokens:
        raise OptionError(
            f"A pinned token must be one of {scene.n_tokens}, got {pinned}.",
            "Count tokens from 0, special tokens included.",
        )
    return heads


def through_layers(scene: Scene, heads: Sequence[tuple[int, int]], token: int) -> Floats:
    """(4, layer, token) what a token attends to and what attends to it, layer by layer.

    The first two rows are of the mean of the heads with the numbers of `heads`, the last two of
    the mean of all heads; of each, the first is from `token`, the second is to it.
    """
    numbers = sorted({head for _, head in heads})
    leaving, arriving = scene.values[:, :, token, :], scene.values[:, :, :, token]
    means = [part.mean(axis=1) for part in (leaving[:, numbers], arriving[:, numbers])]
    means += [leaving.mean(axis=1), arriving.mean(axis=1)]
    return np.stack(means).astype(np.float32)


def _facts(scene: Scene, grid: Grid) -> dict[str, Any]:
    """What is drawn, as JSON takes it; texts as runs, which no character can mislead."""
    return {
        "scene": scene.digest,
        "grid": grid.digest,
        "tokens": scene.tokens_digest,
        "n_layers": scene.n_layers,
        "n_heads": scene.n_heads,
        "n_tokens": scene.n_tokens,
        "edges": grid.edges.tolist(),
        "labels": [quoted(label) or _NO_LETTERS for label in scene.labels],
        "special": [bool(mark) for mark in scene.special],
        "segment": [int(number) for number in scene.segment],
        "scale": [float(number) for number in scene.scale],
        "kind": scene.kind_label,
        "strongest_at": scene.strongest[1].tolist(),
        "measure": None if scene.measure is None else _without_nan(scene.measure),
        "measure_label": scene.measure_label,
        "off": scene.off,
        "title": runs(scene.title),
        "alt": runs(scene.alt or scene.title),
    }


def _without_nan(measure: Floats) -> Any:
    rows = np.asarray(measure, dtype=np.float64).tolist()
    return [[value if math.isfinite(value) else None for value in row] for row in rows]
