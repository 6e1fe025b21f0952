"""Tokens: the pieces of one text, which of them are pooled, and where the pooled point lies."""

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.figures import CONFIG, map_of_tokens
from embedlib.figures.theme import Palette
from embedlib.layers import LAYER_MIXES
from embedlib.pooling import POOLINGS
from embedlib.records import Corpus, CutTokens, Floats, TokenVectors
from embedlib.ui import work
from embedlib.ui.choice import Choice
from embedlib.ui.components.token_chips import Chip, token_chips
from embedlib.ui.explore.view import View, clicked, pick_text
from embedlib.ui.heading import palette
from embedlib.words import tokens_of_word

MOST_POINTS = 512
MOST_CUT_CHIPS = 256  # of the tokens that were cut; the others are counted


def show(seen: View) -> None:
    """The tokens of one text as chips, as a table, and as points."""
    row = pick_text(seen, "Text", "text")
    _detail(seen.choice, seen.corpus, seen.rows[row], seen.palette)


def choose(choice: Choice, corpus: Corpus) -> None:
    """The same before anything is chosen, when no text has a vector yet."""
    row = st.selectbox(
        "Text",
        range(min(len(corpus), 300)),
        format_func=lambda row: f"{row + 1}  {corpus.texts[row][:90]}",
        key="text_to_choose_in",
    )
    _detail(choice, corpus, row, palette())


def _detail(choice: Choice, corpus: Corpus, row: int, colours: Palette) -> None:
    text = corpus.texts[row]
    found = work.token_vectors(choice, text)
    pooled = _chips(choice, corpus, row, found)
    hidden = at_layer(found, choice)
    _map(choice, found, hidden, pooled, colours)
    _table(found, text, hidden, pooled)


def at_layer(found: TokenVectors, choice: Choice) -> Floats:
    """(token, dim) the tokens at the chosen layer or mix."""
    if isinstance(choice.layer, str):
        mix = LAYER_MIXES[choice.layer]
        return mix.function(found.hidden[list(mix.needs(choice.n_layers))])
    return found.hidden[choice.layer]


def _chips(choice: Choice, corpus: Corpus, row: int, found: TokenVectors) -> tuple[int, ...]:
    """Draw the chips and give the tokens that are pooled."""
    text = corpus.texts[row]
    choosing = choice.pooling == "chosen"
    kept = clicked(corpus)
    start = kept.get(row, tokens_of_word(found, text, choice.word)) if choosing else ()
    read = [
        _chip(found, number, text, special=bool(found.special[number]))
        for number in range(len(found.pieces))
    ]
    n_cut = min(len(found.cut), MOST_CUT_CHIPS)
    result = token_chips(
        read + [_chip(found.cut, number, text, kept=False) for number in range(n_cut)],
        text=text,
        key="chips",
        chosen=start,
        selectable=choosing,
        n_lost=len(found.cut) - n_cut,
    )
    if not choosing:
        every = np.flatnonzero(~found.special | choice.tokens.pool_special)
        return tuple(int(number) for number in every)
    if result.chosen != start:
        kept[row] = result.chosen
        st.rerun()
    if row in kept:
        st.button("Forget the clicked tokens of this text", on_click=kept.pop, args=(row, None))
    return result.chosen


def _chip(
    source: TokenVectors | CutTokens,
    number: int,
    text: str,
    *,
    special: bool = False,
    kept: bool = True,
) -> Chip:
    start, end = (int(edge) for edge in source.spans[number])
    piece, id_, word = source.pieces[number], int(source.ids[number]), int(source.words[number])
    return Chip(piece, id_, word, start, end, special, kept, text[start:end])


def _map(
    choice: Choice,
    found: TokenVectors,
    hidden: Floats,
    pooled: tuple[int, ...],
    colours: Palette,
) -> None:
    if len(hidden) < 2:
        st.caption("A map needs at least two tokens.")
        return
    hidden = hidden[:MOST_POINTS]
    mask = np.zeros(len(hidden), dtype=bool)
    mask[[number for number in pooled if number < len(hidden)]] = True
    plane = geometry.pca(hidden)
    names = (
        [choice.pooling] if choice.pooling == "chosen" else ["mean", "cls", "max", choice.pooling]
    )
    points = {
        POOLINGS[name].label: plane.place(_pool(hidden, mask, name)[None])[0]
        for name in dict.fromkeys(names)
        if mask.any()
    }
    picture = map_of_tokens(
        plane.points,
        found.pieces[:MOST_POINTS],
        points,
        colours,
        explained=plane.explained,
        special=found.special[:MOST_POINTS],
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="token_map", alt=picture.alt)


def _pool(hidden: Floats, mask: "np.ndarray", name: str) -> Floats:
    import torch

    pooled = POOLINGS[name].function(torch.from_numpy(hidden)[None], torch.from_numpy(mask)[None])
    return pooled[0].numpy()


def _table(found: TokenVectors, text: str, hidden: Floats, pooled: tuple[int, ...]) -> None:
    chosen = set(pooled)
    st.dataframe(
        {
            "Token": list(range(len(found.pieces))),
            "Piece": list(found.pieces),
            "Id": [int(number) for number in found.ids],
            "Word": ["" if word < 0 else str(word) for word in found.words],
            "Characters": [
                "" if start == end else f"{start} to {end - 1}" for start, end in found.spans
            ],
            "Mask": [1] * len(found.pieces),
            "Pooled": [number in chosen for number in range(len(found.pieces))],
            "Norm": [float(norm) for norm in np.linalg.norm(hidden, axis=1)],
        },
        hide_index=True,
        height=430,
        column_config={"Norm": st.column_config.NumberColumn(format="%.3f")},
        alt=f"The {len(found.pieces)} tokens of the text",
    )
    if found.n_lost:
        st.text(f"{found.n_lost:,} further tokens were cut; the model does not read them.")
