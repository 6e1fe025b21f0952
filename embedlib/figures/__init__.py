"""Plotly pictures of arrays and records, in both themes; no models and no Streamlit here.

A new picture is a function from arrays and a `Palette` to a `Picture`, in the module of its kind.
"""

from embedlib.figures.amounts import number, percent
from embedlib.figures.curves import layer_curve
from embedlib.figures.cuts import cut_texts
from embedlib.figures.maps import map_of_texts
from embedlib.figures.matrices import centroid_matrix, shared_scale, similarity_matrix
from embedlib.figures.norms import norms_bar
from embedlib.figures.picture import Picture, blank
from embedlib.figures.strips import vector_strip
from embedlib.figures.text import clean, plain, quoted, shorten, wrapped
from embedlib.figures.theme import CONFIG, PALETTES, Palette
from embedlib.figures.token_maps import map_of_tokens

__all__ = [
    "CONFIG",
    "PALETTES",
    "Palette",
    "Picture",
    "blank",
    "centroid_matrix",
    "clean",
    "cut_texts",
    "layer_curve",
    "map_of_texts",
    "map_of_tokens",
    "norms_bar",
    "number",
    "percent",
    "plain",
    "quoted",
    "shared_scale",
    "shorten",
    "similarity_matrix",
    "vector_strip",
    "wrapped",
]
