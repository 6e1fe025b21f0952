"""A word's journey: its occurrences through the layers, its nearest words, and predictions."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.exporting.word_code import journey_code
from embedlib.extract.occurrences import Occurrences, occurrences
from embedlib.figures import Picture, layer_curve, layer_maps, number
from embedlib.figures.text import quoted
from embedlib.reading.word_samples import JOURNEYS
from embedlib.records import Floats, Progress, digest_of_texts
from embedlib.ui import address
from embedlib.ui.background import background
from embedlib.ui.layers import lens
from embedlib.ui.layers.taking import draw, offer, start
from embedlib.ui.layers.view import View
from embedlib.words import spans_of_word, words_of

OWN = "own"
_HARDLY = 0.02  # a smaller gap of mean cosines is not worth a sentence


def show(seen: View) -> None:
    """Choose a word, then its curve, its maps and its nearest words layer by layer."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = address.chooser(
            st.pills,
            "Word",
            [*JOURNEYS, OWN],
            format_func=lambda name: "A word of these texts" if name == OWN else name,
            key="journey",
            default="bank",
            required=True,
        )
        word = _own_word(seen) if name == OWN else JOURNEYS[name].word
    texts, senses = _texts(seen, name)
    if not word:
        st.caption("Type a word that stands in at least two of the texts.")
        return
    found = _read(seen, texts, word)
    if found is None:
        return
    planes = geometry.aligned_planes(found.hidden)
    pictures = [_curve(seen, found), _maps(seen, found, planes, texts, senses)]
    nearest = _nearest(found)
    layers = list(range(len(found.hidden)))
    curve = {"raw": found.raw, "adjusted": found.adjusted, "all pairs": found.baseline}
    tables = {
        "similarity": {"layer": layers} | {key: line.tolist() for key, line in curve.items()},
        "nearest words": {"layer": layers, "words": nearest},
        "maps": _places(found, planes),
    }
    code = journey_code(start(seen), None if name == OWN else texts, word)
    offer(
        seen, "journey", code, tables, pictures,
        word=word, texts_read=found.n_texts, texts_with_the_word=found.n_found,
    )  # fmt: skip
    lens.show(seen, found, texts)


def _own_word(seen: View) -> str:
    return st.text_input(
        "A word of these texts",
        key="journey_word",
        bind="query-params",
        max_chars=60,
        placeholder=next(iter(words_of(seen.corpus.texts[0])), ""),
    ).strip()


def _texts(seen: View, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if name == OWN:
        labels = seen.corpus.labels
        return seen.corpus.texts, labels or ("",) * len(seen.corpus)
    texts, senses = zip(*JOURNEYS[name].texts, strict=True)
    return texts, senses


def _read(seen: View, texts: tuple[str, ...], word: str) -> Occurrences | None:
    choice = seen.choice

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        from embedlib.models import load

        return occurrences(
            load(choice.model), texts, word, choice.tokens, progress=progress, cancelled=cancelled
        )

    key = ("journey", choice.model, choice.tokens, digest_of_texts(list(texts)), word)
    if not any(spans_of_word(text, word) for text in texts):
        st.text(f"No text has the word {word!r}.")
        return None
    return background(key, work, "Following the word", height=420)


def _curve(seen: View, found: Occurrences) -> Picture:
    raw, adjusted = found.raw, found.adjusted
    layer = seen.choice.layer
    picture = layer_curve(
        {f"{found.word}, raw": raw, f"{found.word}, adjusted": adjusted},
        found.baseline,
        seen.palette,
        chosen_layer=layer if isinstance(layer, int) else None,
        title=_fall(found),
    )
    draw(picture, "journey_curve")
    note = f"{found.hidden.shape[1]} occurrences in {found.n_texts} texts"
    if found.n_texts < found.n_found:
        note += f", the first of {found.n_found} that have the word"
    st.caption(
        f"{note}. Adjusted: the mean cosine of the occurrences minus that of all pairs of tokens "
        "of these texts (Ethayarajh 2019; cosines of uncentred vectors throughout)."
    )
    return picture


def _fall(found: Occurrences) -> str:
    """How much of the word is left of itself in the last layer."""
    first, last = float(found.adjusted[0]), float(found.adjusted[-1])
    return (
        f"Occurrences of {quoted(found.word)}, above any two tokens: {number(first)} alike at "
        f"layer 0, {number(last)} at layer {len(found.adjusted) - 1}"
    )


def _places(found: Occurrences, planes: Floats) -> dict[str, list[object]]:
    """A row a layer and occurrence: where the maps show it."""
    n_layers, n_found = planes.shape[:2]
    return {
        "layer": np.repeat(np.arange(n_layers), n_found).tolist(),
        "text": [row + 1 for row in found.rows] * n_layers,
        "x": planes[..., 0].ravel().tolist(),
        "y": planes[..., 1].ravel().tolist(),
    }


def _maps(
    seen: View,
    found: Occurrences,
    planes: Floats,
    texts: tuple[str, ...],
    senses: tuple[str, ...],
) -> Picture:
    names = [texts[row] for row in found.rows]
    groups = [senses[row] for row in found.rows]
    layers = [f"Layer {layer}, cosine {raw:.2f}" for layer, raw in enumerate(found.raw.tolist())]
    apart = _apart(found, groups)
    picture = layer_maps(
        planes,
        layers,
        names,
        groups,
        seen.palette,
        f"Where the occurrences of {quoted(found.word)} lie, layer by layer{apart}",
        "Each layer's plane of greatest variance, turned onto the next. Each is blown up to one "
        "size: the mean cosine says how far apart they are. At layer 0 nothing but its place in "
        "the text can tell a word from itself",
    )
    draw(picture, "journey_maps")
    return picture


def _apart(found: Occurrences, groups: list[str]) -> str:
    """Where the senses part most, if there are two with two occurrences each."""
    kinds = [kind for kind in dict.fromkeys(groups) if groups.count(kind) > 1]
    if len(kinds) < 2:
        return ""
    same = np.array([[a == b for b in groups] for a in groups])
    off = ~np.eye(len(groups), dtype=bool)
    gaps = []
    for layer in found.hidden:
        cosines = geometry.cosine_matrix(layer)
        gaps.append(float(cosines[same & off].mean() - cosines[~same].mean()))
    most = int(np.argmax(gaps))
    if gaps[most] < _HARDLY:
        return "; the senses hardly part at any layer"
    return f"; the senses part most at layer {most} (cosine gap {number(gaps[most])})"


def _nearest(found: Occurrences) -> list[str]:
    """The table of the nearest words: (layer,) what it says of each."""
    lines = [
        ", ".join(f"{word} {cosine:.2f}" for word, cosine in words)
        for words in found.nearest_words(6)
    ]
    st.dataframe(
        {
            "Layer": [f"Layer {layer}" for layer in range(len(found.hidden))],
            "Nearest other words of these texts, with cosine": lines,
        },
        hide_index=True,
        alt="The nearest words at each layer",
    )
    return lines
