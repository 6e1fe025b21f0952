"""The Python that trains what the page would: the same rows, remedies, split and settings."""

import streamlit as st

from embedlib.exporting.code import literal, sorted_imports
from embedlib.training.export import call_of
from embedlib.training.settings import Settings
from embedlib.training.sources import Columns
from embedlib.ui.train.held_out import FILE
from embedlib.ui.train.source import Source


def show(made: Settings | None, source: Source, remedies: tuple[str, ...]) -> None:
    """The script behind a button; nothing where the choices do not go together."""
    if made is None:
        return
    with st.popover("Code"):
        st.code(code(made, source, remedies), language="python")


def code(made: Settings, source: Source, remedies: tuple[str, ...]) -> str:
    """A script whose `run` is the run that *Start training* would make.

    Args:
        made: What is to run.
        source: The rows.
        remedies: Names of checks whose remedy is applied, in this order.
    """
    imports, lines = (_tagged if source.columns is None else _columns)(source)
    imports += [
        "from embedlib.training import launch, runs",
        "from embedlib.training.settings import settings",
        "from embedlib.training.splitting import Shares, split",
    ]
    if remedies:
        imports.append("from embedlib.training.doctor import apply_named")
        lines.append(f"examples, _ = apply_named(examples, {literal(remedies)})")
    shares = source.held_out.shares
    lines += [
        f"shares = Shares(validation={shares.validation:g}, test={shares.test:g})",
        f"examples = split(examples, {made.seed}, shares)",
        *f"made = {call_of(made)}".splitlines(),
        "run = runs.create(made, examples)",
        "launch.start(run)",
        'print(launch.wait(run).state, (run.report() or {}).get("test"))',
    ]
    return "\n".join([*sorted_imports(imports), "", *lines]) + "\n"


def _columns(source: Source) -> tuple[list[str], list[str]]:
    columns = source.columns
    assert columns is not None  # noqa: S101 - the caller looked
    imports = ["from embedlib.training.sources import Columns, load_sheet"]
    lines = [f"columns = {_call(columns)}"]
    if source.sample:
        imports.append("from embedlib.reading.samples import sample_sheet")
        sheet = f"sample_sheet({literal(source.sample)})"
    else:
        imports.append("from embedlib.reading import read_file")
        sheet = f"read_file({literal(source.name)})"
    if source.held_out.way != FILE:
        return imports, [*lines, f"examples = load_sheet({sheet}, columns).examples"]
    imports[0] = "from embedlib.training.sources import Columns, joined, load_sheet"
    second = f"read_file({literal(source.held_out.second.name)})"
    if source.sample:
        imports.append("from embedlib.reading import read_file")
    return imports, [
        *lines,
        f'train = load_sheet({sheet}, columns, "train")',
        f'test = load_sheet({second}, columns, "test")',
        "examples = joined([train, test]).examples",
    ]


def _tagged(source: Source) -> tuple[list[str], list[str]]:
    imports = ["from pathlib import Path", "from embedlib.training.conll import read_conll"]
    name = "assets/samples/names.conll" if source.sample else source.name
    if source.held_out.way != FILE:
        return imports, [f"examples = {_conll(name)}"]
    imports.append("from embedlib.training.sources import Loaded, joined")
    second = source.held_out.second.name
    train, test = _conll(name, "train"), _conll(second, "test")
    return imports, [
        f"train, test = {train}, {test}",
        "examples = joined([Loaded(train, ()), Loaded(test, ())]).examples",
    ]


def _conll(name: str, part: str = "") -> str:
    given = f", {literal(part)}" if part else ""
    return f"read_conll(Path({literal(name)}).read_bytes(), {literal(name)}{given})"


def _call(columns: Columns) -> str:
    given = {"text": columns.text, "label": columns.label}
    given |= {"pair": columns.pair} if columns.pair else {}
    given |= {"part": columns.part} if columns.part else {}
    return f"Columns({', '.join(f'{name}={literal(value)}' for name, value in given.items())})"
