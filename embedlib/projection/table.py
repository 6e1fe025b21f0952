"""PROJECTIONS: a new method is one file with OPTIONS and `fit`, and one row here."""

from collections.abc import Callable
from dataclasses import dataclass

from embedlib.projection import pca, umap
from embedlib.projection.options import Option
from embedlib.projection.task import Layout, Task
from embedlib.table import Table


@dataclass(frozen=True)
class ProjectionRow:
    """One way to lay vectors out.

    Args:
        name: "umap".
        label: For a control: "UMAP".
        help: One sentence: what it shows, and when one would want it.
        fit: Lays a task out.
        options: What it can be told.
        takes_labels: Whether labels can pull points together.
        can_place: Whether it has a place of its own for a new vector; others put it between its
            true neighbours.
        least_points: Different vectors that it needs; fewer are laid out by PCA.
        dims: Numbers of dimensions that it can make.
    """

    name: str
    label: str
    help: str
    fit: Callable[[Task], Layout]
    options: Table[Option]
    takes_labels: bool = False
    can_place: bool = False
    least_points: int = 1
    dims: tuple[int, ...] = (2, 3)


_ROWS = (
    ProjectionRow(
        "umap",
        "UMAP",
        "Keeps near texts near and groups apart; distances between groups mean little.",
        umap.fit,
        umap.OPTIONS,
        takes_labels=True,
        least_points=4,
    ),
    ProjectionRow(
        "pca",
        "PCA",
        "The plane of greatest variance: exact and without options, but groups may hide one "
        "another.",
        pca.fit,
        pca.OPTIONS,
        can_place=True,
    ),
)

PROJECTIONS: Table[ProjectionRow] = Table("projection", {row.name: row for row in _ROWS})
