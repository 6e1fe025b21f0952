"""metrics.jsonl: what training measured, a line a moment; written by the child, read by anyone.

A line is a JSON object with `kind` ("train" or "validation"), `step`, `epoch` and `seconds`; the
rest is numbers under their own names.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = "metrics.jsonl"


@dataclass(frozen=True, eq=False)
class Curves:
    """Metrics in columns, for figures.

    Args:
        train: Lines of kind "train", in order.
        validation: Lines of kind "validation", in order.
    """

    train: tuple[dict[str, Any], ...]
    validation: tuple[dict[str, Any], ...]

    def column(self, kind: str, name: str) -> tuple[list[float], list[float]]:
        """(steps, values) of one number; lines without it are left out.

        Args:
            kind: "train" or "validation".
            name: "loss", "learning_rate", "texts_per_second", "macro_f1", ...
        """
        lines = [line for line in getattr(self, kind) if line.get(name) is not None]
        return [line["step"] for line in lines], [line[name] for line in lines]


def note(folder: Path, line: dict[str, Any]) -> None:
    """Add a line; one write, so that a reader never sees half of it unless the disk is full."""
    text = json.dumps(line, allow_nan=False, default=float)
    with (folder / FILE).open("a", encoding="ascii") as file:
        file.write(text + "\n")


def lines(folder: Path) -> list[dict[str, Any]]:
    """All lines that are whole, in order; none where there is no file."""
    try:
        written = (folder / FILE).read_text("utf-8", "replace")
    except OSError:
        return []
    found = []
    for text in written.splitlines():
        try:
            line = json.loads(text)
        except ValueError:  # the last line of a killed writer
            continue
        if isinstance(line, dict) and "step" in line:
            found.append(line)
    return found


def curves(folder: Path) -> Curves:
    """What has been measured so far."""
    found = lines(folder)
    return Curves(
        tuple(line for line in found if line.get("kind") == "train"),
        tuple(line for line in found if line.get("kind") == "validation"),
    )


def rewind(folder: Path, step: int | None) -> float:
    """Forget what was measured after `step`, or all for None; it will be measured again.

    Returns:
        The seconds that had been trained until then.
    """
    kept = [line for line in lines(folder) if step is not None and line["step"] <= step]
    beside = folder / f".tmp-{FILE}"
    beside.write_text("".join(json.dumps(line) + "\n" for line in kept), "ascii")
    os.replace(beside, folder / FILE)  # noqa: PTH105 - says that it replaces
    return float(kept[-1].get("seconds", 0.0)) if kept else 0.0
