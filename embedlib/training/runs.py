"""A run is a folder: what it is to do, its data, how far it is, its report and its model.

>>> from embedlib.training import runs
>>> runs.listed()  # doctest: +SKIP
"""

import os
import re
import shutil
import time
import uuid
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from embedlib import paths
from embedlib.errors import OptionError, ReadError, StoreError, shown
from embedlib.limits import LIMITS
from embedlib.training import settings as settings_file
from embedlib.training.durable import read_json
from embedlib.training.examples import Examples, read_examples, write_examples
from embedlib.training.journal import Curves, curves
from embedlib.training.settings import Settings, read_settings, write_settings
from embedlib.training.status import Status, read_status, settle, write_status

DATA, MODEL, ADAPTER, REPORT, LADDER = "data", "model", "adapter", "report.json", "ladder.json"
LOG, CANCEL, PREDICTIONS = "log.txt", "cancel", "predictions.parquet"
DRIFT = "drift.json"
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Run:
    """A run's folder, and what can be read in it at any time.

    Args:
        folder: Where it is, absolute.
    """

    folder: Path

    @property
    def id(self) -> str:
        """The folder's name: 32 hex digits among the user's runs."""
        return self.folder.name

    @cached_property
    def settings(self) -> Settings:
        return read_settings(self.folder)

    def status(self) -> Status:
        """Its state now; an interruption that nobody wrote down is noticed."""
        return settle(self.folder)

    def curves(self) -> Curves:
        """What training has measured so far."""
        return curves(self.folder)

    def report(self) -> dict[str, Any] | None:
        """report.json once the run is done, else None."""
        return read_json(self.folder / REPORT)

    def ladder(self) -> dict[str, Any] | None:
        """The rungs climbed so far, None before the first."""
        return read_json(self.folder / LADDER)

    def drift(self) -> dict[str, Any] | None:
        """What changed in the space; None for a recipe that changes none."""
        return read_json(self.folder / DRIFT)

    def examples(self) -> Examples:
        """The run's data, checked against its hash."""
        return read_examples(self.folder / DATA, self.settings.data.get("sha256"))

    @property
    def model(self) -> Path:
        """The folder of the trained model, there once the run is done."""
        return self.folder / MODEL

    @property
    def asked(self) -> float:
        """When it was put into the queue, seconds since 1970."""
        return read_status(self.folder).asked


def create(made: Settings, examples: Examples, folder: Path | None = None) -> Run:
    """A new run that has not begun; whole or not there.

    Args:
        made: What it is to do.
        examples: Its data, split.
        folder: Where; None for a new folder among the user's runs.

    Raises:
        OptionError: If the folder holds anything, or the data does not suit.
        StoreError: If the disk is full or may not be written.
    """
    _check_examples(made, examples)
    target = paths.runs_folder().absolute() / uuid.uuid4().hex if folder is None else folder
    target = target.absolute()
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise OptionError(
            f"A run must go into a new folder, but {shown(str(target), 200)} is there.",
            "Choose another, or resume the run that is in it.",
        )
    staging = target.parent / f".tmp-{uuid.uuid4().hex}"
    try:
        (staging / DATA).mkdir(parents=True, mode=0o700)
        staging.chmod(0o700)
        digest = write_examples(staging / DATA, examples)
        counts = {part: examples.parts.count(part) for part in sorted(set(examples.parts))}
        facts = {"name": examples.name, "sha256": digest, "rows": counts, **made.data}
        write_settings(staging, replace(made, data=facts))
        write_status(staging, Status("queued", asked=time.time()))
        if target.exists():
            target.rmdir()
        os.replace(staging, target)  # noqa: PTH105 - says that it replaces
    except OSError as error:
        raise StoreError(
            f"The run cannot be written: {error.strerror or error}.",
            "Free some space, or choose another folder.",
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Run(target)


def opened(folder: Path) -> Run:
    """The run in a folder that a person of this machine names.

    Raises:
        ReadError: If it holds no run.
    """
    run = Run(folder.absolute())
    read_settings(run.folder)
    return run


def find(run_id: str) -> Run:
    """One of the user's runs by its id, which may come from an address.

    Raises:
        ReadError: If it is no id, or there is no such run.
    """
    root = paths.runs_folder().absolute()
    if not isinstance(run_id, str) or not _ID.fullmatch(run_id) or (root / run_id).is_symlink():
        raise ReadError(f"A run's id must be 32 hex digits, got {shown(run_id)}.")
    if not (root / run_id / settings_file.FILE).is_file():
        raise ReadError("There is no such run any more.", "Choose one from the list.")
    return Run(root / run_id)


def listed() -> list[Run]:
    """The user's runs, the newest first; folders that are none are left out."""
    root = paths.runs_folder().absolute()
    names = [path.name for path in root.iterdir()] if root.is_dir() else []
    found = [
        Run(root / name)
        for name in names
        if _ID.fullmatch(name) and (root / name / settings_file.FILE).is_file()
    ]
    return sorted(found, key=lambda run: run.asked, reverse=True)


def rename(run: Run, name: str) -> Run:
    """Give a run another display name."""
    cleaned = settings_file.clean_name(name)
    if not cleaned:
        raise OptionError("A run's name must have a character that can be seen.")
    write_settings(run.folder, replace(run.settings, name=cleaned))
    return Run(run.folder)


def remove(run: Run) -> None:
    """Remove a run that neither waits nor trains.

    Raises:
        OptionError: If it does.
    """
    if run.status().live:
        raise OptionError("A run must have ended to be removed, and has not.", "Cancel it first.")
    away = run.folder.with_name(f".tmp-{uuid.uuid4().hex}")
    os.replace(run.folder, away)  # noqa: PTH105 - gone at once, even if removing takes long
    shutil.rmtree(away, ignore_errors=True)


def _check_examples(made: Settings, examples: Examples) -> None:
    """What no training can do anything with, in words."""
    names = examples.label_names
    if len(names) < 2:
        raise OptionError(
            f"There must be at least 2 labels to tell apart, got {len(names)}"
            f"{': ' + shown(names[0]) if names else ''}.",
            "Choose another label column.",
        )
    LIMITS["labels"].check(len(names), "The number of labels")
    if not examples.tags and "" in examples.labels:
        raise OptionError(
            f"Every row must have a label, got {examples.labels.count('')} without one.",
            "Leave these rows out.",
        )
    if set(examples.parts) != {"train", "validation", "test"}:
        raise OptionError(
            "The data must be split into train, validation and test, and is not.",
            "Call `split` first.",
        )
    trained = set(examples.part("train").label_names)
    unseen = [name for name in names if name not in trained]
    if len(trained) < 2:
        raise OptionError("The training rows must have at least 2 labels, got 1.")
    if unseen and not examples.tags and len(unseen) > len(names) / 2:
        raise OptionError(
            f"Most labels must stand in the training rows, got {len(unseen)} of {len(names)} "
            "without one.",
            "Check that the files or the split column belong together.",
        )
