"""The process that makes maps for the server: `worker` asks it for the functions named here."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from embedlib import projection
from embedlib.errors import InputError
from embedlib.projection.wire import packed, unpacked
from embedlib.residents import Show, serve

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (
        projection.honesty,
        projection.neighbours,
        projection.place,
        projection.project,
        projection.project_layers,
        projection.stability,
    )
}
_TELLING: Final = {"honesty", "neighbours", "project", "project_layers", "stability"}


def steps() -> list[Callable[[], None]]:
    """Few vectors laid out by every method, so that all is imported and compiled: the first one
    makes ready, the others follow when there is time."""
    return [
        partial(_lay_out, name, n_dims)
        for name, row in projection.PROJECTIONS.items()
        for n_dims in row.dims
    ]


def _lay_out(method: str, n_dims: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    few = {"epochs": 10} if "epochs" in projection.PROJECTIONS[method].options else {}
    projection.project(vectors, method, n_dims=n_dims, options=few)


def reply(request: bytes, say: Show) -> bytes:
    """What the function that the request names gives for its arguments."""
    name, args, kwargs = unpacked(request)
    if name not in FUNCTIONS:
        raise InputError(f"There is no function {name!r}.")
    told = {"progress": say} if name in _TELLING else {}
    return b"".join(packed(FUNCTIONS[name](*args, **kwargs, **told)))


if __name__ == "__main__":
    serve(steps(), reply)
