"""unkept: results that the disk would not take, shared for as long as somebody holds them."""

from dataclasses import replace
from pathlib import Path
from weakref import WeakValueDictionary

from embedlib.records import Vectors
from embedlib.store.request import Request, has, part

NOTE = (
    "The vectors could not be kept on disk ({reason}). "
    "They are complete, and are made again next time."
)

_held: "WeakValueDictionary[Path, Vectors]" = WeakValueDictionary()


def lend(folder: Path, vectors: Vectors) -> None:
    """Let others have what could not be kept in `folder`."""
    _held[folder] = vectors


def find(folder: Path, request: Request) -> Vectors | None:
    """What could not be kept in `folder`, if it holds all that is asked."""
    vectors = _held.get(folder)
    if vectors is None or not has(vectors, request):
        return None
    return replace(vectors, arrays=part(vectors, request), layers=request.layers)
