"""PARCELS: what a person can take home of a run that is done; a further one is a row.

Beside them `loading_code` and `command_lines` say how what was taken is used.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from embedlib.errors import ReadError
from embedlib.exporting.archive import folder_files, zipped
from embedlib.exporting.code import literal
from embedlib.exporting.formats import csv_bytes
from embedlib.limits import LIMITS
from embedlib.table import Table
from embedlib.training.durable import is_whole
from embedlib.training.export import model_name, reproduction
from embedlib.training.finished import Finished
from embedlib.training.heads import is_head
from embedlib.training.page import page
from embedlib.training.runs import ADAPTER, DATA, MODEL, PREDICTIONS

_HEAD: Final = (
    "The linear head alone, as safetensors, with labels and model card. It is read by this library "
    "and reads the vectors of the unchanged model, which is not in it."
)
_AGAIN: Final = "Train the run again, or take its folder from a copy."


@dataclass(frozen=True)
class Parcel:
    """One file to take home.

    Args:
        name: The row's name.
        label: For a button; says the kind of file.
        meaning: What is in it, in one sentence; see `says`.
        ending: Of the file's name.
        mime: The media type, for a browser's download.
        folder: The folder of the run that it holds, or "".
        make: Gives the file's content.
    """

    name: str
    label: str
    meaning: str
    ending: str
    mime: str
    folder: str
    make: Callable[[Finished], bytes]

    def offered(self, found: Finished) -> bool:
        """Whether this run has it."""
        return not self.folder or (found.run.folder / self.folder).is_dir()

    def size_bytes(self, found: Finished) -> int:
        """About how large it is; 0 where that is little."""
        folder = found.run.folder / self.folder
        if not self.folder:
            return 0
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def says(self, found: Finished) -> str:
        """What is in it: of a head on an unchanged model that there is no model in it."""
        return _HEAD if self.folder == MODEL and is_head(found.run.model) else self.meaning

    def file_name(self, found: Finished) -> str:
        return f"{model_name(found.run)}{self.ending}"


def loading_code(found: Finished) -> str:
    """Python that uses the model outside the app: plain transformers where it is a model."""
    if is_head(found.run.model):
        return (
            "from pathlib import Path\n\n"
            "from embedlib.training.predicting import predictor\n"
            "from embedlib.training.runs import opened\n\n"
            f"ready = predictor(opened(Path({literal(str(found.run.folder))})))\n"
            'said = ready.predict(["a new text"])\n'
            "print(said.predicted, said.confidence)\n"
        )
    name = model_name(found.run)
    kind = "token-classification" if found.tags_words else "text-classification"
    code = (
        "from transformers import pipeline\n\n"
        f'model = pipeline("{kind}", model="{name}")  # the unpacked folder\n'
        'print(model("a new text"))\n'
    )
    if "calibration" in found.report:
        heat = found.report["calibration"]["temperature"]
        code += f"# For calibrated chances, divide the logits by the temperature {heat:.4f}.\n"
    return code


def command_lines(found: Finished) -> str:
    """The same on the command line, for the run's folder on this machine."""
    folder = _quoted(str(found.run.folder))
    out = "tags.conll" if found.tags_words else "labels.csv"
    lines = [f"python -m embedlib predict {folder} new.csv --out {out}"]
    if (found.run.folder / "tensorboard").is_dir():
        lines.append(f"tensorboard --logdir {_quoted(str(found.run.folder / 'tensorboard'))}")
    return "\n".join(lines)


def _model(found: Finished) -> bytes:
    if not is_whole(found.run.model):
        raise ReadError("The run's model must be as it was saved, and is not.", _AGAIN)
    return _folder(found, found.run.model)


def _adapter(found: Finished) -> bytes:
    return _folder(found, found.run.folder / ADAPTER)


def _folder(found: Finished, folder: Path) -> bytes:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    LIMITS["export_bytes"].check(size, "A model in one file")
    return zipped(folder_files(folder, model_name(found.run)))


def _script(found: Finished) -> bytes:
    """reproduce.py and the data it reads."""
    files = folder_files(found.run.folder / DATA, f"{model_name(found.run)}/{DATA}")
    script = reproduction(found.run).encode("utf-8", "backslashreplace")
    return zipped({f"{model_name(found.run)}/reproduce.py": script} | files)


def _predictions(found: Finished) -> bytes:
    """predictions.parquet as CSV; the words and tags of a sentence with spaces between."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader((found.run.folder / PREDICTIONS).read_bytes()))
    except (OSError, pa.ArrowException) as error:
        raise ReadError(f"The run's {PREDICTIONS} cannot be read.", _AGAIN) from error
    columns = {name: _flat(table.column(name)) for name in table.column_names}
    return csv_bytes(pa.table(columns))


def _flat(column: Any) -> Any:
    import pyarrow as pa

    if not pa.types.is_list(column.type):
        return column
    return pa.array([" ".join(map(str, row or ())) for row in column.to_pylist()])


def _json(found: Finished) -> bytes:
    return json.dumps(found.report, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _html(found: Finished) -> bytes:
    return page(found.report).encode("utf-8", "replace")


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(path)


_ZIP: Final = "application/zip"
_ROWS = (
    Parcel(
        "model",
        "Model (zip)",
        "Safetensors, tokenizer, labels and model card; adapters are merged in.",
        ".zip",
        _ZIP,
        MODEL,
        _model,
    ),
    Parcel(
        "adapter",
        "Adapters (zip)",
        "The adapters alone, as PEFT reads them: a few MB beside the unchanged model.",
        "-adapter.zip",
        _ZIP,
        ADAPTER,
        _adapter,
    ),
    Parcel(
        "html",
        "Report (HTML)",
        "All scores, mistakes and settings as one page that needs no network.",
        ".html",
        "text/html",
        "",
        _html,
    ),
    Parcel(
        "json",
        "Report (JSON)",
        "The same for a program, to the last digit.",
        ".json",
        "application/json",
        "",
        _json,
    ),
    Parcel(
        "predictions",
        "Predictions (CSV)",
        "Every validation and test row with its label and what was predicted.",
        "-predictions.csv",
        "text/csv",
        "",
        _predictions,
    ),
    Parcel(
        "script",
        "Script and data (zip)",
        "A Python script that trains the run again outside the app, with its data and split.",
        "-again.zip",
        _ZIP,
        "",
        _script,
    ),
)
PARCELS: Final[Table[Parcel]] = Table("parcel", {row.name: row for row in _ROWS})
