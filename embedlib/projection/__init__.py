"""Maps of vectors: layouts, their honesty, layers in one frame; a new method is one row.

>>> from embedlib.projection import project
>>> projection = project(vectors.select("mean", -1), "umap", seed=0)  # doctest: +SKIP
"""

from embedlib.projection.alignment import align, turnover
from embedlib.projection.honesty import honesty
from embedlib.projection.layers import LayerProjections, in_one_frame, project_layers
from embedlib.projection.lines import NeighbourLines, compare_neighbours
from embedlib.projection.neighbours import neighbours
from embedlib.projection.options import Option
from embedlib.projection.placing import Placement, place
from embedlib.projection.project import project
from embedlib.projection.records import Honesty, Neighbours, Projection, Scores
from embedlib.projection.space import METRICS
from embedlib.projection.stability import Stability, stability
from embedlib.projection.table import PROJECTIONS, ProjectionRow

__all__ = [
    "METRICS",
    "PROJECTIONS",
    "Honesty",
    "LayerProjections",
    "NeighbourLines",
    "Neighbours",
    "Option",
    "Placement",
    "Projection",
    "ProjectionRow",
    "Scores",
    "Stability",
    "align",
    "compare_neighbours",
    "honesty",
    "in_one_frame",
    "neighbours",
    "place",
    "project",
    "project_layers",
    "stability",
    "turnover",
]
