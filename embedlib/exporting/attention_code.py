"""Show code for attention: the short Python that makes what the picture shows.

Every name and text is put in as a literal, so that no text can become code.
"""

from dataclasses import asdict

from embedlib.attention.filters import Filters, Shown
from embedlib.attention.maps import AttentionMaps
from embedlib.exporting.attention import Heads
from embedlib.exporting.code import MOST_LITERAL_CHARACTERS, literal


def attention_code(
    maps: AttentionMaps, shown: Shown, heads: Heads, *, max_tokens: int | None = None
) -> str:
    """Python whose variable `values` is the (query, key) picture: one head, or a mean.

    Args:
        maps: What was read.
        shown: The maps after the filters.
        heads: (layer, head) on show, both from 0.
        max_tokens: As it was given to `attention`.
    """
    encoder = maps.encoder
    imports, texts = _texts(maps)
    options = "" if encoder.dtype == "float32" else f", dtype={literal(encoder.dtype)}"
    names = "text" if maps.pair is None else "text, pair"
    bound = "" if max_tokens is None else f", max_tokens={max_tokens}"
    lines = [
        *imports,
        "from embedlib import attention, load",
        "",
        *_models_folder(encoder.source),
        *texts,
        f"encoder = load({literal(encoder.name)}{options})",
        f"maps = attention.attention(encoder, {names}{bound})",
        f"shown = attention.shown({', '.join(['maps', *_filters(shown)])})",
        *_values(heads, maps),
        "print(values.shape)",
    ]
    return "\n".join(lines) + "\n"


def _texts(maps: AttentionMaps) -> tuple[list[str], list[str]]:
    texts = {"text": maps.text} | ({} if maps.pair is None else {"pair": maps.pair})
    if sum(map(len, texts.values())) <= MOST_LITERAL_CHARACTERS:
        return [], [f"{name} = {literal(text)}" for name, text in texts.items()]
    return ["from pathlib import Path", ""], [
        f'{name} = Path("{name}.txt").read_text("utf-8")  # save the {name} under this name'
        for name in texts
    ]


def _models_folder(source: str) -> list[str]:
    if source != "folder":
        return []
    return ["# A local model: EMBEDLIB_MODELS_DIR must name the folder that holds its folder."]


def _filters(shown: Shown) -> list[str]:
    """The kind and what differs from the plain view, as arguments."""
    plain = asdict(Filters())
    asked = [
        f"{name}={literal(fact)}"
        for name, fact in asdict(shown.filters).items()
        if fact != plain[name]
    ]
    kind = [] if shown.kind == "weight" and not asked else [literal(shown.kind)]
    return [*kind, *([f"attention.Filters({', '.join(asked)})"] if asked else [])]


def _values(heads: Heads, maps: AttentionMaps) -> list[str]:
    note = "  # (query, key); layers and heads count from 0"
    if len(heads) == 1:
        layer, head = heads[0]
        return [f"values = shown.values[{layer}, {head}]{note}"]
    layers, numbers = sorted({a for a, _ in heads}), sorted({b for _, b in heads})
    if len(heads) == len(layers) * len(numbers):
        some = [] if len(layers) == maps.n_layers else [f"layers={layers}"]
        some += [] if len(numbers) == maps.n_heads else [f"heads={numbers}"]
        return [f"values = attention.averaged({', '.join(['shown.values', *some])}){note}"]
    return [
        f"heads = {[tuple(head) for head in heads]}",
        f"values = attention.head_mean(shown.values, heads){note}",
    ]
