"""attention_page: every head of a text as one HTML file, as it was left, for any browser."""

from collections.abc import Mapping, Sequence
from typing import Any

from embedlib.attention.scene import Scene
from embedlib.attention.scene_bytes import Link, scene_payload
from embedlib.exporting.page import page


def attention_page(
    scene: Scene,
    selected: Sequence[tuple[int, int]],
    *,
    theme: str = "auto",
    view: str = "heat",
    pinned: int | None = None,
    card: Mapping[str, Any],
    first_layer: int = 1,
) -> str:
    """The explorer as one file: it opens from a disk, without a network, as it was left.

    All heads are in it token by token, in 255 steps; the selected ones to four digits.

    Args:
        scene: What is drawn.
        selected: Heads as (layer, head) from 0; of several the mean is shown.
        theme: A row of `page.THEMES`.
        view: A row of `scene_bytes.VIEWS`.
        pinned: The token that is followed through the layers, from 0, or None.
        card: How the numbers came about: names to plain values; "model" is part of the title.
        first_layer: What the first layer and the first head are called, 0 or 1.

    Raises:
        OptionError: If there is no such head or token.
        UnknownNameError: If there is no such theme or view.
    """
    payload = scene_payload(
        scene,
        selected,
        first_layer=first_layer,
        pinned=pinned,
        view=view,
        link=Link(answers=False),
    )
    model = card.get("model")
    return page(
        "attention_explorer",
        "AttentionExplorer",
        payload,
        title=f"Attention in {model}" if model else "Attention",
        alt=scene.alt or scene.title,
        theme=theme,
        card=card,
    )
