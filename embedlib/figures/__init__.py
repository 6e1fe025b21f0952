"""Plotly pictures of arrays and records, in both themes; no models and no Streamlit here.

A new picture is a function from arrays and a `Palette` to a `Picture`, in the module of its kind.
"""

from embedlib.figures.amounts import number, percent
from embedlib.figures.attention_maps import difference_map, followed_map, rollout_map
from embedlib.figures.bars import named_bars
from embedlib.figures.cells import Cells, cell_table
from embedlib.figures.changes import change_curve
from embedlib.figures.curves import layer_curve
from embedlib.figures.cuts import cut_texts
from embedlib.figures.head_grids import head_grid
from embedlib.figures.journeys import layer_maps
from embedlib.figures.maps import map_of_texts
from embedlib.figures.matrices import centroid_matrix, shared_scale, similarity_matrix
from embedlib.figures.neuron_maps import product_map, state_map
from embedlib.figures.norms import norms_bar
from embedlib.figures.picture import Picture, blank
from embedlib.figures.prediction_changes import prediction_change
from embedlib.figures.role_profiles import role_profile
from embedlib.figures.scores import score_curves
from embedlib.figures.strips import vector_strip
from embedlib.figures.text import clean, plain, quoted, shorten, wrapped
from embedlib.figures.theme import CONFIG, PALETTES, Palette
from embedlib.figures.token_maps import map_of_tokens
from embedlib.figures.training import label_rows, training_curves

__all__ = [
    "CONFIG",
    "PALETTES",
    "Cells",
    "Palette",
    "Picture",
    "blank",
    "cell_table",
    "centroid_matrix",
    "change_curve",
    "clean",
    "cut_texts",
    "difference_map",
    "followed_map",
    "head_grid",
    "label_rows",
    "layer_curve",
    "layer_maps",
    "map_of_texts",
    "map_of_tokens",
    "named_bars",
    "norms_bar",
    "number",
    "percent",
    "plain",
    "prediction_change",
    "product_map",
    "quoted",
    "role_profile",
    "rollout_map",
    "score_curves",
    "shared_scale",
    "shorten",
    "similarity_matrix",
    "state_map",
    "training_curves",
    "vector_strip",
    "wrapped",
]
