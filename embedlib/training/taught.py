"""n_taught: how many of some texts a trained model learned from; scores on them are no test.

Only a model in its run's own folder is known: beside it lies the data.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from embedlib.errors import EmbedlibError
from embedlib.models.places import RUN_CARD, find
from embedlib.training.examples import FILE, TRAIN
from embedlib.training.runs import DATA, MODEL, Run

_NOBODY: Final[frozenset[int]] = frozenset()


def n_taught(model: str, texts: Iterable[str]) -> int:
    """How many of the texts are training rows of the run that made the model; 0 if none made it.

    Args:
        model: The model's name, as every page has it.
        texts: Compared without the white space around them.
    """
    try:
        folder = find(model).folder
    except EmbedlibError:
        return 0
    data = folder.parent / DATA / FILE
    if folder.name != MODEL or not (folder / RUN_CARD).is_file() or not data.is_file():
        return 0
    taught = _taught(folder.parent, data.stat().st_mtime_ns)
    return sum(hash(text.strip()) in taught for text in texts) if taught else 0


@lru_cache(maxsize=4)
def _taught(run: Path, changed: int) -> frozenset[int]:
    """Hashes, because a run may have learned from as many texts as fit in a file."""
    try:
        rows = Run(run).examples().part(TRAIN)
    except EmbedlibError:
        return _NOBODY  # damaged data is said where the run is opened
    return frozenset(hash(text.strip()) for text in (*rows.texts, *rows.pairs))
