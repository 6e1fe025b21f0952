"""The rows as training gets them: loaded, remedied, examined, split; worked out once a setting."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from embedlib.errors import Cancelled, EmbedlibError
from embedlib.records import Progress
from embedlib.training.doctor import (
    Applied,
    Finding,
    TokenCounts,
    apply_named,
    examine,
    token_counts,
)
from embedlib.training.examples import Examples
from embedlib.training.splitting import split
from embedlib.ui.train.held_out import HeldOut
from embedlib.ui.train.source import Source
from embedlib.ui.train.state import kept

_PREPARED = "_train_prepared"


@dataclass(frozen=True, eq=False)
class Prepared:
    """Rows that the doctor has seen.

    Args:
        key: Identifies them within this session.
        examples: After the remedies, not yet split.
        findings: What is wrong with them by themselves.
        applied: What the remedies did.
        counts: What the model's tokenizer makes of them; None for no rows.
        notes: What was left out when they were read.
    """

    key: object
    examples: Examples
    findings: tuple[Finding, ...]
    applied: tuple[Applied, ...]
    counts: TokenCounts | None
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Divided:
    """Rows with the part that each belongs to.

    Args:
        examples: None where they cannot be split.
        counts: Label, or for tags kind of entity, to part to how many.
        error: Why they cannot be split.
    """

    examples: Examples | None
    counts: dict[str, dict[str, int]]
    error: EmbedlibError | None = None


def prepared(source: Source, remedies: tuple[str, ...], model: str) -> Prepared:
    """The rows of `source` after `remedies`; stops the page, with progress, until they are there.

    Args:
        source: What is chosen.
        remedies: Names of checks whose remedy is applied, in this order.
        model: Whose tokens are counted.
    """
    key = _key(source, remedies, model)

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Prepared:
        from embedlib.models import load

        def say(note: str) -> None:
            if cancelled():
                raise Cancelled
            progress(Progress(0, 0, "rows", 0.0, note))

        say("Reading the rows")
        loaded = source.load()
        examples, applied = apply_named(loaded.examples, remedies)
        say("Looking for what is wrong")
        findings = examine(examples)
        if not len(examples):
            return Prepared(key, examples, tuple(findings), applied, None, loaded.notes)
        say("Loading the model's tokenizer")
        encoder = load(model)
        say("Counting tokens")
        counts = token_counts(encoder, examples)
        return Prepared(key, examples, tuple(findings), applied, counts, loaded.notes)

    return kept(_PREPARED, key, work, "Examining the rows")


def ready(source: Source, remedies: tuple[str, ...], model: str) -> bool:
    """Whether `prepared` has these rows already, so that the page does not stop there."""
    held = st.session_state.get(_PREPARED)
    return held is not None and held[0] == _key(source, remedies, model)


def _key(source: Source, remedies: tuple[str, ...], model: str) -> object:
    return source.key, remedies, model


def divided(rows: Prepared, how: HeldOut) -> Divided:
    """The rows with their parts, or why they cannot be split."""
    key = (rows.key, how.seed, how.shares)

    def work(_: Callable[[Progress], None], __: Callable[[], bool]) -> Divided:
        try:
            examples = split(rows.examples, how.seed, how.shares)
        except EmbedlibError as error:
            return Divided(None, _counts(rows.examples), error)
        return Divided(examples, _counts(examples))

    return kept("_train_divided", key, work, "Splitting the rows")


def _counts(examples: Examples) -> dict[str, dict[str, int]]:
    """Label to part to rows; of tags, kind of entity to part to entities."""
    parts = [part or "rows" for part in examples.parts] or ["rows"] * len(examples)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for label, part in zip(examples.labels, parts, strict=False):
        found[label][part] += 1
    for tags, part in zip(examples.tags, parts, strict=False):
        for tag in tags:
            if tag.startswith("B-"):
                found[tag[2:]][part] += 1
    order = [part for part in ("train", "validation", "test", "rows") if part in parts]
    return {name: {part: count[part] for part in order} for name, count in found.items()}
