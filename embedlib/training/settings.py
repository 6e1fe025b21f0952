"""Settings: all that decides a run, as recipe.json holds it; checked before anything is made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from embedlib.errors import OptionError, ReadError, shown
from embedlib.limits import LIMITS
from embedlib.training.durable import read_json, write_json
from embedlib.training.options import Value, resolve
from embedlib.training.recipes import RECIPES
from embedlib.training.tasks import TASKS

if TYPE_CHECKING:
    from embedlib.models.shape import ModelShape

FILE: Final = "recipe.json"
FORMAT: Final = "embedlib run 1"
_LONGEST_NAME: Final = 80


@dataclass(frozen=True)
class Settings:
    """All that decides a run, beside its data.

    Args:
        name: What the run is called, for display.
        task: A name in TASKS.
        recipe: A name in RECIPES.
        model: The model's name.
        options: Every option of the recipe, resolved.
        seed: Of the split, the order of rows, dropout and the intervals.
        rungs: Names in LADDER that are tried before the recipe, on the same split.
        device: "cpu", "cuda", "mps", or None for the best there is.
        models_dir: A folder of local models, or "".
        wandb: Whether to log to Weights & Biases too.
        trials: Sets of options to try before; 0 for no search.
        minutes: After these no trial begins.
        data: Facts of the examples: sha256, name, rows, columns, remedies.
    """

    name: str
    task: str
    recipe: str
    model: str
    options: dict[str, Value]
    seed: int = 42
    rungs: tuple[str, ...] = ()
    device: str | None = None
    models_dir: str = ""
    wandb: bool = False
    trials: int = 0
    minutes: float = 10.0
    data: dict[str, Any] = field(default_factory=dict)

    def most_read(self, shape: "ModelShape") -> int:
        """Tokens of a text that are read, special tokens included, of a model of this shape.

        Recipes that change the model read all that it can take unless told otherwise; others as
        far as its makers did.
        """
        own = shape.most_tokens if RECIPES[self.recipe].changes_model else shape.max_tokens
        return int(self.options.get("max_tokens", 0)) or own


def settings(  # noqa: PLR0913 - one call says all there is to choose
    *,
    name: str = "",
    task: str = "sequence",
    recipe: str = "probe",
    model: str | None = None,
    options: Mapping[str, object] | None = None,
    seed: int = 42,
    rungs: tuple[str, ...] | None = None,
    device: str | None = None,
    models_dir: Path | str | None = None,
    wandb: bool = False,
    trials: int = 0,
    minutes: float = 10.0,
) -> Settings:
    """Checked settings, with every option filled in.

    Args:
        name: For display; the recipe's label by default.
        task, recipe: Names in their tables.
        model: A model on this machine; None for the bundled one.
        options: Values that differ from the recipe's defaults.
        seed: 0 or more.
        rungs: None for those that take seconds.
        device, models_dir, wandb, trials, minutes: As in `Settings`.

    Raises:
        UnknownNameError: If a name is in no table.
        OptionError: If a value is out of range, or the recipe cannot do the task.
        ModelError: If the model is not on this machine.
    """
    from embedlib.models.places import find
    from embedlib.training.rungs import LADDER, QUICK

    row = RECIPES[recipe]
    TASKS[task]
    if task not in row.tasks:
        raise OptionError(
            f"The recipe {recipe} must be able to do the task {task}, and is not.",
            f"There are: {', '.join(n for n, other in RECIPES.items() if task in other.tasks)}.",
        )
    if isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise OptionError(f"The seed must be a whole number from 0 to 2^32 - 1, got {shown(seed)}.")
    quick = tuple(name for name in QUICK if task in LADDER[name].tasks)
    chosen = quick if rungs is None else tuple(dict.fromkeys(rungs))
    for rung in chosen:
        LADDER[rung]
    models_dir = None if models_dir is None else Path(models_dir).absolute()
    place = find(model, models_dir)
    _check_search(recipe, trials, minutes)
    if wandb:
        _check_wandb()
    return Settings(
        name=clean_name(name) or row.label,
        task=task,
        recipe=recipe,
        model=place.name,
        options=resolve(options or {}, row.own, row.options),
        seed=int(seed),
        rungs=tuple(rung for rung in chosen if rung != recipe),
        device=device,
        models_dir="" if models_dir is None else str(models_dir),
        wandb=wandb,
        trials=trials,
        minutes=minutes,
    )


def write_settings(folder: Path, made: Settings) -> None:
    """Put settings into a run's folder; see `durable.write_json`."""
    import embedlib

    write_json(folder / FILE, {"format": FORMAT, "embedlib": embedlib.__version__, **asdict(made)})


def read_settings(folder: Path) -> Settings:
    """The settings of a run.

    Raises:
        ReadError: If the folder holds no run.
    """
    content = read_json(folder / FILE)
    if content is None or content.get("format") != FORMAT:
        raise ReadError(
            f"A run must be a folder with {FILE}, got {shown(folder.name)} without one.",
            "Give the folder that `train --out` made.",
        )
    try:
        known = {name: content[name] for name in Settings.__dataclass_fields__}
        return Settings(**known | {"rungs": tuple(known["rungs"])})
    except (KeyError, TypeError) as error:
        raise ReadError(f"The run's {FILE} cannot be read: {error} is missing.") from error


def clean_name(name: str) -> str:
    """A name as it may be shown: printable, on one line, not too long."""
    printable = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(printable.split())[:_LONGEST_NAME].strip()


def _check_search(recipe: str, trials: int, minutes: float) -> None:
    from embedlib.training.search import SPACES

    if not 0 <= trials <= LIMITS["trials"].value:
        most = LIMITS["trials"].value
        raise OptionError(f"A search must try from 0 to {most} sets of options, got {trials}.")
    if not 0 < minutes <= 24 * 60:
        raise OptionError(f"A search must take up to {24 * 60} minutes, got {minutes:g}.")
    if trials:
        SPACES[recipe]


def _check_wandb() -> None:
    from importlib.util import find_spec

    if find_spec("wandb") is None:
        raise OptionError(
            "Weights & Biases must be installed to log to it, and is not.",
            "Install it with `pip install wandb`, or leave --wandb out: TensorBoard is always on.",
        )
