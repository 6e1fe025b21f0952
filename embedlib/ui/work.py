"""Vectors for a page: made in the background with progress, estimate and cancel, or read back.

The work belongs to the server, not to a session: it goes on when the page is left, and two people
who ask for the same wait for the same job.
"""

import time
from collections.abc import Callable, Sequence

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.jobs import Job
from embedlib.limits import LIMITS
from embedlib.pooling import POOLINGS
from embedlib.reading import sample_corpus
from embedlib.reading.samples import SAMPLES
from embedlib.records import Corpus, Progress, TokenSettings, Vectors
from embedlib.ui import faults, resources
from embedlib.ui.choice import Choice

ASK_FIRST_TEXTS = 2_000  # above this, a button and an estimate stand before the work
PATIENCE_SECONDS = 0.7  # work that ends within this shows no progress panel
CHARACTERS_A_TOKEN = 4.5
_rates: dict[str, float] = {}  # characters a second, of each model's last job


def warm_up() -> None:
    """Load the default model and make the first sample's vectors."""
    from embedlib.models import DEFAULT

    corpus = sample_corpus(next(iter(SAMPLES)))
    _vectors_job(DEFAULT, corpus, TokenSettings(), standard_poolings()).wait(None)


def standard_poolings() -> tuple[str, ...]:
    return tuple(name for name, row in POOLINGS.items() if not row.needs_choice)


def vectors(choice: Choice, corpus: Corpus) -> Vectors:
    """Every layer and pooling of the texts; stops the page, with progress, until they are there."""
    poolings = _poolings_that_fit(choice, corpus)
    key = ("vectors", choice.model, corpus.digest, choice.tokens, poolings)
    if _needs_a_word_first(choice, corpus, key):
        _ask(choice, corpus, key)
        st.stop()
    job = _vectors_job(choice.model, corpus, choice.tokens, poolings)
    return _result(job, f"Embedding {len(corpus):,} texts with {choice.model}")


def _poolings_that_fit(choice: Choice, corpus: Corpus) -> tuple[str, ...]:
    """All poolings in one pass, or only the chosen one where all would fill the disk."""
    shape = resources.shape(choice.model)
    poolings = standard_poolings()
    one = len(corpus) * (shape.n_layers + 1) * shape.dim * 4
    if one * len(poolings) <= LIMITS["vectors_bytes"].value:
        return poolings
    st.caption(
        ":material/info: So many vectors would fill the disk: only this pooling is made. "
        "Another pooling needs another pass."
    )
    return (choice.pooling,) if choice.pooling in poolings else ("mean",)


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
        if not made.from_store and len(corpus) >= 20:
            _rates[model] = sum(map(len, corpus.texts)) / (time.perf_counter() - started)
        return made

    key = ("vectors", model, corpus.digest, settings, tuple(poolings))
    return resources.jobs().submit(key, work, owner=_owner())


def _owner() -> str:
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    return "server" if context is None else context.session_id


def _needs_a_word_first(choice: Choice, corpus: Corpus, key: object) -> bool:
    if len(corpus) <= ASK_FIRST_TEXTS or key in st.session_state.setdefault("_agreed", set()):
        return False
    return not resources.store().holds(
        choice.model, corpus.digest, choice.tokens
    )


def _ask(choice: Choice, corpus: Corpus, key: object) -> None:
    rate = _rates.get(choice.model)
    characters = sum(map(len, corpus.texts))
    estimate = "" if rate is None else f" This takes about {duration(characters / rate)}."
    st.text(f"{len(corpus):,} texts, {characters:,} characters.{estimate}")
    if st.button(f"Embed {len(corpus):,} texts", type="primary"):
        st.session_state["_agreed"].add(key)
        st.rerun()


def _result(job: Job, title: str) -> Vectors:
    job.wait(PATIENCE_SECONDS)
    if not job.finished:
        _panel(job, title)
        st.stop()
    if job.error is not None:
        if isinstance(job.error, EmbedlibError):
            faults.show(job.error)
            st.button("Try again")
            st.stop()
        raise job.error
    return job.result


@st.fragment(run_every=0.5)
def _panel(job: Job, title: str) -> None:
    """Progress with rate, time left and cancel; one full rerun when the job ends."""
    if job.finished:
        st.rerun()
    with st.container(border=True, height=520, vertical_alignment="center"):
        st.text(title)
        now = job.progress
        st.progress(min(1.0, now.done / now.total) if now.total else 0.0, text=progress_line(now))
        if st.button("Cancel"):
            job.cancel(_owner())


def progress_line(now: Progress) -> str:
    """"1,200 of 10,003 texts, 210 texts/s, 42 s left"."""
    if not now.total:
        return now.note or "Waiting"
    line = f"{now.done:,} of {now.total:,} {now.unit}"
    if now.remaining_seconds is not None:
        line += f", {now.rate:,.0f} {now.unit}/s, {duration(now.remaining_seconds)} left"
    return f"{line}. {now.note}" if now.note else line


def duration(seconds: float) -> str:
    """"8 s", "3 min", "1.5 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
