"""Maps of texts and tokens: groups, names, rows and one scale for both axes."""

import itertools

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.figures import PALETTES, map_of_texts, map_of_tokens
from embedlib.figures.categories import grouped
from embedlib.figures.labels import flagged, placed
from embedlib.figures.text import width

LIGHT = PALETTES["light"]
POINTS = np.random.default_rng(2).standard_normal((300, 2)).astype(np.float32)
TEXTS = [f"text number {row}" for row in range(300)]
LABELS = [f"category {min(row % 24, 11)}" for row in range(300)]


def marks(figure):
    """The traces that show points, and not rings or names."""
    return [trace for trace in figure.data if trace.hovertemplate]


def test_every_text_is_one_point_with_its_row():
    figure = map_of_texts(POINTS, TEXTS, LABELS, (0.3, 0.1), LIGHT).figure
    rows = np.concatenate([trace.customdata for trace in marks(figure)])
    assert sorted(rows.tolist()) == list(range(300)) and rows.dtype == np.int32
    for trace in marks(figure):
        np.testing.assert_array_equal(trace.x, POINTS[trace.customdata, 0])
        assert trace.x.dtype == np.float32
        assert [text.split("<br>")[0] for text in trace.hovertext] == [
            TEXTS[row] for row in trace.customdata
        ]


def test_the_eight_largest_categories_are_coloured_and_the_rest_counted():
    groups = grouped(LABELS, 300, LIGHT)
    assert [group.colour for group in groups] == [*LIGHT.categories, LIGHT.other]
    assert len({group.symbol for group in groups}) == 9
    assert groups[0].name == "category 11 (157)"
    rest = sum(len(group.rows) for group in groups[8:])
    assert groups[8].name == f"4 other categories ({rest})"
    sizes = [len(group.rows) for group in groups[:8]]
    assert sizes == sorted(sizes, reverse=True)


def test_chosen_categories_are_coloured_instead():
    groups = grouped(LABELS, 300, LIGHT, coloured=["category 3", "not there"])
    assert groups[0].name.startswith("category 3 (") and groups[0].colour == LIGHT.categories[0]
    assert groups[1].name.startswith("11 other categories")


def test_texts_without_a_label_are_a_group_of_their_own():
    groups = grouped(["a", "", "b", ""], 4, LIGHT)
    assert groups[-1].name == "no label (2)" and groups[-1].rows.tolist() == [1, 3]


def test_one_other_category_is_not_many():
    groups = grouped([f"c{n}" for n in range(9)], 9, LIGHT)
    assert groups[-1].name == "1 other category (1)"


def test_the_legend_stands_in_order_of_size():
    figure = map_of_texts(POINTS, TEXTS, LABELS, None, LIGHT).figure
    named = sorted(marks(figure), key=lambda trace: trace.legendrank)
    assert named[0].name == "category 11 (157)" and "other" in named[-1].name
    assert figure.layout.showlegend


def test_hover_names_the_category_behind_others():
    figure = map_of_texts(POINTS, TEXTS, LABELS, None, LIGHT).figure
    others = next(trace for trace in marks(figure) if "other" in trace.name)
    wanted = [f"{TEXTS[row]}<br>{LABELS[row]}" for row in others.customdata]
    assert list(others.hovertext) == wanted


def test_without_labels_there_is_no_legend():
    figure = map_of_texts(POINTS, TEXTS, None, None, LIGHT).figure
    assert not figure.layout.showlegend and len(marks(figure)) == 1


def test_axes_share_one_scale_and_name_their_share():
    layout = map_of_texts(POINTS, TEXTS, None, (0.3412, 0.12), LIGHT).figure.layout
    assert layout.yaxis.scaleanchor == "x"
    assert layout.xaxis.title.text == "PC 1 (34 % of variance)"
    assert layout.yaxis.title.text == "PC 2 (12 % of variance)"
    assert "the plane keeps 46 % of their variance" in layout.title.text


def test_all_points_are_in_sight():
    layout = map_of_texts(POINTS, TEXTS, None, None, LIGHT).figure.layout
    for axis, values in ((layout.xaxis, POINTS[:, 0]), (layout.yaxis, POINTS[:, 1])):
        assert axis.range[0] < values.min() and values.max() < axis.range[1]


@pytest.mark.parametrize("points", [np.zeros((3, 2)), [[0, 0], [0, 0], [5, 0]]])
def test_points_on_one_spot_or_line_have_a_frame(points):
    layout = map_of_texts(points, TEXTS[:3], None, (1.0, 0.0), LIGHT).figure.layout
    assert layout.yaxis.range[0] < 0 < layout.yaxis.range[1]


@pytest.mark.parametrize(("n", "kind"), [(300, "scatter"), (2001, "scattergl")])
def test_many_points_are_drawn_by_webgl(n, kind):
    points = np.zeros((n, 2))
    figure = map_of_texts(points, ["t"] * n, ["a"] * n, None, LIGHT).figure
    assert {trace.type for trace in marks(figure)} == {kind}


def test_highlighted_texts_are_ringed_and_named():
    picture = map_of_texts(POINTS, TEXTS, None, None, LIGHT, highlighted=[7, 3, 7])
    ring = next(t for t in picture.figure.data if t.marker.symbol == "circle-open")
    assert ring.customdata.tolist() == [3, 7] and ring.marker.line.width >= 1.5
    assert [note.text for note in picture.figure.layout.annotations] == [
        "<b>text number 3</b>",
        "<b>text number 7</b>",
    ]
    assert "“text number 3”" in picture.alt


def test_boxes_with_names_cover_no_highlighted_point_and_no_other_box():
    points = np.array([[0, 0], [0.1, 0.1], [0.2, 0], [9, 9]], dtype=np.float32)
    offsets = flagged(points, [0, 1, 2, 3], ["a long name here"] * 4, (600, 400))
    assert len(set(offsets)) > 2 and all(max(abs(x), abs(y)) > 15 for x, y in offsets)


def test_no_texts_are_said_to_be_none():
    assert map_of_texts(np.zeros((0, 2)), [], None, None, LIGHT).alt == "There are no texts to map."


def test_other_numbers_of_points_or_labels_are_refused():
    with pytest.raises(OptionError, match=r"must have the shape \(3, 2\), got \(300, 2\)"):
        map_of_texts(POINTS, TEXTS[:3], None, None, LIGHT)
    with pytest.raises(OptionError, match="The points must be finite numbers, got nan in row 0"):
        map_of_texts(POINTS * np.nan, TEXTS, None, None, LIGHT)
    with pytest.raises(OptionError, match="one label a text, got 1 labels for 300 texts"):
        map_of_texts(POINTS, TEXTS, ["a"], None, LIGHT)


def boxes(points, names, sides, box=(600, 400)):
    """Left, right, bottom, top in pixels of each name that stands."""
    from embedlib.figures.labels import _PLACES, _middles, _pixels

    pixels = _pixels(np.asarray(points, float), np.array(box, float))
    places = {name: place for place, (name, _, _) in enumerate(_PLACES)}
    for mark, name, side in zip(pixels, names, sides, strict=True):
        if side:
            size = np.array([7.0 * width(name), 15.0]) / 2
            middle = _middles(mark, size)[places[side]]
            yield (*(middle - size), *(middle + size))


def test_names_beside_points_do_not_touch():
    points, names = POINTS[:60], ["a name" if row % 2 else "银行今天" for row in range(60)]
    sides = placed(points, names, (600.0, 400.0))
    found = list(boxes(points, names, sides))
    assert len(found) > 20
    for (l1, b1, r1, t1), (l2, b2, r2, t2) in itertools.combinations(found, 2):
        assert r1 <= l2 or r2 <= l1 or t1 <= b2 or t2 <= b1
    assert all(
        left >= 0 and low >= 0 and right <= 600 and high <= 400 for left, low, right, high in found
    )


def test_names_that_must_stand_do_so_in_any_crowd():
    sides = placed(np.zeros((30, 2), np.float32), ["same place"] * 30, (600.0, 400.0), n_must=4)
    assert all(sides[:4])


def test_tokens_and_stars_carry_their_numbers():
    pooled = {"mean": POINTS[:9].mean(axis=0), "max": POINTS[:9].max(axis=0)}
    figure = map_of_tokens(
        POINTS[:9], TEXTS[:9], pooled, LIGHT, special=np.arange(9) == 0, sources={"mean": [1, 2]}
    ).figure
    symbols = {trace.marker.symbol: trace.customdata.tolist() for trace in marks(figure)}
    assert symbols == {"circle": [*range(1, 9)], "circle-open": [0], "star": [-1, -2]}
    names = next(trace for trace in figure.data if trace.text is not None)
    assert dict(zip(names.customdata, names.text, strict=True))[-1] == "<b>mean</b>"
    for number, x in zip(names.customdata, names.x, strict=True):
        assert x == (POINTS[number, 0] if number >= 0 else [*pooled.values()][-1 - number][0])


def test_lines_lead_from_a_pooled_vector_to_its_tokens():
    pooled = {"mean": np.array([0.5, 0.25], np.float32)}
    figure = map_of_tokens(
        POINTS[:5], TEXTS[:5], pooled, LIGHT, sources={"mean": [3, 1], "not drawn": [0]}
    ).figure
    (lines,) = [trace for trace in figure.data if trace.mode == "lines"]
    np.testing.assert_allclose(lines.x[[0, 1, 3, 4]], [0.5, POINTS[3, 0], 0.5, POINTS[1, 0]])
    assert np.isnan(lines.x[[2, 5]]).all()


def test_titles_of_token_maps_list_the_poolings():
    point = np.zeros(2)

    def title(*names: str) -> str:
        pooled = dict.fromkeys(names, point)
        return map_of_tokens(POINTS[:2], ["a", "b"], pooled, LIGHT).figure.layout.title.text

    assert title() == "2 tokens of one text"
    assert title("mean") == "Where the vector of “mean” falls among the 2 tokens"
    assert title("mean", "max", "cls") == "Where mean, max and cls fall among the 2 tokens"


def test_no_tokens_are_said_to_be_none():
    assert "no tokens" in map_of_tokens(np.zeros((0, 2)), [], {}, LIGHT).alt
