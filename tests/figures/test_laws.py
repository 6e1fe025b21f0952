"""What every picture keeps, in both themes."""

import json
import re
from collections.abc import Iterator

import plotly.io
import pytest

from embedlib.figures import PALETTES, Picture
from tests.figures.made import ATTACKS, PICTURES, TEXTS

THEMES = pytest.mark.parametrize("theme", list(PALETTES))
KINDS = pytest.mark.parametrize("kind", list(PICTURES))
# The tags and entities that we write ourselves.
OURS = re.compile(
    r"<br>|</?b>|<span style='[A-Za-z0-9#:;.\-]*'>|</span>|<extra></extra>|&(amp|lt|gt|#\d+);"
)


def drawn(kind: str, theme: str, texts: tuple[str, ...] = TEXTS) -> Picture:
    return PICTURES[kind](texts, PALETTES[theme])


def parts(node: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value of a figure's JSON with its path."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from parts(value, f"{path}.{name}")
    elif isinstance(node, list):
        for value in node:
            yield from parts(value, path)
    else:
        yield path, node


def read(picture: Picture) -> list[tuple[str, object]]:
    return list(parts(json.loads(plotly.io.to_json(picture.figure))))


@THEMES
@KINDS
def test_nothing_is_written_smaller_than_12_pixels(kind, theme):
    sizes = [v for p, v in read(drawn(kind, theme)) if re.search(r"font\.size$", p)]
    assert sizes and min(sizes) >= 12


@THEMES
@KINDS
def test_lines_are_wide_enough_for_print(kind, theme):
    figure = drawn(kind, theme).figure
    widths = [t.line.width for t in figure.data if getattr(t, "mode", None) and "lines" in t.mode]
    widths += [shape.line.width for shape in figure.layout.shapes if shape.type == "line"]
    assert all(line >= 1.5 for line in widths)


@THEMES
@KINDS
def test_a_saved_picture_has_its_own_background_and_the_palette_is_used(kind, theme):
    figure = drawn(kind, theme).figure
    assert figure.layout.paper_bgcolor == PALETTES[theme].background
    assert figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color == PALETTES[theme].text


@THEMES
@KINDS
def test_a_title_says_something_and_so_does_the_description(kind, theme):
    picture = drawn(kind, theme)
    assert len(picture.figure.layout.title.text) > 10
    assert picture.alt.endswith((".", "…")) and len(picture.alt) > 30
    assert not re.search(r"&\w+;|<br>|</", picture.alt)


@THEMES
@KINDS
def test_axes_are_named(kind, theme):
    figure = drawn(kind, theme).figure
    if any(trace.type in ("heatmap", "scatter3d") for trace in figure.data) or "norms" in kind:
        return  # rows are named themselves; the axes of a turned map mean nothing
    if kind in ("named_bars", "label_rows", "layer_maps", "interval_dots", "dumbbells"):
        return  # each bar, line and small map has its own name
    assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text


@KINDS
def test_what_a_person_wrote_is_never_markup(kind):
    for path, value in read(drawn(kind, "light", ATTACKS)):
        if not isinstance(value, str) or "bdata" in path:
            continue
        left = OURS.sub("", value)
        assert not re.search("[<>&]", left), (path, value)
        assert "'" not in left or path.endswith("font.family"), (path, value)
        assert '"' not in left and "$" not in left, (path, value)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", left), (path, value)
        if not path.endswith(("hovertemplate", "texttemplate")):
            assert "%{" not in left, (path, value)


@KINDS
def test_templates_hold_no_names_of_a_person(kind):
    known = re.compile(r"%\{(x|y|z|hovertext|customdata(\[\d\])?)(:[^}]*)?\}")
    for path, value in read(drawn(kind, "light", ATTACKS)):
        if path.endswith(("hovertemplate", "texttemplate")):
            assert "%{" not in known.sub("", value), value


@KINDS
def test_changes_of_direction_end_where_they_begin(kind):
    for path, value in read(drawn(kind, "light")):
        if isinstance(value, str) and "bdata" not in path:
            for line in value.split("<br>"):
                opened = len(re.findall("[\u2066-\u2068]", line))
                assert opened == line.count("\u2069"), (path, line)


@KINDS
def test_texts_are_cut_before_they_fill_the_picture(kind):
    longest = [
        len(line)
        for path, value in read(drawn(kind, "light"))
        if isinstance(value, str) and "bdata" not in path and "family" not in path
        for line in re.sub(r"<span[^>]*>", "", value).split("<br>")
    ]
    assert max(longest) <= 130


@KINDS
def test_one_text_has_a_picture_too(kind):
    if kind not in ("map_of_tokens", "vector_strip, several", "map_of_texts"):
        assert drawn(kind, "dark", ("only one",)).figure.layout.height > 0
