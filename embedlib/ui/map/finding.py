"""Finding: texts by words, texts by meaning, and a new sentence placed in the map."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from embedlib.figures.cloud import Star
from embedlib.jobs import Job
from embedlib.projection import Placement, place
from embedlib.records import Floats, Longs, Progress, Vectors
from embedlib.search import by_meaning, by_words
from embedlib.ui import address, resources
from embedlib.ui.background import owner, result
from embedlib.ui.map import state
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.rows import rows_table
from embedlib.ui.map.space import Space

WORDS, MEANING, PLACE = "words", "meaning", "place"
_WAYS = {WORDS: "Words", MEANING: "Meaning", PLACE: "Place it"}
_HELP = (
    "**Words**: texts that have every word, anywhere in a word, whatever the case; put a phrase "
    "in quotation marks.\n\n**Meaning**: texts nearest to what you type, embedded by the same "
    "model, layer and pooling.\n\n**Place it**: as Meaning, and what you type is put on the map "
    "among its nearest texts, which stay where they are."
)
N_NEAREST = 10
_MOST_CHARACTERS = 500


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Args:
        query: What was typed.
        way: A key of `_WAYS`.
        rows: Hits, the nearest first, or ascending for words.
        cosines: (hit,) of hits by meaning; None for words.
        star: What was placed on the map.
        said: Whether what was typed belongs here, for a search by meaning.
        note: Why nothing can be found.
    """

    query: str
    way: str
    rows: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    cosines: Floats | None = None
    star: Star | None = None
    said: str = ""
    note: str = ""


def ask() -> tuple[str, str]:
    """Draw the search and give what was typed and the way to look for it."""
    query = st.text_input(
        "Find texts",
        key="find",
        bind="query-params",
        max_chars=_MOST_CHARACTERS,
        placeholder="Words, or a sentence",
        help=_HELP,
    ).strip()[:_MOST_CHARACTERS]
    way = address.chooser(
        st.segmented_control,
        "By",
        _WAYS,
        key="find_by",
        required=True,
        label_visibility="collapsed",
    )
    return query, way


def find(picture: MapPicture, query: str, way: str) -> Found | None:
    """What there is to find; None where nothing was typed, or its vector is on its way."""
    if not query:
        return None
    key = (picture.key, picture.frame, query, way)
    if st.session_state.get("_map_found_of") != key:
        found = _found(picture, query, way)
        if found is None:
            return None
        st.session_state["_map_found"], st.session_state["_map_found_of"] = found, key
    return st.session_state["_map_found"]


def _found(picture: MapPicture, query: str, way: str) -> Found | None:
    space = picture.space
    if way == WORDS:
        return Found(query, way, by_words(space.texts, query))
    if space.choice is None:
        return Found(query, way, note="No model made these vectors, so that none can be asked.")
    if space.choice.pooling == "chosen":
        return Found(query, way, note="With chosen tokens there is no vector for a new text.")
    job = _sentence(space, query)
    job.wait(1.0)
    if job.state != "done":
        return None
    at = picture.space_at(picture.frame)
    vector = _vector(job.result, at)
    rows, cosines = by_meaning(at.vectors, vector, N_NEAREST)
    placement = place(picture.projection, at.vectors, vector[None])
    star = _star(picture, job.result, query, placement) if way == PLACE else None
    return Found(query, way, rows, cosines, star, _nearness(placement, cosines))


def show(picture: MapPicture, found: Found | None, query: str, way: str) -> None:
    """The hits as a table; progress where the sentence is still being embedded."""
    if not query:
        return
    space = picture.space
    if found is None:
        result(_sentence(space, query), "Embedding what you typed", height=160)
        st.rerun()
    if found.note:
        st.caption(found.note)
        return
    if way == WORDS:
        st.text(f"{len(found.rows):,} of {len(space):,} texts have these words.")
    else:
        st.text(found.said)
    if len(found.rows):
        more = None if found.cosines is None else {"Cosine": found.cosines.astype(float).tolist()}
        rows_table(
            space,
            found.rows,
            key="found_rows",
            more=more,
            height=min(230, 38 + 33 * len(found.rows)),
        )
        st.button("Select them on the map", on_click=state.tell, args=("selected", found.rows))


def _nearness(placement: Placement, cosines: Floats) -> str:
    """Whether the sentence belongs here: its distance against those within the texts."""
    share, compared = float(placement.percentile[0]), placement.n_compared
    said = f"Nearest text: cosine {cosines[0]:.3f}. "
    if placement.belongs[0]:
        return said + (
            f"{share:.0f} % of the texts are nearer to their own neighbours than this is to its: "
            "it belongs among them."
        )
    return said + (
        f"{share:.0f} % of the texts (of {compared:,} compared) are nearer to their own "
        "neighbours than this is to its: it is unlike any of them, and its place says little."
    )


def _star(picture: MapPicture, made: Vectors, query: str, placement: Placement) -> Star:
    """The sentence at its place in every frame."""
    places = np.stack([_placed(picture, made, frame) for frame in range(len(picture.frames))])
    return Star(query, places[:, :2], f"{placement.percentile[0]:.0f} % of texts lie closer")


def _placed(picture: MapPicture, made: Vectors, frame: int) -> Floats:
    """(axis,) where the sentence falls in a frame.

    Layers lie in one frame because each was turned: what turned its points turns the sentence.
    """
    space, projection = picture.space_at(frame), picture.projections[frame]
    found = place(projection, space.vectors, _vector(made, space)[None]).points
    own = np.column_stack([projection.points, np.ones(len(projection.points))])
    turn = np.linalg.lstsq(own, picture.frames[frame], rcond=None)[0]
    return np.append(found[0], 1.0) @ turn


def _vector(made: Vectors, space: Space) -> Floats:
    choice = space.choice
    return made.select(choice.pooling, choice.layer, normalise=choice.normalise)[0]


def _sentence(space: Space, text: str) -> Job:
    """Every layer of one sentence, as the texts were made."""
    choice, pooling = space.choice, space.choice.pooling

    def work(_: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Vectors:
        from embedlib.extract import extract
        from embedlib.models import load

        encoder = load(choice.model)
        layers = tuple(range(encoder.card.n_layers + 1))
        return extract(
            encoder,
            [text],
            layers=layers,
            poolings=(pooling,),
            settings=choice.tokens,
            cancelled=cancelled,
        )

    key = ("sentence", choice.model, choice.tokens, pooling, text)
    return resources.jobs().submit(key, work, owner=owner())
