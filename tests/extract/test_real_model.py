"""The bundled model against sentence-transformers and transformers on real texts."""

import csv
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from embedlib.extract import extract
from embedlib.models import load
from embedlib.models.encoder import Encoder
from embedlib.models.places import find
from embedlib.records import TokenSettings

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ALL = tuple(range(7))
TEXTS = [
    "How do I top up my card?",
    "My transfer has not arrived yet.",
    "Why was I charged twice for the same coffee?",
    "The river broke its bank after three days of rain.",
    "She works at a bank in the old town.",
    "He kept his savings in a tin under the bed.",
    "A bat flew out of the cave at dusk.",
    "He swung the bat and missed the ball.",
    "Spring is the season I like best.",
    "The spring in the mattress is broken.",
    "What a wonderful film!",
    "What a dreadful film.",
    "Not bad at all, I would watch it again.",
    "I would not watch it again.",
    "The plot is thin, but the actors carry it.",
    "OK",
    "?",
    "42",
    "3.14159, 2.71828 and 1.41421",
    "https://example.org/a/long/path?with=a&query=string#fragment",
    "someone@example.org wrote to no-one@example.org",
    "E = mc^2",
    "def mean(values): return sum(values) / len(values)",
    "<b>bold</b> & <script>alert('x')</script>",
    "line one\nline two\n\nline four",
    "tabs\tand    many     spaces",
    "ALL CAPITALS ARE LOWERED BY THIS MODEL",
    "naïve café, façade, Zürich, Ærøskøbing",
    "我想取消我的银行卡。",
    "河岸上开满了花。",
    "今天天气很好, let us go to the park",
    "أريد إلغاء بطاقتي",
    "Я хочу отменить карту",
    "Θέλω να ακυρώσω την κάρτα",
    "カードをキャンセルしたい",
    "카드를 취소하고 싶어요",
    "🙂🙃 👩‍👩‍👧‍👦 🇳🇱",
    "emoji in 🙂 the middle",
    "\u202eright to left override\u202c",
    "zero\u200bwidth\u200bspaces",
    "non\u00a0breaking\u00a0space",
    "x" * 300,
    "antidisestablishmentarianism and pneumonoultramicroscopicsilicovolcanoconiosis",
    "the " * 150,
    "a longer paragraph about rivers, banks and money. " * 12,
    "one hundred words are more than the model reads in a single window. " * 40,
    "1 2 3 4 5 6 7 8 9 10 " * 30,
    "don't, can't, won't, shouldn't've",
    "Mr. Smith's dog's bone",
    "“curly” ‘quotes’ — and – dashes…",
    "$100, €200, £300, ¥400",
    "50% off!!! Buy now!!!",
    "C++, C#, F#, .NET",
    "state-of-the-art, well-being, e-mail",
    "Dr. Who? Who's Dr. Who?",
    "[CLS] and [SEP] written by a person",
    "A.B.C.D.E.F.G.",
    "the cat sat on the mat",
    "the mat sat on the cat",
    "a",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load(dtype="float32", device="cpu")


@pytest.fixture(scope="module")
def rival() -> SentenceTransformer:
    return SentenceTransformer(str(find("all-MiniLM-L6-v2").folder), device="cpu")


def cosines(encoder: Encoder, rival: SentenceTransformer, texts: list[str]) -> np.ndarray:
    ours = extract(encoder, texts, layers=(6,), poolings=("mean",))
    theirs = rival.encode(texts, batch_size=32, convert_to_numpy=True, normalize_embeddings=True)
    return (ours.select("mean", 6, normalise=True) * theirs).sum(1)


def test_the_mean_of_the_last_layer_equals_sentence_transformers(encoder, rival):
    assert cosines(encoder, rival, TEXTS).min() >= 0.99999


@pytest.mark.data
def test_a_thousand_real_texts_equal_sentence_transformers(encoder, rival):
    files = [DATA / "banking77" / "train.csv", DATA / "mr_polarity" / "mr_polarity.csv"]
    if not all(file.exists() for file in files):
        pytest.skip("the development data sets are not beside the project")
    texts = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            texts += [row["text"] for row in csv.DictReader(lines) if row["text"].strip()]
    assert cosines(encoder, rival, random.Random(0).sample(texts, 1_000)).min() >= 0.99999


def test_every_layer_equals_transformers_in_a_plain_loop(encoder):
    vectors = extract(encoder, TEXTS, layers=ALL, poolings=("mean", "cls", "max"))
    for row, text in enumerate(TEXTS):
        batch = encoder.tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
        with torch.inference_mode():
            hidden = encoder.model(**batch, output_hidden_states=True).hidden_states
        stacked = torch.cat(hidden).numpy()  # (layer, token, dim)
        for pooling, expected in (
            ("mean", stacked.mean(1)),
            ("cls", stacked[:, 0]),
            ("max", stacked.max(1)),
        ):
            np.testing.assert_allclose(vectors.arrays[pooling][:, row], expected, atol=1e-5)


def test_windows_of_a_long_text_lie_nearer_to_its_second_half_than_cutting_does(encoder):
    first, second = "The match was decided by a late goal. " * 30, "Rates rose at the bank. " * 50
    cut, whole = (
        extract(
            encoder,
            [first + second, second],
            layers=(6,),
            poolings=("mean",),
            settings=TokenSettings(windows=windows),
        ).select("mean", 6, normalise=True)
        for windows in (False, True)
    )
    assert whole[0] @ whole[1] > cut[0] @ cut[1] + 0.2


def test_bfloat16_is_near_float32(encoder):
    half = load(dtype="bfloat16", device="cpu")
    assert half.model.dtype == torch.bfloat16
    ours, theirs = (
        extract(e, TEXTS[::4], layers=(6,), poolings=("mean",)).select("mean", 6, normalise=True)
        for e in (half, encoder)
    )
    assert (ours * theirs).sum(1).min() >= 0.999
