"""Maps of vectors: layouts, their honesty, layers in one frame; a new method is one row.

>>> from embedlib.projection import project
>>> projection = project(vectors.select("mean", -1), "umap", seed=0)  # doctest: +SKIP
"""

from embedlib.projection.honesty import honesty
from embedlib.projection.neighbours import neighbours
from embedlib.projection.options import Option
from embedlib.projection.project import project
from embedlib.projection.records import Honesty, Neighbours, Projection, Scores
from embedlib.projection.space import METRICS
from embedlib.projection.table import PROJECTIONS, ProjectionRow

__all__ = [
    "METRICS",
    "PROJECTIONS",
    "Honesty",
    "Neighbours",
    "Option",
    "Projection",
    "ProjectionRow",
    "Scores",
    "honesty",
    "neighbours",
    "project",
]
