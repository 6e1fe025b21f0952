"""Words: the grid for tagged words, with the first, last or mean piece standing for a word."""

import hashlib
from collections.abc import Callable

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.exporting.layer_pictures import curve_picture, grid_picture
from embedlib.exporting.word_code import words_code
from embedlib.figures import Picture
from embedlib.limits import LIMITS
from embedlib.probes import MEASURES, Grid, GridOptions, grid, problem
from embedlib.reading.word_samples import TAGGED_NAMES
from embedlib.records import Progress
from embedlib.ui import address, faults
from embedlib.ui.background import background
from embedlib.ui.layers.bars import columns_of, facts_of
from embedlib.ui.layers.taking import draw, offer
from embedlib.ui.layers.view import View, say


def show(seen: View) -> None:
    """A CoNLL file (or the example), the measure, and its grid."""
    st.caption(
        "Words with tags, such as names of people and places: a word and its tag on each line, a "
        "blank line between sentences (CoNLL). The BERT paper's table 7 asks the same question."
    )
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    uploaded = left.file_uploader(
        "CoNLL file", type=["conll", "bio", "iob", "iob2", "ner", "txt", "tsv"], key="words_file"
    )
    with right:
        measure, options = _controls()
    if uploaded is None and not st.toggle(
        "Measure an example: names that are people or places",
        key="words_example",
        bind="query-params",
    ):
        st.caption(f"At most {LIMITS['word_rows'].value:,} words are taken, in whole sentences.")
        return
    own = None if uploaded is None else (uploaded.getvalue(), uploaded.name)
    try:
        _measured(seen, own, measure, options)
    except EmbedlibError as error:
        faults.show(error)


def _controls() -> tuple[str, GridOptions]:
    measure = address.chooser(
        st.segmented_control,
        "Measure of words",
        address.labels(MEASURES),
        key="words_measure",
        default="span_f1",
        required=True,
    )
    with st.container(horizontal=True):
        mixes = st.toggle("Layer mixes", value=True, key="words_mixes", bind="query-params")
        weighted = st.toggle("Learned weighted sum", key="words_weighted", bind="query-params")
    return measure, GridOptions(mixes=mixes, weighted=weighted)


def _measured(
    seen: View, own: tuple[bytes, str] | None, measure: str, options: GridOptions
) -> None:
    """The grid of a person's own file (content, name), or of the example."""
    content, name = own or (TAGGED_NAMES.encode(), "example.conll")
    found, notes = _made(seen, content, name, measure, options)
    pictures = _draw(seen, found, notes)
    written = content.decode() if own is None else None
    code = words_code(seen.vectors.encoder.name, name, written, measure, options)
    offer(
        seen, "tagged-words", code, {"scores": columns_of(found)}, pictures,
        **facts_of(found) | {"sampling": [*found.problem.notes, *notes], "data": name},
    )  # fmt: skip


def _made(
    seen: View, content: bytes, name: str, measure: str, options: GridOptions
) -> tuple[Grid, tuple[str, ...]]:
    model = seen.choice.model

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        from embedlib.extract.word_vectors import word_vectors
        from embedlib.models import load
        from embedlib.training.conll import read_conll

        read = read_conll(content, name)
        made = word_vectors(load(model), read.words, progress=progress, cancelled=cancelled)
        pairs = list(zip(made.sentence.tolist(), made.place.tolist(), strict=True))
        posed = problem(
            [read.tags[sentence][place] for sentence, place in pairs],
            [read.texts[sentence] for sentence, _ in pairs],
            measure=measure,
            sequences=made.sentence.tolist(),
        )
        found = grid(made.vectors, posed, options, progress=progress, cancelled=cancelled)
        return found, made.notes

    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    return background(
        ("words", model, digest, measure, options), work, "Reading and scoring words", height=420
    )


def _draw(seen: View, found: Grid, notes: tuple[str, ...]) -> list[Picture]:
    say((*found.problem.notes, *notes))
    pictures = [grid_picture(found, seen.palette), curve_picture(found, seen.palette)]
    for number, picture in enumerate(pictures):
        draw(picture, f"words-{number}")
    said = "Words of one sentence, and of equal sentences, stand in one fold."
    if len(found.poolings) > 1 and _single_pieces(found):
        said += " Each of these words is one piece, so that all columns are the same."
    st.caption(said)
    return pictures


def _single_pieces(found: Grid) -> bool:
    """Whether it makes no difference which piece stands for a word: each has one."""
    by_layer: dict[int | str, set[bytes]] = {}
    for cell in found.cells:
        by_layer.setdefault(cell.layer, set()).add(cell.folds.tobytes())
    return all(len(different) == 1 for different in by_layer.values())
