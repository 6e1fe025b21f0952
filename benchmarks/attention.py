"""What does the whole grid of heads cost a browser, beside BertViz 1.4.1's model view?

    python -m benchmarks.attention [--tokens 16 64 128 512] [--heads 12] [--layers 12] [--browser]

The model has BERT-base's shape. How well attention compresses depends on what a model learned:
"learned" is the bundled model's attention, repeated until there are as many layers and heads,
"random" that of random weights, "noise" the softmax of random scores, which compresses worst.
BertViz's page is measured when the package can be imported; else the figures below are printed,
which were measured with it for 12 layers of 12 heads, the one for 512 tokens extrapolated.

"packed" is from the weights to the bytes for the browser; with --browser "drawn" is from opening
the saved page in Chromium to the grid on the screen.
"""

import argparse
import contextlib
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import BertConfig, BertModel

from embedlib import attention as attentions
from embedlib.attention import AttentionMaps
from embedlib.attention.scene import Scene, scene_of
from embedlib.attention.scene_bytes import scene_payload
from embedlib.browser import assets
from embedlib.exporting.attention_page import attention_page
from embedlib.models import load
from embedlib.models.encoder import Encoder

# BertViz 1.4.1, model view, 12 x 12 heads: MB of JSON by tokens.
PUBLISHED_MB = {16: 0.81, 32: 3.3, 64: 13.2, 128: 53.5, 512: 850.0}
# Whether the grid's canvas has more than one colour.
DRAWN = """() => {
    const root = document.getElementById("component")?.shadowRoot;
    const canvas = root?.querySelector(".overview canvas");
    if (!canvas || canvas.width < 100) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((byte, n) => byte !== data[n % 4]);
}"""
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


def scenes(encoder: Encoder, n_tokens: int) -> dict[str, Scene]:
    """Attention that compresses well, as random weights do, and badly; see above."""
    card = encoder.card
    text = f"{WORDS} " * (n_tokens // 8 + 1)
    random = scene_of(attentions.shown(attentions.attention(encoder, text, max_tokens=n_tokens)))
    learned = attentions.attention(load(device="cpu"), varied(n_tokens), max_tokens=n_tokens)
    layers = np.resize(np.arange(learned.n_layers), card.n_layers)
    heads = np.resize(np.arange(learned.n_heads), card.n_heads)
    repeated = learned.weights[layers][:, heads]
    scores = np.random.default_rng(0).standard_normal(repeated.shape, dtype=np.float32)
    noise = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    plain = scene_of(attentions.shown(learned))
    ones = np.ones(card.n_layers, dtype=np.float32)
    return {
        "learned": replace(plain, values=repeated, scale=ones),
        "random": random,
        "noise": replace(plain, values=noise, scale=ones),
    }


def varied(n_tokens: int) -> str:
    """Text with some tokens to spare, whose sentences differ."""
    files = sorted((assets.ASSETS.parents[1] / "embedlib").rglob("*.py"))
    return " ".join(file.read_text("utf-8") for file in files)[: 8 * n_tokens]


def report(encoder: Encoder, n_tokens: int, browser: Any) -> None:
    """Print the figures for a text of `n_tokens` tokens."""
    text = f"{WORDS} " * (n_tokens // 8 + 1)
    seconds, maps = timed(lambda: attentions.attention(encoder, text, max_tokens=n_tokens))
    rival = bertviz_mb(maps)
    said = "measured" if rival is not None else "not installed here; measured earlier"
    rival = PUBLISHED_MB.get(n_tokens, json_mb(maps.weights)) if rival is None else rival
    print(
        f"{maps.n_tokens:4} tokens: read in {seconds:.3f} s, {maps.n_bytes / 1e6:.0f} MB in memory;"
        f" BertViz's page {rival:.1f} MB ({said})",
        flush=True,
    )
    scripts = len(assets.script("attention_explorer")) + len(assets.style("attention_explorer"))
    for name, scene in scenes(encoder, n_tokens).items():
        packed, payload = timed(lambda s=scene: scene_payload(replace(s), [(0, 0)]))
        ours = (len(payload) + scripts) / 1e6
        drawn = "" if browser is None else f", drawn in {drawn_seconds(browser, scene):.2f} s"
        print(
            f"     {name:8}{ours:.3f} MB with scripts{', reduced' if scene.grid.reduced else ''},"
            f" BertViz {rival / ours:.0f} times as much; packed in {packed:.3f} s{drawn}",
            flush=True,
        )


def drawn_seconds(browser: Any, scene: Scene) -> float:
    """From opening the scene as a file to its grid on the screen."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "attention.html"
        file.write_text(attention_page(scene, [(0, 0)], card={}), "utf-8")
        page = browser.new_page()
        began = time.perf_counter()
        page.goto(file.as_uri(), wait_until="commit")
        page.wait_for_function(DRAWN)
        seconds = time.perf_counter() - began
        page.close()
    return seconds


@contextlib.contextmanager
def chromium(*, wanted: bool) -> Iterator[Any]:
    """A browser where one is wanted, else None."""
    if not wanted:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, nargs="+", default=[16, 64, 128, 512])
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--heads", type=int, default=12)
    parser.add_argument("--browser", action="store_true")
    asked = parser.parse_args()
    encoder = base_encoder(asked.layers, asked.heads)
    build_seconds, _ = timed(lambda: attentions.eager_twin(encoder), n=1)
    print(f"twin built in {build_seconds:.3f} s, {torch.get_num_threads()} threads")
    with chromium(wanted=asked.browser) as browser:
        for n_tokens in asked.tokens:
            report(encoder, n_tokens, browser)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
