"""What a trained model's folder carries beside its weights, and the script that makes it again."""

import json
from pathlib import Path
from typing import Any

from embedlib.errors import EmbedlibError
from embedlib.exporting.code import literal
from embedlib.models.places import RUN_CARD, find
from embedlib.training.durable import read_json
from embedlib.training.examples import FILE
from embedlib.training.heads import is_head
from embedlib.training.runs import DATA, Run
from embedlib.training.settings import Settings


def describe(folder: Path, run: Run, report: dict[str, Any]) -> None:
    """Write the model card (README.md), the labels and the name into a model's folder."""
    labels = {str(number): label for number, label in enumerate(report["labels"])}
    _write(folder / "labels.json", labels)
    _write(folder / RUN_CARD, {"name": model_name(run), "run": run.id, "data": report["data"]})
    (folder / "README.md").write_text(model_card(folder, report), "utf-8")


def model_name(run: Run) -> str:
    """What the trained model is called among the models: the run's name, and part of its id.

    >>> model_name(Run(Path("/runs/0123456789abcdef0123456789abcdef")))  # doctest: +SKIP
    'intents-012345'
    """
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in run.settings.name.lower())
    words = "-".join(part for part in plain.split("-") if part)[:60].strip("-") or "run"
    digits = "".join(c for c in run.id if c in "0123456789abcdef")[:6]
    return f"{words}-{digits}" if digits else words


def name_among_models(run: Run) -> str | None:
    """What every page calls the run's model; None where no page could find it.

    A head on frozen vectors is no model of its own, and a run outside the user's runs is in no
    list of models.
    """
    card = read_json(run.model / RUN_CARD) or {}
    try:
        place = find(str(card.get("name", "")))
    except EmbedlibError:
        return None
    return place.name if place.folder == run.model else None


def model_card(folder: Path, report: dict[str, Any]) -> str:
    """The README of a trained model: what it is, how good, from what, and how to load it."""
    test, data = report["test"], report["data"]
    lines = [
        f"# {_escaped(report['name'])}",
        "",
        f"{report['recipe']} of {report['model']} for {len(report['labels'])} labels.",
        "",
        _loading(folder, report["task"]),
        "",
        "| test score | value | 95 % interval |",
        "|---|---|---|",
        *(
            f"| {name} | {test[name]:.4f} | {test[f'{name}_interval'][0]:.4f} to "
            f"{test[f'{name}_interval'][1]:.4f} |"
            for name in ("accuracy", "macro_f1", "entity_f1")
            if name in test
        ),
        "",
        f"Scored on {test['rows']:,} test rows that neither taught nor chose anything.",
        "",
        f"- Data: {_escaped(data['name'])}, {_counts(data['rows'])}, SHA-256 `{data['sha256']}`",
        f"- Seed: {report['seed']}",
        f"- Options: `{json.dumps(report['options'], ensure_ascii=False)}`",
        f"- Temperature for calibrated confidence: {report['calibration']['temperature']:.3f}"
        if "calibration" in report
        else "- Confidence is not calibrated.",
        f"- Versions: `{json.dumps(report['versions'])}`",
        *(f"- {_escaped(note)}" for note in report["notes"]),
        "",
    ]
    return "\n".join(lines)


def reproduction(run: Run) -> str:
    """A script that trains the run again outside the app, from its own data."""
    settings = run.settings
    return f'''"""Trains this run again: `python reproduce.py`, beside the run's folder {DATA}/."""

from pathlib import Path

from embedlib.training import launch, runs
from embedlib.training.examples import read_examples
from embedlib.training.settings import settings

HERE = Path(__file__).resolve().parent

examples = read_examples(HERE / "{DATA}", {settings.data["sha256"]!r})
again = {call_of(settings)}
run = runs.create(again, examples, HERE / "again")
launch.start(run)
print(launch.wait(run), (HERE / "again" / "report.json"))  # {FILE} holds the split
'''


def call_of(made: Settings) -> str:
    """The call of `settings` that gives the same settings again, as Python source."""
    given = {
        "name": made.name,
        "task": made.task,
        "recipe": made.recipe,
        "model": made.model,
        "options": made.options,
        "seed": made.seed,
        "rungs": made.rungs,
    }
    given |= {"device": made.device} if made.device else {}
    given |= {"models_dir": made.models_dir} if made.models_dir else {}
    given |= {"wandb": True} if made.wandb else {}
    given |= {"trials": made.trials, "minutes": made.minutes} if made.trials else {}
    lines = [f"    {name}={literal(value)}," for name, value in given.items()]
    return "\n".join(["settings(", *lines, ")"])


def _loading(folder: Path, task: str) -> str:
    if is_head(folder):
        return (
            "A linear head on the vectors of the unchanged model, which is not in this folder "
            "(`head.safetensors`, `head.json`): `embedlib.training.heads.read_head(FOLDER)` reads "
            "it; `python -m embedlib predict` takes the run's folder, around this one."
        )
    family = "Token" if task == "tokens" else "Sequence"
    return (
        f"```python\nfrom transformers import AutoModelFor{family}Classification\n"
        f"model = AutoModelFor{family}Classification.from_pretrained(FOLDER)\n```"
    )


def _counts(rows: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {part}" for part, count in rows.items())


def _escaped(text: str) -> str:
    """A person's text on one line of Markdown, as it is."""
    marks = "\\`*_{}[]<>()#+!|$~"
    return "".join(f"\\{c}" if c in marks else c for c in " ".join(text.split()))


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
