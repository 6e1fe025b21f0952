"""What all sessions of the server share: store, jobs, models on disk; made once, on first use.

Vectors live in the store under a hash; attention maps in memory, as long as there is room.
"""

import sys
from collections.abc import Hashable
from functools import cache
from pathlib import Path

from embedlib.jobs import Jobs
from embedlib.kept import Kept
from embedlib.limits import LIMITS
from embedlib.models import ModelShape
from embedlib.store import Store

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@cache
def store() -> Store:
    """Where vectors are kept."""
    return Store()


@cache
def jobs() -> Jobs:
    """The long work of all sessions."""
    return Jobs(workers=LIMITS["running_jobs"].value)


@cache
def attention() -> Kept:
    """Attention maps of the last texts, and what the pictures show of them."""
    return Kept(LIMITS["attention_kept_bytes"].value)


def model_names() -> list[str]:
    """The models on this machine, the bundled one first."""
    from embedlib.models import available

    return [model.name for model in available()]


def shape(model: str) -> ModelShape:
    """Layers, dimensions and token bound of `model`, read without loading it."""
    from embedlib.models import shape as shape_of

    return shape_of(model)


def model_stamp(model: str) -> Hashable:
    """Changes when somebody saves other files over those of `model`."""
    from embedlib.models.places import find
    from embedlib.models.weights import stamp

    return stamp(find(model).folder)


def device_line() -> str:
    """The device in words; torch is not loaded for the sake of this line."""
    if "torch" not in sys.modules:
        return "Starting"
    from embedlib.models.devices import describe_device

    return describe_device()
