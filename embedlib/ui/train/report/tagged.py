"""Tagged sentences: entities marked in the text with their type beside them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from embedlib.figures.text import clean, shorten
from embedlib.training.sequences import spans
from embedlib.ui.literal import literal
from embedlib.ui.train.report.rows import HEIGHT_PX, MOST_WHOLE

_COLOURS = ("blue", "orange", "green", "violet", "yellow", "red")
_REST = "gray"


def highlighted(words: Sequence[str], tags: Sequence[str], kinds: Sequence[str]) -> str:
    """Markdown of a sentence in which every entity is marked and followed by its type.

    Args:
        words: The words; a person's text, which is not parsed.
        tags: One a word, in BIO.
        kinds: All types of the run, which decide the colours: six, then grey.
    """
    begins = {start: (kind, end) for kind, start, end in spans(tags)}
    parts, place = [], 0
    while place < len(words):
        if place not in begins:
            parts.append(literal(clean(words[place])))
            place += 1
            continue
        kind, end = begins[place]
        number = list(kinds).index(kind) if kind in kinds else len(_COLOURS)
        colour = _COLOURS[number] if number < len(_COLOURS) else _REST
        text = literal(clean(" ".join(words[place:end])))
        parts.append(f":{colour}-background[**{text}** :small[{literal(kind)}]]")
        place = end
    return " ".join(parts)


def kinds_of(labels: Sequence[str]) -> tuple[str, ...]:
    """The types of entities among a run's labels, by alphabet."""
    return tuple(sorted({label[2:] for label in labels if label[:2] in ("B-", "I-")}))


def compared(mistakes: Sequence[dict[str, Any]]) -> None:
    """Sentences with what was there and what was predicted, twenty at a time."""
    usable = [one for one in mistakes if {"words", "label", "predicted"} <= one.keys()]
    kinds = kinds_of([tag for one in usable for tag in (*one["label"], *one["predicted"])])
    table = st.dataframe(
        {
            "Row": [one["row"] + 1 for one in usable],
            "Sentence": [one["text"] for one in usable],
            "Labelled": [_entities(one["words"], one["label"]) for one in usable],
            "Predicted": [_entities(one["words"], one["predicted"]) for one in usable],
        },
        hide_index=True,
        height=HEIGHT_PX if len(usable) > MOST_WHOLE else "auto",
        key="tagged_mistakes",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Row": st.column_config.NumberColumn(width=60),
            **dict.fromkeys(
                ("Sentence", "Labelled", "Predicted"), st.column_config.TextColumn(width=270)
            ),
        },
        alt="Sentences with their entities and those that were predicted",
    )
    chosen = table.selection.rows or [0]
    if not usable:
        return
    one = usable[min(chosen[0], len(usable) - 1)]
    for name, tags in (("Labelled", one["label"]), ("Predicted", one["predicted"])):
        st.caption(name)
        st.markdown(highlighted(one["words"], tags, kinds))


def _entities(words: Sequence[str], tags: Sequence[str]) -> str:
    """ "Anna Lee (person), Rome (location)"."""
    found = sorted(spans(tags), key=lambda span: span[1])
    return ", ".join(
        f"{shorten(' '.join(words[start:end]), 40)} ({kind})" for kind, start, end in found
    )
