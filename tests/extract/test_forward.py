"""One pass: every layer as transformers gives it, stopped after the highest that is needed."""

import dataclasses
import threading

import pytest
import torch

from embedlib.extract.forward import _blocks, forward
from embedlib.models.encoder import Encoder
from tests import tiny

ARCHITECTURES = pytest.mark.parametrize("model_type", tiny.ARCHITECTURES)
IDS = torch.tensor([[2, 6, 7, 9, 3, 0], [2, 5, 9, 10, 6, 3]])
MASK = torch.tensor([[True] * 5 + [False], [True] * 6])
ALL = frozenset(range(tiny.N_LAYERS + 1))


def layers_of(encoder: Encoder, layers=ALL, *, mask=MASK) -> dict[int, torch.Tensor]:
    found: dict[int, torch.Tensor] = {}

    def receive(layer: int, hidden: torch.Tensor) -> None:
        found[layer] = hidden.clone()

    forward(encoder, IDS, mask, layers, receive)
    return found


def plain(encoder: Encoder, row: int) -> tuple[torch.Tensor, ...]:
    """transformers' own hidden states of one text, without padding."""
    ids = IDS[row][MASK[row]][None]
    with torch.inference_mode():
        return encoder.model(input_ids=ids, output_hidden_states=True).hidden_states


def blocks_of(encoder: Encoder) -> torch.nn.ModuleList:
    lists = [m for m in encoder.model.modules() if isinstance(m, torch.nn.ModuleList)]
    return next(blocks for blocks in lists if len(blocks) == tiny.N_LAYERS)


@ARCHITECTURES
def test_every_layer_equals_transformers_hidden_states(model_type):
    encoder = tiny.encoder(model_type)
    found = layers_of(encoder)
    assert list(found) == sorted(ALL)
    for row in range(2):
        for layer, expected in enumerate(plain(encoder, row)):
            torch.testing.assert_close(
                found[layer][row][MASK[row]], expected[0], atol=1e-5, rtol=1e-5
            )


@ARCHITECTURES
@pytest.mark.parametrize("layers", [{0}, {1}, {0, 2}, {3}, {1, 3}])
def test_any_choice_of_layers_gives_the_same_and_only_those(model_type, layers):
    encoder = tiny.encoder(model_type)
    everything = layers_of(encoder)
    found = layers_of(encoder, frozenset(layers))
    assert list(found) == sorted(layers)
    for layer in layers:
        assert torch.equal(found[layer], everything[layer])


@pytest.mark.parametrize("model_type", sorted(set(tiny.ARCHITECTURES) - {"albert"}))
@pytest.mark.parametrize("highest", [0, 1, 2])
def test_the_pass_stops_before_the_block_after_the_highest_layer(model_type, highest):
    encoder = tiny.encoder(model_type)
    layers_of(encoder)  # the check at first use runs every block
    ran: list[int] = []
    handles = [
        block.register_forward_hook(lambda *_, number=number: ran.append(number))
        for number, block in enumerate(blocks_of(encoder))
    ]
    try:
        layers_of(encoder, frozenset({highest}))
    finally:
        for handle in handles:
            handle.remove()
    assert ran == list(range(highest))


@ARCHITECTURES
def test_the_model_is_left_as_it_was(model_type):
    encoder = tiny.encoder(model_type)
    layers_of(encoder, frozenset({1}))
    assert not any(module._forward_pre_hooks for module in encoder.model.modules())
    with torch.inference_mode():
        output = encoder.model(input_ids=IDS, attention_mask=MASK.long())
    assert output.last_hidden_state.shape == (2, 6, tiny.DIM)


def test_hooks_are_removed_when_the_receiver_fails():
    encoder = tiny.encoder("bert")

    def fail(layer: int, hidden: torch.Tensor) -> None:
        raise ValueError(layer)

    with pytest.raises(ValueError, match="0"):
        forward(encoder, IDS, MASK, ALL, fail)
    assert not any(module._forward_pre_hooks for module in encoder.model.modules())


def test_a_model_that_is_run_by_another_thread_meanwhile_delivers_nothing_to_us():
    encoder = tiny.encoder("bert")
    received: list[int] = []

    def receive(layer: int, hidden: torch.Tensor) -> None:
        received.append(layer)
        if layer == 1:
            thread = threading.Thread(target=lambda: encoder.model(input_ids=IDS))
            thread.start()
            thread.join()

    forward(encoder, IDS, MASK, frozenset({0, 1, 2}), receive)
    assert received == [0, 1, 2]


def test_blocks_that_are_not_the_layers_are_found_out_at_first_use():
    """A model that changes the hidden states between its blocks, as some architectures do."""
    original = tiny.encoder("bert")
    twin = type(original.model)(original.model.config).eval().requires_grad_(False)
    twin.load_state_dict(original.model.state_dict())
    twin.encoder.layer[1].register_forward_pre_hook(lambda _, args: (args[0] * 2, *args[1:]))
    encoder = dataclasses.replace(original, model=twin)
    found = layers_of(encoder)
    with torch.inference_mode():
        expected = twin(input_ids=IDS, attention_mask=MASK.long(), output_hidden_states=True)
    for layer, hidden in enumerate(expected.hidden_states):
        torch.testing.assert_close(found[layer], hidden)
    assert _blocks[encoder] == ()
