"""What each layer and pooling knows of categories; a new score or measure is a function and a row.

>>> from embedlib.probes import SCORES
>>> list(SCORES)
['linear', 'knn', 'silhouette', 'centroid']
"""

from embedlib.probes.chance import interval, p_value, unbeaten
from embedlib.probes.grid import (
    WEIGHTED,
    Cell,
    Grid,
    GridOptions,
    grid,
    layer_label,
    layers_of,
    score_cell,
)
from embedlib.probes.measures import MEASURES, Measure
from embedlib.probes.problem import Problem, problem
from embedlib.probes.scores import SCORES, Score
from embedlib.probes.verdicts import Verdicts, verdicts

__all__ = [
    "MEASURES",
    "SCORES",
    "WEIGHTED",
    "Cell",
    "Grid",
    "GridOptions",
    "Measure",
    "Problem",
    "Score",
    "Verdicts",
    "grid",
    "interval",
    "layer_label",
    "layers_of",
    "p_value",
    "problem",
    "score_cell",
    "unbeaten",
    "verdicts",
]
