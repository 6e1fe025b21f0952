"""What the attention explorer sends to the browser, and what it believes of what comes back."""

import json
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.attention.scene import FULL_BYTES, FULL_TOKENS, TILE_CELLS, Scene
from embedlib.attention.scene_bytes import Link, scene_payload
from embedlib.errors import OptionError, UnknownNameError
from embedlib.ui.components.attention_explorer import Explored, next_exploring
from tests.e2e.scenes import scene_of

MOST_BYTES = 53_500_000 // 50  # a fiftieth of BertViz's model view of 12 x 12 heads, 128 tokens


def received(payload: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """The header and the arrays, as the browser takes them apart."""
    (length,) = struct.unpack("<I", payload[:4])
    header = json.loads(payload[4 : 4 + length])
    arrays = {}
    for name, (at, size) in header["parts"].items():
        raw = zlib.decompress(payload[4 + length + at : 4 + length + at + size])
        planes = np.frombuffer(raw, np.uint8)
        if name != "grid":  # all first bytes, then all second, third and fourth
            planes = np.ascontiguousarray(planes.reshape(4, -1).T).view("<f4").ravel()
        arrays[name] = planes
    return header, arrays


def random_scene(n_layers: int, n_heads: int, n_tokens: int, spread: float = 1.0) -> Scene:
    """Attention of random queries and keys, as a model with random weights has it."""
    scores = np.random.default_rng(4).normal(size=(n_layers, n_heads, n_tokens, n_tokens))
    weights = np.exp(scores * spread)
    weights /= weights.sum(axis=-1, keepdims=True)
    return Scene(
        weights.astype(np.float32),
        tuple(f"token {n}" for n in range(n_tokens)),
        np.zeros(n_tokens, bool),
        np.zeros(n_tokens, np.int32),
        np.ones(n_layers),
    )


# Numbers


@pytest.mark.parametrize("kind", ["Weight", "Contribution"])
def test_every_head_comes_back_within_half_a_step(kind: str) -> None:
    scene = scene_of(n_tokens=20, kind=kind)
    header, arrays = received(scene_payload(scene, [(0, 0)]))
    scale = np.array(header["scale"])[:, None, None, None]
    back = arrays["grid"].reshape(scene.values.shape) / 255 * scale
    assert (np.abs(back - scene.values) <= scale / 255 / 2 + 1e-6).all()
    assert header["edges"] == list(range(21))


@pytest.mark.parametrize("heads", [[(1, 2)], [(0, 0), (3, 5)], [(2, head) for head in range(6)]])
def test_the_mean_of_the_selected_heads_comes_back_to_four_digits(heads: list) -> None:
    scene = scene_of(n_tokens=20, kind="Contribution")
    header, arrays = received(scene_payload(scene, heads))
    exact = np.mean([scene.values[head] for head in heads], axis=0, dtype=np.float64).ravel()
    np.testing.assert_allclose(arrays["head"], exact, rtol=2**-15)
    assert header["selected"] == [list(head) for head in heads]


def test_the_strongest_cell_of_every_head_is_named() -> None:
    scene = scene_of()
    header, arrays = received(scene_payload(scene, [(0, 0)]))
    strongest = scene.values.reshape(4, 6, -1).max(-1).ravel()
    np.testing.assert_allclose(arrays["strongest"], strongest, rtol=2**-15)
    at = np.array(header["strongest_at"])[..., None]
    assert (np.take_along_axis(scene.values.reshape(4, 6, -1), at, -1).ravel() == strongest).all()


def test_a_pinned_token_is_followed_through_all_layers() -> None:
    scene = scene_of()
    _, arrays = received(scene_payload(scene, [(0, 1), (3, 4)], pinned=2))
    strip = arrays["strip"].reshape(2, 2, 4, 12)
    chosen = scene.values[:, [1, 4]].mean(1)
    for part, maps in zip(strip, (chosen, scene.values.mean(1)), strict=True):
        np.testing.assert_allclose(part[0], maps[:, 2], rtol=2**-14)
        np.testing.assert_allclose(part[1], maps[:, :, 2], rtol=2**-14)
    assert "strip" not in received(scene_payload(scene, [(0, 1)]))[0]["parts"]


# Sizes


@pytest.mark.parametrize("spread", [0.3, 1.0, 2.0, 6.0])
def test_a_base_model_and_128_tokens_stay_under_a_fiftieth_of_bertviz(spread: float) -> None:
    payload = scene_payload(random_scene(12, 12, 128, spread), [(0, 0)], pinned=0)
    assert len(payload) <= MOST_BYTES


def test_a_long_text_is_reduced_and_says_so_and_its_head_is_whole() -> None:
    scene = scene_of(n_tokens=FULL_TOKENS + 1, n_layers=2, n_heads=2)
    header, arrays = received(scene_payload(scene, [(1, 1)]))
    assert len(header["edges"]) == TILE_CELLS + 1
    assert arrays["grid"].size == 4 * TILE_CELLS**2
    assert arrays["head"].size == (FULL_TOKENS + 1) ** 2
    edges = np.array(header["edges"])
    block = scene.values[1, 0, edges[3] : edges[4], edges[9] : edges[10]]
    cell = arrays["grid"].reshape(2, 2, TILE_CELLS, TILE_CELLS)[1, 0, 3, 9]
    assert cell == np.rint(block.max() * 255)


def test_heads_that_do_not_compress_are_reduced_too() -> None:
    noise = np.random.default_rng(1).random((8, 12, 128, 128), dtype=np.float32)
    scene = replace(random_scene(8, 12, 128), values=noise)
    assert scene.grid.reduced
    assert len(scene.grid.content) < FULL_BYTES


def test_a_file_holds_every_head_token_by_token() -> None:
    scene = scene_of(n_tokens=FULL_TOKENS + 1, n_layers=2, n_heads=2)
    header, arrays = received(scene_payload(scene, [(1, 1)], link=Link(answers=False)))
    assert arrays["grid"].size == scene.values.size
    assert not header["answers"]


def test_a_grid_that_the_browser_holds_is_not_sent_again() -> None:
    scene = scene_of()
    header, arrays = received(scene_payload(scene, [(0, 0)], link=Link(held=(scene.grid.digest,))))
    assert "grid" not in arrays
    assert header["grid"] == scene.grid.digest
    other = replace(scene, scale=np.full(4, 0.5))
    assert other.grid.digest != scene.grid.digest


# Words


def test_texts_travel_as_runs_that_cannot_mislead() -> None:
    header, _ = received(scene_payload(scene_of("scripts", 19), [(0, 0)]))
    flat = [run if isinstance(run, str) else run[0] for runs in header["labels"] for run in runs]
    assert not any(letter in "".join(flat) for letter in "\u202e\n\ud800")
    assert all(header["labels"])


def test_what_is_not_known_of_a_head_is_null() -> None:
    scene = scene_of()
    measure = scene.measure.copy()
    measure[1, 2] = np.nan
    header, _ = received(scene_payload(replace(scene, measure=measure), [(0, 0)]))
    assert header["measure"][1][2] is None
    assert header["measure"][0][0] == pytest.approx(float(measure[0, 0]))


# Doors


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": np.zeros((2, 2, 3, 3), int)}, "numbers of shape .*got int64"),
        ({"values": np.zeros((2, 2, 3), np.float32)}, "got float32 of shape"),
        (
            {"values": np.zeros((4, 6, 12, 11), np.float32)},
            r"got float32 of shape \(4, 6, 12, 11\)",
        ),
        ({"values": "no"}, "got no array"),
        ({"values": np.full((4, 6, 12, 12), -0.5, np.float32)}, "0 or more, got -0.5"),
        ({"values": np.full((4, 6, 12, 12), np.nan, np.float32)}, "finite and 0 or more, got nan"),
        ({"labels": ("a",)}, "labels must be one a token, got 1 for 12"),
        ({"special": np.zeros(3, bool)}, "special must be one a token, got 3 for 12"),
        ({"segment": np.zeros(3, int)}, "segment must be one a token, got 3 for 12"),
        ({"scale": np.ones(3)}, "one number a layer, got 3 for 4"),
        ({"scale": np.zeros(4)}, "finite numbers above 0, got 0"),
        ({"measure": np.ones((6, 4))}, r"shape \(layer, head\), \(4, 6\), got \(6, 4\)"),
        ({"off": ((4, 0),)}, r"below \(4, 6\), got \(4, 0\)"),
    ],
)
def test_a_scene_that_does_not_fit_together_is_refused(change: dict, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        replace(scene_of(), **change)


@pytest.mark.parametrize("head", [(4, 0), (0, 6), (-1, 0), (0,), 3, "ab", (True, 0), (0.0, 1)])
def test_a_head_must_be_one_that_there_is(head: object) -> None:
    with pytest.raises(OptionError, match="A head must be a pair"):
        scene_payload(scene_of(), [head])


def test_other_wrong_arguments_are_refused_in_words() -> None:
    with pytest.raises(OptionError, match="At least one head must be selected"):
        scene_payload(scene_of(), [])
    with pytest.raises(OptionError, match="one of 12, got 12"):
        scene_payload(scene_of(), [(0, 0)], pinned=12)
    with pytest.raises(OptionError, match="first_layer must be 0 or 1, got 2"):
        scene_payload(scene_of(), [(0, 0)], first_layer=2)
    with pytest.raises(UnknownNameError, match="view must be one of heat, lines, got 'bars'"):
        scene_payload(scene_of(), [(0, 0)], view="bars")


# What the browser sends

START = Explored(((1, 2),))
HERE = scene_of()
ELSEWHERE = scene_of("other")


def sent(scene: Scene = HERE, epoch: object = 0, **state: object) -> dict[str, object]:
    shown = {"selected": [[0, 3]], "pinned": 4, "view": "lines", "held": ["abc"]}
    return {"epoch": epoch, "tokens": scene.tokens_digest} | shown | state


def step(before: object, message: object, start: Explored = START, scene: Scene = HERE):
    return next_exploring(before, message, scene=scene, start=start)


def test_a_visit_begins_as_the_script_asks() -> None:
    assert step(None, None).now == START


def test_what_a_person_chose_stands_while_the_script_asks_the_same() -> None:
    found = step(step(None, None), sent())
    assert found.now == Explored(((0, 3),), 4, "lines")
    assert found.link == Link(0, ("abc",))
    assert step(found, sent()).now == found.now
    assert step(found, sent(), found.now).link.epoch == 0


def test_another_wish_of_the_script_replaces_it_and_outdates_the_browsers() -> None:
    found = step(step(step(None, None), sent()), sent(), Explored(((3, 3),)))
    assert (found.now, found.link.epoch) == (Explored(((3, 3),)), 1)
    assert step(found, sent(), Explored(((3, 3),))).now.selected == ((3, 3),)
    assert step(found, sent(epoch=1), Explored(((3, 3),))).now.selected == ((0, 3),)


def test_another_text_keeps_the_head_and_lets_go_of_the_token() -> None:
    before = step(step(None, None), sent())
    found = step(before, sent(), scene=ELSEWHERE)
    assert found.now == Explored(((0, 3),), None, "lines")
    again = step(found, sent(ELSEWHERE, pinned=2), scene=ELSEWHERE)
    assert again.now.pinned == 2


def test_a_smaller_model_keeps_only_the_heads_that_it_has() -> None:
    small = scene_of(n_layers=1, n_heads=2)
    first = step(step(None, None), sent(selected=[[0, 1], [3, 1]]))
    assert step(first, sent(selected=[[0, 1], [3, 1]]), scene=small).now.selected == ((0, 1),)
    other = step(first, sent(selected=[[3, 1]]), Explored(((0, 0),)), small)
    assert other.now.selected == ((0, 0),)


@pytest.mark.parametrize(
    "message",
    [None, "text", [], {}, sent(epoch=9), sent(selected=None), sent(view="bars"), sent(view=None)],
)
def test_what_the_browser_sends_is_not_trusted(message: object) -> None:
    assert step(step(None, None), message).now == START


_NUMBERS = st.integers(-3, 13) | st.floats() | st.booleans() | st.none() | st.text(max_size=3)
_ANY = st.recursive(
    _NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
_STATES = st.fixed_dictionaries(
    {},
    optional={
        "epoch": st.just(0) | _ANY,
        "tokens": st.just(HERE.tokens_digest) | _ANY,
        "selected": st.lists(st.lists(st.integers(-1, 7), max_size=3)) | _ANY,
        "pinned": _ANY,
        "view": st.sampled_from(["heat", "lines"]) | _ANY,
        "held": _ANY,
    },
)


@given(_STATES | _ANY)
def test_whatever_the_browser_sends_there_is_a_head_to_show(message: object) -> None:
    found = step(step(None, None), message)
    scene_payload(HERE, found.now.selected, pinned=found.now.pinned, view=found.now.view)
    assert found.now.selected


@pytest.mark.parametrize("pinned", [-1, 12, True, 2.0, "3", None, [1]])
def test_a_token_that_there_is_not_is_not_pinned(pinned: object) -> None:
    assert step(step(None, None), sent(pinned=pinned)).now.pinned is None


def test_heads_that_there_are_not_are_dropped_and_held_grids_bounded() -> None:
    message = sent(selected=[[0, 3], [9, 9], "x", [0], [0, 3]], held=["a", 1, None] + ["b"] * 99)
    found = step(step(None, None), message)
    assert found.now.selected == ((0, 3),)
    assert len(found.link.held) < 9
    assert step(step(None, None), sent(selected=[])).now.selected == START.selected
