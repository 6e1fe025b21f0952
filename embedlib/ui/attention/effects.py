"""What each head alone would change: the text's vector with one head off, for every head."""

from collections.abc import Callable

from embedlib.attention import head_effects
from embedlib.figures import head_grid, number
from embedlib.records import Floats, Progress
from embedlib.ui.attention import heads, picking
from embedlib.ui.attention.estimates import agreed
from embedlib.ui.attention.view import AttentionView, Head
from embedlib.ui.background import background

_MOST_OUTLINED = 12


def show(seen: AttentionView, off: tuple[Head, ...], pooling: str) -> None:
    """1 - cosine for every head that is off alone."""
    maps, special = seen.maps, seen.choice.tokens.pool_special
    layer = seen.choice.layer if isinstance(seen.choice.layer, int) else maps.n_layers
    n_heads = maps.n_layers * maps.n_heads

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Floats:
        return head_effects(
            seen.encoder(),
            maps.text,
            maps.pair,
            pooling=pooling,
            pool_special=special,
            layer=layer,
            max_tokens=seen.max_tokens,
            progress=progress,
            cancelled=cancelled,
        )

    key = ("effects", *picking.text_key(seen), pooling, special, layer)
    if not agreed(
        seen, key, n_heads * maps.n_tokens, f"Switch off each of {n_heads} heads in turn"
    ):
        return
    effects = background(key, work, f"Switching off each of {n_heads} heads in turn", height=360)
    first = divmod(int(effects.argmax()), maps.n_heads)
    picture = head_grid(
        effects,
        seen.palette,
        label=f"1 − cosine at layer {layer} without the head",
        title=f"{heads.name(first).capitalize()} alone matters most: without it the vector moves "
        f"by {number(float(effects[first]))}",
        chosen=off[:_MOST_OUTLINED],
    )
    picking.show_grid(picture, "effects")
