"""What does the whole grid of heads cost a browser, beside BertViz 1.4.1's model view?

    python -m benchmarks.attention [--tokens 16 64 128 512] [--heads 12] [--layers 12]

The model has BERT-base's shape and random weights: bytes and times do not depend on what it
learned. (How well the bytes compress does, and so is not printed.) BertViz's page is measured when
the package can be imported; else the figures below are printed, which were measured with it for
12 layers of 12 heads, the one for 512 tokens extrapolated.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from transformers import BertConfig, BertModel

from embedlib import attention as attentions
from embedlib.attention import AttentionMaps
from embedlib.models import load
from embedlib.models.encoder import Encoder

# BertViz 1.4.1, model view, 12 x 12 heads: MB of JSON by tokens.
PUBLISHED_MB = {16: 0.81, 32: 3.3, 64: 13.2, 128: 53.5, 512: 850.0}
WORDS = "the animal did not cross the street because it was too tired to walk any further"


def base_encoder(n_layers: int, n_heads: int) -> Encoder:
    """A model of BERT-base's shape with random weights and the bundled model's tokenizer."""
    bundled = load(device="cpu")
    config = BertConfig(
        vocab_size=len(bundled.tokenizer),
        num_hidden_layers=n_layers,
        num_attention_heads=n_heads,
        hidden_size=64 * n_heads,
        intermediate_size=256 * n_heads,
        attn_implementation="sdpa",
    )
    torch.manual_seed(0)
    model: Any = BertModel(config, add_pooling_layer=False).eval().requires_grad_(False)
    card = replace(
        bundled.card,
        name="random weights",
        weights_sha256="0" * 64,
        n_layers=n_layers,
        n_heads=n_heads,
        dim=64 * n_heads,
    )
    return Encoder(card, model, bundled.tokenizer, bundled.device)


def timed(function: Callable[[], Any], n: int = 3) -> tuple[float, Any]:
    """The least seconds of `n` calls, and what the last gave."""
    seconds = []
    for _ in range(n):
        began = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - began)
    return min(seconds), result


def bertviz_mb(maps: AttentionMaps) -> float | None:
    """MB of the page that BertViz makes of these weights; None where it is not installed."""
    try:
        from bertviz import model_view
    except ImportError:
        return None
    tensors = tuple(torch.from_numpy(layer.copy())[None] for layer in maps.weights)
    page = model_view(tensors, list(maps.pieces), html_action="return")
    return len(page.data.encode()) / 1e6


def json_mb(weights: np.ndarray) -> float:
    """MB of the weights as BertViz writes them: a list of lists of decimal numbers."""
    sample = weights[0, 0]
    return len(json.dumps(sample.tolist())) * weights.shape[0] * weights.shape[1] / 1e6


def report(encoder: Encoder, n_tokens: int) -> None:
    """Print one line of figures for a text of `n_tokens` tokens."""
    text = f"{WORDS} " * (n_tokens // 8 + 1)
    seconds, maps = timed(lambda: attentions.attention(encoder, text, max_tokens=n_tokens))
    tile_seconds, grid = timed(lambda: attentions.tiles(maps))
    head = attentions.head_bytes(maps, 0, 0)
    ours = grid.values.nbytes / 1e6
    rival = bertviz_mb(maps)
    said = "measured" if rival is not None else "not installed here; measured earlier"
    rival = PUBLISHED_MB.get(n_tokens, json_mb(maps.weights)) if rival is None else rival
    print(
        f"{maps.n_tokens:4} tokens: read {seconds:6.3f} s, tiles {tile_seconds:6.3f} s; "
        f"grid {ours:.3f} MB{' (cells of several tokens)' if grid.reduced else ''}, "
        f"one head {len(head.content) / 1e6:.3f} MB; in memory {maps.n_bytes / 1e6:.0f} MB; "
        f"BertViz {rival:.1f} MB ({said}): {rival / ours:.0f} times as much",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, nargs="+", default=[16, 64, 128, 512])
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--heads", type=int, default=12)
    asked = parser.parse_args()
    encoder = base_encoder(asked.layers, asked.heads)
    build_seconds, _ = timed(lambda: attentions.eager_twin(encoder), n=1)
    print(f"twin built in {build_seconds:.3f} s, {torch.get_num_threads()} threads")
    for n_tokens in asked.tokens:
        report(encoder, n_tokens)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
