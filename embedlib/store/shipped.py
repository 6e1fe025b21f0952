"""shipped: the first sample's vectors, made beforehand, so that the first picture needs no model.

`python -m embedlib.store.shipped` makes the file anew after a change of the sample. A test holds
it against the model.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from embedlib.records import EncoderCard, Ledger, TokenSettings, Vectors

FILE = Path(__file__).resolve().parents[2] / "assets" / "samples" / "first.npz"
POOLING = "mean"


def shipped(model: str, texts_digest: str, settings: TokenSettings) -> Vectors | None:
    """Every layer of the first sample by the default model, or None for anything else.

    Args:
        model: The model's name.
        texts_digest: See `digest_of_texts`.
        settings: How texts become tokens.
    """
    if settings != TokenSettings() or not FILE.is_file():
        return None
    with np.load(FILE, allow_pickle=False) as stored:
        facts = json.loads(str(stored["facts"]))
        card = EncoderCard(**facts["encoder"] | {"prefixes": tuple(facts["encoder"]["prefixes"])})
        if card.name != model or facts["texts_digest"] != texts_digest:
            return None
        n_all, n_kept, n_windows, n_unknown = stored["ledger"]
        ledger = Ledger(n_all, n_kept, n_windows, facts["max_tokens"], n_unknown)
        array = stored["vectors"]
    array.flags.writeable = False
    return Vectors(
        arrays={POOLING: array},
        layers=tuple(range(card.n_layers + 1)),
        encoder=card,
        settings=settings,
        ledger=ledger,
        texts_digest=texts_digest,
        seconds=facts["seconds"],
        from_store=True,
        versions=facts["versions"],
    )


def make() -> Vectors:
    """The same vectors by the model."""
    from embedlib.extract import extract
    from embedlib.models import load
    from embedlib.reading import SAMPLES, sample_corpus

    encoder = load(dtype="float32", device="cpu")
    texts = sample_corpus(next(iter(SAMPLES))).texts
    layers = tuple(range(encoder.card.n_layers + 1))
    return extract(encoder, texts, layers=layers, poolings=(POOLING,))


def write(vectors: Vectors) -> None:
    """Keep `vectors` as the file that is shipped."""
    ledger = vectors.ledger
    assert ledger.n_unknown is not None  # noqa: S101 - `extract` counts
    facts = {
        "encoder": asdict(vectors.encoder),
        "texts_digest": vectors.texts_digest,
        "max_tokens": ledger.max_tokens,
        "seconds": vectors.seconds,
        "versions": vectors.versions,
    }
    np.savez_compressed(
        FILE,
        facts=json.dumps(facts),
        ledger=np.stack([ledger.n_all, ledger.n_kept, ledger.n_windows, ledger.n_unknown]),
        vectors=vectors.arrays[POOLING],
    )


if __name__ == "__main__":
    write(make())
