from embedlib.figures import PALETTES
from embedlib.figures.honesty import MEASURES, honesty_scores

SCORES = {
    "This map (UMAP)": (0.93, 0.95, 0.41, 0.7),
    "PCA": (0.8, 0.9, 0.12, 0.8),
    "a random layout": (0.5, 0.5, 0.01, 0.5),
}


def test_each_layout_is_drawn_on_all_measures_and_the_title_says_the_finding():
    picture = honesty_scores(SCORES, PALETTES["light"])
    assert [trace.name for trace in picture.figure.data] == list(SCORES)
    assert list(picture.figure.data[0].x) == [0.93, 0.95, 0.41, 0.7]
    assert list(picture.figure.data[0].y) == list(MEASURES)
    assert "the map keeps 41%, PCA 12%" in picture.figure.layout.title.text
    assert "a random layout: trustworthiness 0.500" in picture.alt


def test_layouts_differ_by_shape_and_not_by_colour_alone():
    picture = honesty_scores(SCORES, PALETTES["dark"])
    assert len({trace.marker.symbol for trace in picture.figure.data}) == 3
