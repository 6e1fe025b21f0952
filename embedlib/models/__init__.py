"""models: a name becomes an Encoder; a new model of a known architecture is a row in `catalog`."""

from pathlib import Path

from embedlib.models.catalog import CATALOG, DEFAULT, CatalogRow, catalog_row
from embedlib.models.encoder import Encoder
from embedlib.models.names import check_name
from embedlib.models.places import AvailableModel, available

__all__ = [
    "CATALOG",
    "DEFAULT",
    "AvailableModel",
    "CatalogRow",
    "Encoder",
    "available",
    "catalog_row",
    "check_name",
    "load",
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
