"""The grid as a job: asked for once, filled cell by cell, the same for all who ask."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import streamlit as st

from embedlib.jobs import Job
from embedlib.probes import Grid, GridOptions, Problem, grid, layers_of, problem
from embedlib.records import Progress, Vectors
from embedlib.ui import address, background, resources
from embedlib.ui.layers.asking import agreed
from embedlib.ui.layers.view import View

ASK_FIRST_SECONDS = 20  # cells show one by one, so that a while is no wait
_LINEAR_SECONDS = 2.0  # a cell at 10,000 rows, 384 dimensions and 77 categories on two cores
_PAIR_SECONDS = 2.5  # 10,000 rows held against 10,000
_partial: dict[Hashable, Grid] = {}  # of grids that are being measured
POOLINGS = ("mean", "cls", "max", "last")


@dataclass(frozen=True, eq=False)
class Asked:
    """A grid that is wanted.

    Args:
        problem: What is to be told.
        options: How.
        poolings: Columns.
        key: Of the job.
    """

    problem: Problem
    options: GridOptions
    poolings: tuple[str, ...]
    key: Hashable


def controls(seen: View) -> tuple[GridOptions, tuple[str, ...], str, int]:
    """Score in the row, the rest behind a button: options, poolings, measure and seed."""
    from embedlib.probes import SCORES

    score = address.chooser(
        st.segmented_control,
        "Score",
        address.labels(SCORES),
        key="score",
        default="linear",
        required=True,
        help="\n\n".join(f"**{row.label}**: {row.help}" for row in SCORES.values()),
    )
    with st.popover("How it is measured"):
        transform, measure = _how()
        poolings = _poolings(list(seen.vectors.poolings))
        mixes = st.toggle("Layer mixes", value=True, key="grid_mixes", bind="query-params")
        weighted = st.toggle(
            "Learned weighted sum",
            key="grid_weighted",
            bind="query-params",
            help="A sum of all layers whose weights are learned with the probe: takes longer.",
        )
        seed = st.number_input("Seed", 0, 9_999, 0, key="grid_seed", bind="query-params")
    options = GridOptions(score, transform, mixes=mixes, weighted=weighted)
    return options, poolings, measure, int(seed)


def _how() -> tuple[str, str]:
    """Transform and measure."""
    from embedlib.geometry import TRANSFORMS
    from embedlib.probes import MEASURES

    transform = address.chooser(
        st.selectbox,
        "Transform",
        address.labels(TRANSFORMS),
        key="transform",
        default="none",
        help="Done to each space first, without its labels. A linear probe hardly minds; "
        "neighbours do.",
    )
    measure = address.chooser(
        st.selectbox,
        "Measure",
        address.labels(MEASURES),
        key="measure",
        default="accuracy",
        help="What predictions are scored by.",
    )
    return transform, measure


def _poolings(here: list[str]) -> tuple[str, ...]:
    from embedlib.pooling import POOLINGS as ALL

    return address.several(
        st.multiselect,
        "Poolings",
        here,
        format_func=lambda name: ALL[name].label,
        key="grid_poolings",
        default=[name for name in POOLINGS if name in here] or here[:1],
    )


def posed(seen: View, measure: str, seed: int) -> Problem:
    """What is to be told; kept for this visitor, because very many texts take a while to deal.

    Raises:
        OptionError, LimitError: As `problem` does.
    """
    key = (seen.corpus.digest, seen.labels_key, measure, seed)
    kept, made = st.session_state.get("_posed", (None, None))
    if kept != key:
        made = problem(seen.corpus.labels or (), seen.corpus.texts, seed=seed, measure=measure)
        st.session_state["_posed"] = key, made
    return made


def ask_first(vectors: Vectors, asked: Asked) -> bool:
    """Whether a button with an estimate stands before the work, still unpressed."""
    n_cells = (len(layers_of(vectors, asked.options)) + 1) * len(asked.poolings)
    rows = asked.problem.n_rows
    seconds = n_cells * _seconds_a_cell(vectors.dim, asked)
    what = f"{n_cells} cells of {rows:,} rows and {len(asked.problem.labels)} categories"
    return not agreed(asked.key, seconds, what, "Measure the grid", least=ASK_FIRST_SECONDS)


def _seconds_a_cell(dim: int, asked: Asked) -> float:
    """What one cell takes on two cores, roughly."""
    rows, n_labels = asked.problem.n_rows / 10_000, len(asked.problem.labels)
    if asked.options.score == "linear":
        return max(0.05, _LINEAR_SECONDS * rows * dim / 384 * n_labels / 77)
    pairs = rows if asked.options.score == "knn" else n_labels / 10_000
    return max(0.02, _PAIR_SECONDS * rows * pairs * dim / 384)


def job_of(vectors: Vectors, asked: Asked) -> Job:
    """The job that fills the grid."""
    vectors = _only(vectors, asked.poolings)

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Grid:
        try:
            return grid(
                vectors,
                asked.problem,
                asked.options,
                partial=lambda so_far: _partial.__setitem__(asked.key, so_far),
                progress=progress,
                cancelled=cancelled,
            )
        finally:
            _partial.pop(asked.key, None)

    return resources.jobs().submit(asked.key, work, owner=background.owner())


def so_far(asked: Asked) -> Grid | None:
    """The cells that are done, None before the first."""
    return _partial.get(asked.key)


def _only(vectors: Vectors, poolings: tuple[str, ...]) -> Vectors:
    return replace(vectors, arrays={name: vectors.arrays[name] for name in poolings})
