"""attention_explorer: every head of a model on one canvas, and the chosen ones token by token.

What the browser gets is decided in `attention.scene_bytes`; how it looks and what a click does, in
`assets/components/attention_explorer/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from embedlib.attention.scene import Scene
from embedlib.attention.scene_bytes import VIEWS, Link, checked, scene_payload
from embedlib.ui.components.front_end import register

MOST_HELD = 8  # grids that a browser may say it holds

_mount = register("attention_explorer")


@dataclass(frozen=True)
class Explored:
    """What a person looks at.

    Args:
        selected: Heads as (layer, head) from 0, in the order of choosing; of several the mean.
        pinned: The token that is followed through the layers, or None.
        view: "heat" or "lines", as it was when the browser last had something to say: changing it
            alone does not run the page again.
    """

    selected: tuple[tuple[int, int], ...]
    pinned: int | None = None
    view: str = "heat"


@dataclass(frozen=True)
class Exploring:
    """Where a person is, and how it came about.

    Args:
        tokens: Digest of the tokens on screen: a pinned one belongs to them.
        link: How often Python replaced what was chosen, and what the browser holds.
        start: What the script last asked to start with.
        now: What is on screen.
    """

    tokens: str
    link: Link
    start: Explored
    now: Explored


def attention_explorer(
    scene: Scene,
    *,
    key: str,
    selected: Sequence[tuple[int, int]],
    view: str = "heat",
    pinned: int | None = None,
    first_layer: int = 1,
    height: int = 560,
) -> Explored:
    """Show every head, and the selected ones; moving among them takes no run of the page.

    Args:
        scene: What is drawn. Keep it between runs: what is sent is worked out once a scene.
        key: Streamlit's key.
        selected: Heads to start with, as (layer, head) from 0. While it stays the same, or follows
            the result, the person's own choice stands; any other value replaces it. The same goes
            for `view` and `pinned`.
        view: A row of `VIEWS` to start with.
        pinned: A token to start with, from 0, or None.
        first_layer: What the first layer and the first head are called, 0 or 1.
        height: Pixels for the pictures, without the lines of text above and below.

    Raises:
        OptionError: If there is no such head or token.
        UnknownNameError: If there is no such view.
    """
    start = Explored(checked(scene, selected, pinned, view), pinned, view)
    memory_key = f"{key}__exploring"
    sent = (st.session_state.get(key) or {}).get("explored")
    exploring = next_exploring(st.session_state.get(memory_key), sent, scene=scene, start=start)
    st.session_state[memory_key] = exploring
    now = exploring.now
    payload = scene_payload(
        scene,
        now.selected,
        first_layer=first_layer,
        pinned=now.pinned,
        view=now.view,
        link=exploring.link,
        height=height,
    )
    _mount(key=key, data=payload, on_explored_change=lambda: None)
    return now


def next_exploring(
    before: Exploring | None, sent: Any, *, scene: Scene, start: Explored
) -> Exploring:
    """Where a person is, from where they were, what the browser sent and what the script asks.

    Args:
        before: Where they were in the last run, None in the first.
        sent: What the browser sent last, not yet trusted; None when a person has done nothing.
        scene: What is drawn now.
        start: What the script asks to start with.
    """
    if before is None:
        before = Exploring(scene.tokens_digest, Link(), start, start)
    elif start not in (before.start, before.now):
        link = replace(before.link, epoch=before.link.epoch + 1)
        before = Exploring(scene.tokens_digest, link, start, start)
    now = _received(sent, before, scene) or before.now
    heads = tuple(head for head in now.selected if scene.has_head(head)) or start.selected
    if before.tokens != scene.tokens_digest and now.pinned == before.now.pinned:
        now = replace(now, pinned=None)
    held = _held(sent) if isinstance(sent, dict) else before.link.held
    link = replace(before.link, held=held)
    return Exploring(scene.tokens_digest, link, start, replace(now, selected=heads))


def _received(sent: Any, before: Exploring, scene: Scene) -> Explored | None:
    """What the browser says is on screen, or None if that was before Python replaced it."""
    if not isinstance(sent, dict) or sent.get("epoch") != before.link.epoch:
        return None
    heads, pinned, view = sent.get("selected"), sent.get("pinned"), sent.get("view")
    if not isinstance(heads, list) or not isinstance(view, str) or view not in VIEWS:
        return None
    of_these = sent.get("tokens") == scene.tokens_digest
    known = type(pinned) is int and 0 <= pinned < scene.n_tokens
    found = dict.fromkeys((int(h[0]), int(h[1])) for h in heads if scene.has_head(h))
    return Explored(tuple(found), pinned if of_these and known else None, view)


def _held(sent: dict[str, Any]) -> tuple[str, ...]:
    held = sent.get("held")
    if not isinstance(held, list):
        return ()
    return tuple(digest for digest in held[:MOST_HELD] if isinstance(digest, str))
