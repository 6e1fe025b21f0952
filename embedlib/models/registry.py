"""Loaded models, one copy of each: loaded once however many ask, the least used let go."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from embedlib.errors import ModelError
from embedlib.limits import LIMITS
from embedlib.models.devices import choose_device, choose_dtype
from embedlib.models.encoder import Encoder
from embedlib.models.loading import load_place
from embedlib.models.places import find
from embedlib.models.weights import stamp


class Registry:
    """Keeps up to LIMITS["loaded_models"] encoders; those still in use elsewhere live on there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: OrderedDict[Hashable, Encoder] = OrderedDict()
        self._coming: dict[Hashable, Future[Encoder]] = {}

    def get(self, key: Hashable, make: Callable[[], Encoder]) -> Encoder:
        """The encoder of `key`; `make` runs once for all who ask at the same time.

        An error of `make` reaches all of them, and is not kept: the next to ask tries again.
        """
        with self._lock:
            if key in self._ready:
                self._ready.move_to_end(key)
                return self._ready[key]
            coming = self._coming.get(key)
            if coming is None:
                mine = self._coming[key] = Future()
        if coming is not None:
            return coming.result()
        return self._make(key, make, mine)

    def _make(
        self, key: Hashable, make: Callable[[], Encoder], promise: "Future[Encoder]"
    ) -> Encoder:
        try:
            encoder = make()
        except BaseException as error:
            with self._lock:
                del self._coming[key]
            stopped = ModelError("Loading the model was interrupted.", "Try again.")
            promise.set_exception(error if isinstance(error, Exception) else stopped)
            raise
        with self._lock:
            del self._coming[key]
            self._ready[key] = encoder
            while len(self._ready) > LIMITS["loaded_models"].value:
                self._ready.popitem(last=False)
        promise.set_result(encoder)
        return encoder


REGISTRY: Final = Registry()


def load(
    name: str | None = None,
    *,
    dtype: str | None = None,
    device: str | None = None,
    models_dir: Path | None = None,
) -> Encoder:
    """The model called `name`, loaded; the same object for all who ask for the same thing.

    Args:
        name: A name from `available()`; None for the bundled all-MiniLM-L6-v2.
        dtype: "float32" (the default), "bfloat16" or "float16".
        device: "cpu", "cuda" or "mps"; None for the best of this machine.
        models_dir: A folder of local models; None for EMBEDLIB_MODELS_DIR.

    Raises:
        ModelNameError: If `name` is no model's name (a path, a URL); nothing was opened then.
        ModelNotFoundError: If it is not on this machine; says how to get it.
        UnsafeModelError: If its files could run code or are not what they should be.
        UnsupportedModelError: If it cannot be read layer by layer.
        OptionError: If the device or number format cannot be had.
    """
    place = find(name, models_dir)
    device = choose_device(device)
    dtype = choose_dtype(device, dtype)
    key = (place, stamp(place.folder), dtype, device)
    return REGISTRY.get(key, lambda: load_place(place, dtype, device))
