"""Pictures of rollout, of a token followed and of two texts compared say what the numbers say."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.figures import PALETTES, difference_map, followed_map, rollout_map

LIGHT = PALETTES["light"]
TOKENS = ("[CLS]", "river", "bank")
SHARES = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.0, 0.4, 0.6]], dtype=np.float32)


def rolled(shares=SHARES, tokens=TOKENS, **strip):
    strip = strip or {"assumed": shares[0], "measured": shares[1]}
    return rollout_map(
        shares, tokens, LIGHT, method="Rollout to layer 2", strip=strip, whose="the first token"
    )


def test_a_rollout_says_what_the_vector_draws_from_most():
    found = rolled()
    assert found.alt.startswith("The first token draws most from “[CLS]”: 70 % (assumed).")
    heat = found.figure.data[0]
    assert np.array_equal(heat.z, SHARES)
    assert [key.split("</b>")[0] for key in heat.x] == ["<b>[CLS]", "<b>river", "<b>bank"]


def test_colours_of_a_rollout_leave_out_itself_and_what_all_draw_from():
    shares = np.array([[0.5, 0.4, 0.1], [0.1, 0.7, 0.2], [0.05, 0.9, 0.05]], dtype=np.float32)
    found = rolled(shares)
    assert found.figure.data[0].zmax == pytest.approx(0.2)
    assert found.figure.data[0].colorbar.ticktext[-1] == "≥ 0.200"


def test_the_strip_stands_on_the_columns_of_the_heat_map():
    heat, *_, bars, marks = rolled().figure.data
    assert (bars.type, marks.mode) == ("bar", "markers")
    assert list(bars.x) == list(marks.x) == list(heat.x)
    assert np.allclose(bars.y, SHARES[0])
    assert np.allclose(marks.y, SHARES[1])


def test_one_token_draws_from_itself():
    assert "100 %" in rolled(np.ones((1, 1)), ("bank",), assumed=np.ones(1)).alt


def test_equal_tokens_are_kept_apart():
    keys = rolled(tokens=("bank",) * 3).figure.data[0].x
    assert len(set(keys)) == 3


def test_a_followed_token_names_layers_from_1_and_leaves_itself_out():
    values = np.array([[0.9, 0.05, 0.05], [0.5, 0.1, 0.4]], dtype=np.float32)
    found = followed_map(values, TOKENS, LIGHT, row=0, receives=False, heads="head 3")
    assert found.alt.startswith("Beside itself “[CLS]” looks most at “bank”, in layer 2 (0.400).")
    seen = followed_map(values, TOKENS, LIGHT, row=0, receives=True, heads="head 3")
    assert seen.alt.startswith("“bank” looks most at “[CLS]”, in layer 2 (0.400).")
    assert [key.split("</b>")[0] for key in found.figure.data[0].y] == ["<b>1", "<b>2"]


def test_a_token_that_looks_at_nothing_says_so():
    nothing = np.zeros((2, 3), dtype=np.float32)
    found = followed_map(nothing, TOKENS, LIGHT, row=1, receives=False, heads="head 3")
    assert "looks at nothing that is shown" in found.alt


def test_a_difference_is_centred_at_zero_and_names_the_largest():
    change = np.array([[0.1, -0.3, np.nan], [0.0, 0.2, np.nan], [np.nan] * 3], dtype=np.float32)
    pairs = [("[CLS]", "[CLS]"), ("river", "savings"), (None, "old")]
    found = difference_map(change, pairs, LIGHT, head="layer 1, head 2")
    assert found.alt.startswith("“[CLS]” looks less at “river → savings”, by 0.300: the largest")
    assert "1 token without a counterpart left empty" in found.alt
    heat = found.figure.data[0]
    assert (heat.zmin, heat.zmax) == pytest.approx((-0.3, 0.3))
    assert "– → old" in heat.x[2]


def test_two_equal_texts_do_not_differ():
    pairs = [(token, token) for token in TOKENS]
    found = difference_map(np.zeros((3, 3)), pairs, LIGHT, head="layer 1, head 2")
    assert found.alt.startswith("Nothing changes in layer 1, head 2.")


def test_texts_without_a_common_token_have_an_empty_picture():
    found = difference_map(np.full((2, 2), np.nan), [("a", None), (None, "b")], LIGHT, head="x")
    assert found.alt == "The two texts have no token in common."


def test_the_shape_must_be_that_of_the_names():
    with pytest.raises(OptionError, match=r"shape \(2, 2\) of their names.*got \(3, 3\)"):
        rolled(tokens=("a", "b"))


@pytest.mark.parametrize("n", [5, 128])
def test_names_are_thinned_out_where_there_are_many(n):
    shares = np.full((n, n), 1 / n, dtype=np.float32)
    found = rolled(shares, tuple(f"token{number}" for number in range(n)))
    ticks = found.figure.layout.xaxis.tickvals
    assert len(ticks) == (5 if n == 5 else 43)
    assert ("every 4th name is written" in found.alt) == (n == 128)
    assert len(found.figure.data[0].x) == n


def test_values_stand_in_the_cells_while_there_are_few():
    texts = [trace for trace in rolled().figure.data if trace.type == "scatter"]
    assert list(texts[0].text[:3]) == ["0.70", "0.20", "0.10"]
