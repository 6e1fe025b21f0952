"""How to train: recipe, rungs to compare with, options, search; all from the library's tables."""

import math
import os
from dataclasses import replace
from importlib.util import find_spec

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.limits import LIMITS
from embedlib.training.doctor import Finding, diagnosis
from embedlib.training.options import OPTIONS, Option, Value
from embedlib.training.recipes import RECIPES, Recipe
from embedlib.training.rungs import LADDER, QUICK
from embedlib.training.search import SPACES
from embedlib.training.settings import Settings, settings
from embedlib.ui import address, faults, resources
from embedlib.ui.choice import Choice
from embedlib.ui.train.prepared import Divided, Prepared
from embedlib.ui.train.source import Source

_BY_SIDEBAR = ("layer", "pooling", "prefix")


def asked(source: Source, choice: Choice) -> Settings | None:
    """Draw the controls and give the settings; None, and why, if they do not go together."""
    names = [name for name, row in RECIPES.items() if source.task in row.tasks]
    name = address.chooser(
        st.radio,
        "Recipe",
        names,
        format_func=lambda name: RECIPES[name].label,
        captions=[RECIPES[name].meaning for name in names],
        key="recipe",
        default="probe" if "probe" in names else "lora",
    )
    recipe = RECIPES[name]
    if not recipe.changes_model:
        _say_vectors(choice)
    rungs = _rungs(source.task, name)
    with st.container(horizontal=True, gap="small"):
        with st.popover("Options"):
            options = _options(recipe, choice)
        with st.popover("Search"):
            trials, minutes = _search(name)
    wandb = _wandb()
    called = st.text_input(
        "Name", key="train_name", placeholder=source.name, max_chars=80, persist_state="session"
    )
    try:
        return settings(
            name=called.strip() or source.name,
            task=source.task,
            recipe=name,
            model=choice.model,
            options=options | _from_sidebar(recipe, choice),
            seed=source.held_out.seed,
            rungs=rungs,
            wandb=wandb,
            trials=trials,
            minutes=minutes,
        )
    except EmbedlibError as error:
        faults.show(error)
        return None


def findings(made: Settings | None, rows: Prepared, parts: Divided) -> list[Finding]:
    """All that is wrong with the rows for this model, split and recipe, the gravest first."""
    most = None if made is None else made.most_read(resources.shape(made.model))
    options = None if made is None else made.options
    return diagnosis(rows.findings, rows.counts, parts.examples, most, options)


def _say_vectors(choice: Choice) -> None:
    pooling = "mean" if choice.pooling == "chosen" else choice.pooling_name.lower()
    st.caption(f"Vectors as the sidebar says: {choice.layer_name}, {pooling}.")


def _from_sidebar(recipe: Recipe, choice: Choice) -> dict[str, Value]:
    """What the sidebar decides: the vectors of a frozen model, and the prefix of any."""
    pooling = "mean" if choice.pooling == "chosen" else choice.pooling
    given: dict[str, Value] = {
        "layer": str(choice.layer),
        "pooling": pooling,
        "prefix": choice.tokens.prefix,
    }
    if not recipe.changes_model and choice.tokens.max_tokens is not None:
        given["max_tokens"] = choice.tokens.max_tokens
    return {name: value for name, value in given.items() if name in recipe.options}


def _rungs(task: str, recipe: str) -> tuple[str, ...]:
    """Which rungs to climb before the recipe, on the same split."""
    names = [name for name, row in LADDER.items() if task in row.tasks and name != recipe]
    key = f"rungs_{task}_{recipe}"
    quick = [name for name in names if name in QUICK]
    if key not in st.session_state:
        named = st.query_params.get("rungs")
        st.session_state[key] = (
            quick if named is None else [name for name in named.split(",") if name in names]
        )
    picked = st.pills(
        "Compare with",
        names,
        selection_mode="multi",
        wrap=True,
        format_func=lambda name: LADDER[name].label,
        key=key,
        persist_state="session",
        help="Trained and tested on the same rows, so that the report can say what each step "
        "bought. LoRA and full fine-tuning take minutes, the others seconds.",
    )
    chosen = [name for name in names if name in picked]
    address.put("rungs", None if chosen == quick else ",".join(chosen) or "none")
    return tuple(chosen)


def _options(recipe: Recipe, choice: Choice) -> dict[str, Value]:
    """The expert drawer: a widget for each option of the recipe; only what was changed is given."""
    drawn = [name for name in recipe.options if name not in _BY_SIDEBAR]
    if not recipe.changes_model:
        drawn.remove("max_tokens")
        st.caption("Layer, pooling, prefix and tokens a text are those of the sidebar.")
    if not drawn:
        st.caption("This recipe has no further options.")
    # What the model can take bounds two of them.
    shape = resources.shape(choice.model)
    bounds = {"max_tokens": shape.most_tokens, "frozen_layers": shape.n_layers}
    found: dict[str, Value] = {}
    for name in drawn:
        option, default = OPTIONS[name], recipe.defaults[name]
        if name in bounds:
            option, default = replace(option, most=bounds[name]), min(default, bounds[name])
        value = _widget(option, default, f"{recipe.name}_{name}")
        if value != recipe.defaults[name]:
            found[name] = value
    return found


def _widget(option: Option, default: Value, key: str) -> Value:
    how = {"key": key, "help": option.meaning, "bind": "query-params"}
    if isinstance(default, bool):
        return st.toggle(option.label, value=default, **how)
    if isinstance(default, str):
        if option.choices:
            place = option.choices.index(default)
            return st.selectbox(option.label, option.choices, index=place, **how)
        return st.text_input(option.label, default, max_chars=200, **how)
    kind = type(default)
    most = None if math.isinf(option.most) else kind(option.most)
    if kind is int:
        return int(st.number_input(option.label, int(option.least), most, default, 1, **how))
    step = 10.0 ** math.floor(math.log10(default)) if default else 0.05
    value = st.number_input(
        option.label, float(option.least), most, default, step, format="%g", **how
    )
    return float(value)


def _search(recipe: str) -> tuple[int, float]:
    """How many sets of options to try first, and the minutes after which none begins."""
    if recipe not in SPACES:
        st.caption("This recipe has nothing to search for.")
        return 0, 10.0
    if find_spec("optuna") is None:
        st.caption("A search needs Optuna: pip install optuna.")
        return 0, 10.0
    searched = ", ".join(OPTIONS[name].label.lower() for name in SPACES[recipe])
    trials = st.number_input(
        "Trials",
        0,
        LIMITS["trials"].value,
        0,
        1,
        key="trials",
        bind="query-params",
        help=f"Sets of options to try before ({searched}), judged on the validation rows; the "
        "test rows take no part. 0: no search.",
    )
    minutes = st.number_input(
        "Minutes",
        1,
        24 * 60,
        10,
        1,
        key="minutes",
        bind="query-params",
        disabled=not trials,
        help="After these no trial begins.",
    )
    return int(trials), float(minutes)


def _wandb() -> bool:
    """Whether to log to Weights & Biases too; offered where its key is set."""
    if not os.environ.get("WANDB_API_KEY") or find_spec("wandb") is None:
        return False
    return st.toggle(
        "Log to Weights & Biases",
        key="train_wandb",
        persist_state="session",
        help="Metrics go to the account of the server's WANDB_API_KEY. TensorBoard logs are "
        "always in the run's folder.",
    )
