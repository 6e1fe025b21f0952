"""What does the whole grid of heads cost a browser, beside BertViz 1.4.1's model view?

    python -m benchmarks.attention [--tokens 16 64 128 512] [--no-browser]

Read is a model of BERT-base's shape: the bundled model's six layers twice, so that its 12 x 12
heads have patterns that were learned; bytes would shrink to nothing with random ones. Printed for
each number of tokens: seconds to read the text, bytes that the component sends for the first
picture, BertViz's JSON, and what headless Chromium does with ours. BertViz is measured when it
can be imported, by the numbers below otherwise; its page holds the JSON twice, which is counted
once.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from transformers import BertModel

from benchmarks import attention_browser
from embedlib import attention as attentions
from embedlib.attention import AttentionMaps
from embedlib.attention.scene import Scene
from embedlib.attention.scene_bytes import scene_payload
from embedlib.models import load
from embedlib.models.encoder import Encoder
from embedlib.reading import sample_corpus

# BertViz 1.4.1, model view, 12 x 12 heads: MB of its JSON by tokens; that of 512 is extrapolated.
KNOWN_MB = {16: 0.81, 32: 3.3, 64: 13.2, 128: 53.5, 512: 850.0}


def doubled_encoder() -> Encoder:
    """A model of 12 layers of 12 heads: the bundled one's layers, twice."""
    bundled = load(device="cpu")
    config = type(bundled.model.config).from_dict(bundled.model.config.to_dict())
    config.num_hidden_layers, config._attn_implementation = 12, "sdpa"
    model: Any = BertModel(config, add_pooling_layer=False).eval().requires_grad_(False)
    layers = bundled.model.encoder.layer
    model.embeddings = bundled.model.embeddings
    model.encoder.layer = torch.nn.ModuleList([*layers, *deepcopy(layers)])
    card = replace(bundled.card, name="layers twice", weights_sha256="0" * 64, n_layers=12)
    return Encoder(card, model, bundled.tokenizer, bundled.device)


def text_of(n_tokens: int) -> str:
    """English sentences, more than enough for that many tokens."""
    texts = sample_corpus("service").texts + sample_corpus("senses").texts
    return " ".join(texts * (n_tokens // 500 + 1))


def timed(function: Callable[[], Any], n: int = 3) -> tuple[float, Any]:
    """The least seconds of `n` calls, and what the last gave."""
    seconds = []
    for _ in range(n):
        began = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - began)
    return min(seconds), result


def bertviz_mb(maps: AttentionMaps) -> tuple[float, str]:
    """MB of the JSON that BertViz makes of these weights, and where the number comes from."""
    n_tokens = maps.n_tokens
    try:
        from bertviz import model_view
    except ImportError:
        return KNOWN_MB[n_tokens], "measured earlier"
    if n_tokens > 128:
        return KNOWN_MB[n_tokens], "extrapolated"
    tensors = tuple(torch.from_numpy(layer.copy())[None] for layer in maps.weights)
    page = model_view(tensors, list(maps.pieces), html_action="return")
    return len(page.data.encode()) / 2e6, "measured"


def scene_of(maps: AttentionMaps) -> Scene:
    """The page's scene, without filters."""
    return Scene(
        attentions.shown(maps).values,
        tuple(maps.written(token) for token in range(maps.n_tokens)),
        maps.special,
        maps.segment,
        np.ones(maps.n_layers, dtype=np.float32),
    )


def report(encoder: Encoder, n_tokens: int, browser: Any) -> None:
    """Print what a text of `n_tokens` tokens costs."""
    text = text_of(n_tokens)
    seconds, maps = timed(lambda: attentions.attention(encoder, text, max_tokens=n_tokens))
    payload_seconds, payload = timed(lambda: scene_payload(scene_of(maps), [(0, 0)]), n=1)
    scene = scene_of(maps)
    rival, origin = bertviz_mb(maps)
    ours = len(payload) / 1e6
    print(
        f"{maps.n_tokens:4} tokens: read {seconds:.2f} s, {maps.n_bytes / 1e6:.0f} MB in memory; "
        f"first picture {ours:.3f} MB{' (heads reduced)' if scene.grid.reduced else ''} "
        f"in {payload_seconds:.2f} s; BertViz {rival:.1f} MB ({origin}): "
        f"{rival / ours:.0f} times as much",
        flush=True,
    )
    if browser is not None:
        print(f"     in Chromium: {attention_browser.look(browser, maps.weights).sentence}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tokens", type=int, nargs="+", default=[16, 64, 128, 512], choices=list(KNOWN_MB)
    )
    parser.add_argument("--no-browser", action="store_true")
    asked = parser.parse_args()
    encoder = doubled_encoder()
    seconds, _ = timed(lambda: attentions.eager_twin(encoder), n=1)
    print(f"twin built in {seconds:.3f} s, {torch.get_num_threads()} threads")
    if asked.no_browser:
        for n_tokens in asked.tokens:
            report(encoder, n_tokens, None)
    elif attention_browser.chromium() is None:
        sys.exit("Chromium is not installed: use --no-browser.")
    else:
        with attention_browser.browsing() as browser:
            for n_tokens in asked.tokens:
                report(encoder, n_tokens, browser)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
