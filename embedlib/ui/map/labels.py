"""Labels: what a linear probe that never saw a text says of its label; found in the background."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from embedlib.figures.cloud import Colouring, numbers
from embedlib.jobs import Job
from embedlib.pace import duration
from embedlib.probes import Verdicts, problem, verdicts
from embedlib.probes.verdicts import NOT_JUDGED
from embedlib.records import Progress
from embedlib.ui import resources
from embedlib.ui.background import owner, result
from embedlib.ui.literal import literal
from embedlib.ui.map import arrivals, colours
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.rows import rows_table
from embedlib.ui.map.space import Space

AT_ONCE_TEXTS = 3_000  # more are judged only when asked
CONFIDENCE, PREDICTED, RIGHT = "confidence in the label", "predicted label", "right or wrong"
_SECONDS = 10 / (10_000 * 384 * 77)  # a text, dimension and label, on two cores
_ASKED, _DRAWN = "_map_labels_asked", "_map_labels_drawn"
_MOST_LISTED = 500


def found(space: Space) -> Verdicts | None:
    """The probe's word on the texts, if it is known; for few texts it is on its way by itself."""
    st.session_state[_DRAWN] = None
    if space.labels is None or not (len(space) <= AT_ONCE_TEXTS or _is_asked(space)):
        return None
    job = _job(space)
    arrivals.expect(job, "what a probe says of the labels", CONFIDENCE, PREDICTED, RIGHT)
    if job.state != "done":
        return None
    st.session_state[_DRAWN] = job.key
    return job.result


def colourings(space: Space, known: Verdicts) -> list[Colouring]:
    """How sure the probe is of each label, which label it gives, and whether that is right."""
    key, note = (space.key, space.texts_key, "verdicts"), _note(space, known)
    judged = known.predicted != NOT_JUDGED
    verdict = np.where(judged, np.where(known.right, 0, 1), 2).astype(np.int32)
    outcomes = ("right", "wrong", "not judged")[: 2 if judged.all() else 3]
    codes = known.predicted.astype(np.int32)
    labels = known.problem.labels  # by size, as the colours of the label itself are given
    sure = 100 * known.confidence
    return [
        colours.kept(
            (*key, CONFIDENCE),
            lambda: numbers(CONFIDENCE, sure, unit="%", limits=(0, 100), note=note),
        ),
        colours.kept(
            (*key, PREDICTED),
            lambda: Colouring(PREDICTED, "category", codes, labels, note=note, ranked=True),
        ),
        colours.kept(
            (*key, RIGHT),
            lambda: Colouring(RIGHT, "category", verdict, outcomes, note=note, ranked=True),
        ),
    ]


def show(picture: MapPicture) -> None:
    """How well the labels can be told from the vectors, and the texts that contradict theirs."""
    space = picture.space
    if space.labels is None:
        st.caption("These texts have no labels. In a file, choose the column that holds them.")
        return
    if len(space) > AT_ONCE_TEXTS and not _is_asked(space):
        size = len(space) * space.vectors.shape[1] * len(set(space.labels))
        label = f"Ask a probe about {len(space):,} labels, about {duration(size * _SECONDS)}"
        if st.button(label):
            st.session_state[_ASKED] = _key(space)
            st.rerun()
        return
    job = _job(space)
    known: Verdicts = result(job, "Asking a probe about the labels", height=240)
    if st.session_state[_DRAWN] != job.key:
        st.rerun()  # the map above was drawn without it
    _scores(space, known)
    _doubted(space, known)


def _scores(space: Space, known: Verdicts) -> None:
    low, high = known.interval
    left, middle, right = st.columns(3)
    left.metric(
        "Labels told from the vectors",
        f"{known.accuracy:.1%}",
        help="Share of the texts that the probe gives their own label. 95 % interval, corrected "
        f"for overlapping folds: {low:.1%} to {high:.1%}.",
    )
    middle.metric("Always the commonest label", f"{known.problem.largest_share:.1%}")
    right.metric("Texts judged", f"{known.problem.n_rows:,} of {len(space):,}")
    for note in known.problem.notes:
        st.caption(":material/info: " + literal(note))
    st.caption(
        literal(
            f"A linear probe (logistic regression) on {space.sentence}, in all dimensions; each "
            f"text is judged by a probe that learned from the other folds; equal texts are in one "
            f"fold. {known.problem.sentence}; {known.seconds:.1f} s. Colour the map by it above."
        )
    )


def _doubted(space: Space, known: Verdicts) -> None:
    st.markdown("**Texts whose vectors contradict their label**")
    rows = known.doubted
    if not len(rows):
        st.caption("None: the probe gives every text its own label.")
        return
    listed = rows[:_MOST_LISTED]
    names = known.names
    rows_table(
        space,
        listed,
        key="doubted_rows",
        more={
            "Predicted": [names[row] for row in listed.tolist()],
            "P(predicted)": known.certainty[listed].astype(float).tolist(),
            "P(label)": known.confidence[listed].astype(float).tolist(),
        },
        text_width="medium",
        alt="Texts whose vectors contradict their label, the surest first",
    )
    st.caption(
        f"{len(rows):,} in all, the surest first. P: probability by the probe. Wrong labels are "
        "often among them; so are texts that are hard to tell. Choose one to open it on the map."
    )


def _note(space: Space, known: Verdicts) -> str:
    where = "these vectors" if space.choice is None else space.choice.layer_name
    return (
        f"Of a linear probe on {where} that never saw the text or its equals "
        f"({known.problem.n_folds} folds). It is right for {known.accuracy:.0%} of "
        f"{known.problem.n_rows:,} texts; the commonest label alone for "
        f"{known.problem.largest_share:.0%}."
    )


def _key(space: Space) -> tuple[object, ...]:
    return ("verdicts", space.key, space.texts_key, space.corpus.label_column)


def _is_asked(space: Space) -> bool:
    return st.session_state.get(_ASKED) == _key(space)


def _job(space: Space) -> Job:
    vectors, labels, texts = space.vectors, space.labels, space.texts

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Verdicts:
        posed = problem(labels, texts)
        return verdicts(vectors, posed, progress=progress, cancelled=cancelled)

    return resources.jobs().submit(_key(space), work, owner=owner())
