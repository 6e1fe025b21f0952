"""Vectors for a page: made in the background (see `background`), or read back from the store."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embedlib.figures.amounts import percent
from embedlib.jobs import Job
from embedlib.limits import LIMITS
from embedlib.pace import duration
from embedlib.pooling import POOLINGS
from embedlib.reading import sample_corpus
from embedlib.reading.samples import SAMPLES
from embedlib.records import (
    UNKNOWN_SHARE,
    Corpus,
    Progress,
    TokenSettings,
    TokenVectors,
    Vectors,
    digest_of_texts,
)
from embedlib.store.request import standard_poolings
from embedlib.store.shipped import shipped
from embedlib.ui import resources
from embedlib.ui.background import background, owner, result
from embedlib.ui.choice import Choice
from embedlib.words import spans_of_word, tokens_of_spans

if TYPE_CHECKING:
    from embedlib.models import Encoder

LABELLED_SAMPLE = "service"  # its categories have texts enough to be told apart
ASK_FIRST_TEXTS = 2_000  # above this, a button and an estimate stand before the work
RATED_TEXTS = 500  # fewer say little about the rate: starting up weighs too much
CHARACTERS_A_TOKEN = 4.5
_rates: dict[str, float] = {}  # characters a second, of each model's last job


def warm_up() -> None:
    """Load the default model and make the vectors of the samples that pages open with."""
    from embedlib.models import DEFAULT

    for name in (next(iter(SAMPLES)), LABELLED_SAMPLE):
        corpus = sample_corpus(name)
        _vectors_job(DEFAULT, corpus, TokenSettings(), standard_poolings()).wait(None)


def vectors(choice: Choice, corpus: Corpus, *, whole: bool = False) -> Vectors:
    """Every layer and pooling of the texts; stops the page, with progress, until they are there.

    Args:
        choice: Model, pooling and settings.
        corpus: The texts.
        whole: Wait for all poolings, where the chosen one alone would be there at once.
    """
    poolings = _poolings_that_fit(choice, corpus, whole=whole)
    key = ("vectors", choice.model, corpus.digest, choice.tokens, poolings)
    if _needs_a_word_first(choice, corpus, poolings, key):
        _ask(choice, corpus, key)
        st.stop()
    job = _vectors_job(choice.model, corpus, choice.tokens, poolings)
    if not job.finished and not whole:
        ready = shipped(choice.model, corpus.digest, choice.tokens)
        if ready is not None and choice.pooling in ready.arrays:
            return ready
    made = result(job, f"Embedding {len(corpus):,} texts with {choice.model}")
    for note in made.notes:
        st.caption(f":material/info: {note}")
    _say_unknown(made)
    return made


def _say_unknown(made: Vectors) -> None:
    """That much of the texts is not in the model's vocabulary, where it is so."""
    share = made.ledger.share_unknown
    if share >= UNKNOWN_SHARE:
        st.caption(
            f":material/warning: The model {made.encoder.name} does not know {percent(share)} of "
            "the tokens of these texts and reads each as the same sign: distances mean little. "
            "Choose a model for their language."
        )


def _poolings_that_fit(choice: Choice, corpus: Corpus, *, whole: bool) -> tuple[str, ...]:
    """All poolings in one pass; where they would fill the disk, those that fit or the chosen."""
    shape = resources.shape(choice.model)
    poolings = standard_poolings()
    one = len(corpus) * (shape.n_layers + 1) * shape.dim * 4
    if one * len(poolings) <= LIMITS["vectors_bytes"].value:
        return poolings
    chosen = choice.pooling if choice.pooling in poolings else "mean"
    n = max(1, LIMITS["vectors_bytes"].value // one) if whole else 1
    kept = set([*dict.fromkeys((chosen, *poolings))][:n])
    made = tuple(name for name in poolings if name in kept)
    names = ", ".join(POOLINGS[name].label.lower() for name in made)
    st.caption(
        f":material/info: So many vectors would fill the disk: of the poolings only {names} "
        f"{'is' if len(made) == 1 else 'are'} made. Another needs another pass."
    )
    return made


def _vectors_job(
    model: str, corpus: Corpus, settings: TokenSettings, poolings: Sequence[str]
) -> Job:
    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Vectors:
        from embedlib.models import load

        progress(Progress(0, 0, "texts", 0.0, "Loading the model"))
        encoder = load(model)
        started = time.perf_counter()
        made = resources.store().vectors(
            encoder,
            corpus.texts,
            layers=tuple(range(encoder.card.n_layers + 1)),
            poolings=tuple(poolings),
            settings=settings,
            progress=progress,
            cancelled=cancelled,
        )
        if not made.from_store and len(corpus) >= RATED_TEXTS:
            _rates[model] = sum(map(len, corpus.texts)) / (time.perf_counter() - started)
        return made

    key = ("vectors", model, corpus.digest, settings, tuple(poolings))
    return resources.jobs().submit(key, work, owner=owner())


def chosen_vectors(
    choice: Choice, corpus: Corpus, word: str, clicked: Mapping[int, Sequence[int]]
) -> tuple[tuple[int, ...], Vectors | None]:
    """The texts that have chosen tokens, and the mean of these tokens at every layer."""
    chosen, vectors = _chosen(choice, corpus, word, clicked)
    return tuple(chosen), vectors


def chosen_tokens(
    choice: Choice, corpus: Corpus, word: str, clicked: Mapping[int, Sequence[int]]
) -> dict[int, tuple[int, ...]]:
    """Text to its chosen tokens: those of `word`, or where some were clicked, those."""
    return _chosen(choice, corpus, word, clicked)[0]


def _chosen(
    choice: Choice, corpus: Corpus, word: str, clicked: Mapping[int, Sequence[int]]
) -> tuple[dict[int, tuple[int, ...]], Vectors | None]:
    by_hand = tuple((row, tuple(tokens)) for row, tokens in sorted(clicked.items()))
    rows = [
        row for row, text in enumerate(corpus.texts) if row in clicked or spans_of_word(text, word)
    ]
    if not rows:
        return {}, None

    def work(
        progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> tuple[dict[int, tuple[int, ...]], Vectors | None]:
        from embedlib.extract import extract
        from embedlib.models import load

        encoder = load(choice.model)
        tokens = _tokens_of_word(encoder, [corpus.texts[row] for row in rows], choice.tokens, word)
        found = {row: clicked.get(row, own) for row, own in zip(rows, tokens, strict=True)}
        chosen = {row: tuple(own) for row, own in found.items() if own}
        if not chosen:
            return {}, None
        vectors = extract(
            encoder,
            [corpus.texts[row] for row in chosen],
            layers=tuple(range(encoder.card.n_layers + 1)),
            poolings=("chosen",),
            settings=choice.tokens,
            chosen=dict(enumerate(chosen.values())),
            progress=progress,
            cancelled=cancelled,
        )
        return chosen, vectors

    key = ("chosen", choice.model, corpus.digest, choice.tokens, word, by_hand)
    return background(key, work, f"Embedding the chosen tokens of {len(rows):,} texts")


def _tokens_of_word(
    encoder: "Encoder", texts: Sequence[str], settings: TokenSettings, word: str
) -> list[tuple[int, ...]]:
    """(text,) the tokens of `word` in each text."""
    from embedlib.tokens import tokenise

    tokens = tokenise(encoder, texts, settings, with_spans=True)
    starts = np.searchsorted(tokens.window_text, np.arange(len(texts) + 1))  # first window of each
    bounds = tokens.bounds[starts]
    return [
        tokens_of_spans(tokens.spans[bounds[row] : bounds[row + 1]].tolist(), spans)
        for row, spans in enumerate(spans_of_word(text, word) for text in texts)
    ]


def token_vectors(choice: Choice, text: str) -> TokenVectors:
    """Every token of one text at every layer; stops the page until it is there."""

    def work(_: Callable[[Progress], None], __: Callable[[], bool]) -> TokenVectors:
        from embedlib.extract import token_vectors
        from embedlib.models import load

        return token_vectors(load(choice.model), text, choice.tokens)

    key = ("tokens", choice.model, digest_of_texts([text]), choice.tokens)
    return background(key, work, "Reading the tokens of the text")


def _needs_a_word_first(
    choice: Choice, corpus: Corpus, poolings: Sequence[str], key: object
) -> bool:
    if len(corpus) <= ASK_FIRST_TEXTS or key in st.session_state.setdefault("_agreed", set()):
        return False
    layers = range(choice.n_layers + 1)
    return not resources.store().holds(
        choice.model, corpus.digest, choice.tokens, layers=layers, poolings=poolings
    )


def _ask(choice: Choice, corpus: Corpus, key: object) -> None:
    rate = _rates.get(choice.model)
    characters = sum(map(len, corpus.texts))
    estimate = (
        " How long it takes shows once it has begun."
        if rate is None
        else f" This takes about {duration(characters / rate)}."
    )
    st.text(f"{len(corpus):,} texts, {characters:,} characters.{estimate}")
    if st.button(f"Embed {len(corpus):,} texts", type="primary"):
        st.session_state["_agreed"].add(key)
        st.rerun()
