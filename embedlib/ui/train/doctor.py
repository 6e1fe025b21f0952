"""The data doctor: what is wrong, how many rows, which, and a remedy that can be undone."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from embedlib.limits import LIMITS
from embedlib.training.doctor import CHECKS, REMEDIES, Applied, Finding
from embedlib.training.examples import Examples
from embedlib.ui import address
from embedlib.ui.literal import literal
from embedlib.ui.train.prepared import Divided, Prepared
from embedlib.ui.train.source import Source

_STATE = "_train_remedies"
_BADGES = {
    "refuse": ("Must be settled", "red"),
    "warn": ("Warning", "orange"),
    "note": ("Note", "gray"),
}


def remedies(source: Source) -> tuple[str, ...]:
    """The checks whose remedies are applied to these rows; other rows begin without any."""
    held = st.session_state.get(_STATE)
    if held is None:  # the first rows of the session: an address may say what was done to them
        asked = st.query_params.get("fix", "").split(",")
        held = (source.key, tuple(name for name in dict.fromkeys(asked) if name in CHECKS))
    if held[0] != source.key:
        held = (source.key, ())
    st.session_state[_STATE] = held
    address.put("fix", ",".join(held[1]) or None)
    return held[1]


def blocking(findings: Sequence[Finding]) -> list[str]:
    """Why these rows cannot be trained on, in words."""
    return [finding.words for finding in findings if finding.severity == "refuse"]


def summary(findings: Sequence[Finding]) -> str:
    """How much there is to look at, for who stands at the start button.

    >>> summary([])
    'The data doctor found nothing wrong.'
    """
    if not findings:
        return "The data doctor found nothing wrong."
    counts = Counter(finding.severity for finding in findings)
    kinds = [("warn", "warning"), ("note", "note")]
    told = [_some(counts[kind], noun) for kind, noun in kinds if counts[kind]]
    nothing = "" if counts["warn"] else "found nothing that must be mended, and "
    return f"The data doctor {nothing}has {' and '.join(told)}."


def _some(n: int, noun: str) -> str:
    return f"a {noun}" if n == 1 else f"{n} {noun}s"


def show(rows: Prepared, parts: Divided, findings: Sequence[Finding]) -> None:
    """Every finding with its rows and its remedy, and what was done.

    Args:
        rows: What the doctor has seen.
        parts: The same rows, split if they can be.
        findings: All that was found, the gravest first.
    """
    examples = rows.examples if parts.examples is None else parts.examples
    n_rows = f"{len(rows.examples):,} rows"
    st.subheader("Data doctor", anchor=False)
    if not findings:
        st.caption(f":material/check_circle: Nothing is wrong with these {n_rows}.")
    for note in rows.notes:
        st.caption(":material/info: " + literal(note))
    for place, finding in enumerate(findings):
        _finding(place, finding, examples)
    for applied in rows.applied:
        _done(applied)


def _finding(place: int, finding: Finding, examples: Examples) -> None:
    label, colour = _BADGES[finding.severity]
    with st.container(border=True, gap="small"):
        st.markdown(f":{colour}-badge[{label}] {literal(finding.words)}")
        if not finding.rows:
            return
        left, right = st.columns([3, 2], vertical_alignment="center")
        expander = left.expander(
            _counted(finding.count),
            key=f"rows_{finding.check}_{place}",
            on_change="rerun",
            type="compact",
        )
        if finding.remedy:
            right.button(
                REMEDIES[finding.remedy].label,
                key=f"remedy_{finding.check}_{place}",
                on_click=_apply,
                args=(finding.check,),
                width="stretch",
            )
        if expander.open:
            _table(finding, examples)


def _table(finding: Finding, examples: Examples) -> None:
    most = LIMITS["map_table_rows"].value
    listed = finding.rows[:most]
    columns = {
        "Row": [examples.rows[row] + 1 for row in listed],
        "Text": [examples.texts[row][:500] for row in listed],
    }
    if examples.pairs:
        columns["Second text"] = [examples.pairs[row][:500] for row in listed]
    if examples.labels:
        columns["Label"] = [examples.labels[row] for row in listed]
    if examples.tags:
        columns["Tags"] = [" ".join(examples.tags[row])[:500] for row in listed]
    if examples.parts:
        columns["Part"] = [examples.parts[row] for row in listed]
    st.dataframe(
        columns,
        hide_index=True,
        height=min(36 * len(listed) + 38, 260),
        column_config={"Row": st.column_config.NumberColumn(width=60)},
        alt=finding.words,
    )
    if len(finding.rows) > most:
        st.caption(f"The first {most:,} of {finding.count:,} rows.")


def _done(applied: Applied) -> None:
    gone = applied.rows_before - applied.rows_after
    what = f"{_counted(gone)} left out" if gone else f"{_counted(applied.rows_changed)} changed"
    check = applied.check.replace("_", " ")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        told = f"{REMEDIES[applied.remedy].label} ({check}): {what}."
        st.markdown(f":green-badge[Done] {literal(told)}", width="stretch")
        st.button("Undo", key=f"undo_{applied.check}", on_click=_undo, args=(applied.check,))


def _apply(check: str) -> None:
    key, applied = st.session_state[_STATE]
    st.session_state[_STATE] = (key, (*applied, check))


def _undo(check: str) -> None:
    key, applied = st.session_state[_STATE]
    st.session_state[_STATE] = (key, tuple(name for name in applied if name != check))


def _counted(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"
