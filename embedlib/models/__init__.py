"""models: a name becomes an Encoder; a new model of a known architecture is a row in `catalog`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from embedlib.models.catalog import CATALOG, DEFAULT, CatalogRow, catalog_row
from embedlib.models.encoder import Encoder
from embedlib.models.names import check_name
from embedlib.models.places import AvailableModel, available
from embedlib.models.shape import ModelShape, shape
from embedlib.records import Progress

if TYPE_CHECKING:
    from embedlib.models.offers import HubDescription

__all__ = [
    "CATALOG",
    "DEFAULT",
    "AvailableModel",
    "CatalogRow",
    "Encoder",
    "ModelShape",
    "available",
    "catalog_row",
    "check_name",
    "describe",
    "download",
    "load",
    "shape",
]


def load(
    name: str | None = None,
    *,
    dtype: str | None = None,
    device: str | None = None,
    models_dir: Path | None = None,
) -> Encoder:
    """The model called `name`, loaded once for all who ask; see `registry.load`."""
    from embedlib.models import registry

    return registry.load(name, dtype=dtype, device=device, models_dir=models_dir)


def download(
    name: str,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> str:
    """Fetch a model from the Hub and check it; gives the name to `load`; see `hub.download`."""
    from embedlib.models import hub

    return hub.download(name, progress=progress, cancelled=cancelled)


def describe(name: str) -> "HubDescription":
    """What the Hub says of a model, for a word before the download; see `hub.describe`."""
    from embedlib.models import hub

    return hub.describe(name)
