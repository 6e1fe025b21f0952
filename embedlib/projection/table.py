"""PROJECTIONS: a new method is one file with OPTIONS and `fit`, and one row here."""

from collections.abc import Callable
from dataclasses import dataclass

from embedlib.projection import mds, pca, tsne, umap
from embedlib.projection.options import Option
from embedlib.projection.space import Space
from embedlib.projection.task import Layout, Task
from embedlib.records import Floats
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
        place: Puts further vectors into a map of its own; None to put them between their true
            neighbours.
        least_points: Different vectors that it needs; fewer are laid out by PCA.
        dims: Numbers of dimensions that it can make.
    """

    name: str
    label: str
    help: str
    fit: Callable[[Task], Layout]
    options: Table[Option]
    takes_labels: bool = False
    place: Callable[[Space, Floats, int], Floats] | None = None
    least_points: int = 1
    dims: tuple[int, ...] = (2, 3)

    @property
    def can_place(self) -> bool:
        """Whether a new vector's place follows from the method alone, without neighbours."""
        return self.place is not None


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
        "tsne",
        "t-SNE",
        "Shows the finest groups; distances between groups and their sizes mean nothing.",
        tsne.fit,
        tsne.OPTIONS,
        least_points=4,
    ),
    ProjectionRow(
        "mds",
        "MDS",
        "Keeps the order of distances, large ones above all: how groups lie to one another. Near "
        "texts mix more than in UMAP.",
        mds.fit,
        mds.OPTIONS,
        least_points=4,
    ),
    ProjectionRow(
        "pca",
        "PCA",
        "The plane of greatest variance: exact and without options, but groups may hide one "
        "another.",
        pca.fit,
        pca.OPTIONS,
        place=pca.place,
    ),
)

PROJECTIONS: Table[ProjectionRow] = Table("projection", {row.name: row for row in _ROWS})
