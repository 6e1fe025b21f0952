"""The card of an export: everything that decided the numbers; a new fact is one line here."""

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from embedlib import __version__
from embedlib.exporting.columns import plain
from embedlib.layers import LAYER_MIXES, layer_number
from embedlib.records import Corpus, EncoderCard, Ledger, TokenSettings, Vectors

FORMAT = "embedlib card 1"


def card(
    vectors: Vectors,
    corpus: Corpus,
    pooling: str,
    layer: int | str,
    *,
    normalise: bool = False,
) -> dict[str, Any]:
    """How `vectors.select(pooling, layer, normalise=normalise)` came about; plain values only.

    Args:
        vectors: What was extracted from the texts of `corpus`.
        corpus: The texts.
        pooling: The chosen pooling.
        layer: The chosen layer number (negative counts from the last) or mix.
        normalise: Whether each vector is divided by its L2 norm.
    """
    mixed = layer in LAYER_MIXES
    return {
        "format": FORMAT,
        **model_facts(vectors.encoder),
        "layer": layer if mixed else layer_number(layer, vectors.encoder.n_layers),
        "pooling": pooling,
        "l2_normalised": normalise,
        **token_facts(vectors.settings, vectors.ledger),
        **data_facts(corpus),
        "seconds": round(vectors.seconds, 3),
        "versions": versions() | vectors.versions,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def model_facts(encoder: EncoderCard) -> dict[str, Any]:
    """What identifies the model, with its licence where the catalog knows it."""
    return {
        "model": encoder.name,
        "source": encoder.source,
        "revision": encoder.revision,
        "weights_sha256": encoder.weights_sha256,
        "licence": licence(encoder),
        "number_format": encoder.dtype,
        "device": encoder.device,
    }


def token_facts(settings: TokenSettings, ledger: Ledger) -> dict[str, Any]:
    """How texts became tokens, and what was cut."""
    return {
        "prefix": plain(settings.prefix),
        "special_tokens_pooled": settings.pool_special,
        "max_tokens": ledger.max_tokens,
        "windows": settings.windows,
        "texts_cut": int(ledger.cut.sum()),
        "share_of_tokens_lost": ledger.share_lost,
        "share_of_tokens_unknown": None if ledger.n_unknown is None else ledger.share_unknown,
    }


def data_facts(corpus: Corpus) -> dict[str, Any]:
    """Which texts, and how many of the source's rows they are."""
    return {
        "data": plain(corpus.name),
        "data_digest": corpus.digest,
        "text_column": plain(corpus.text_column),
        "label_column": None if corpus.label_column is None else plain(corpus.label_column),
        "rows": len(corpus),
        "rows_left_out": len(corpus.left_out),
    }


def licence(encoder: EncoderCard) -> str | None:
    """The licence of a model by the catalog; None where nobody can say, as for a local folder."""
    from embedlib.models import catalog_row

    row = None if encoder.source == "folder" else catalog_row(encoder.name)
    return None if row is None else row.licence


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide the numbers."""
    found = {"python": platform.python_version(), "embedlib": __version__}
    for package in ("torch", "transformers"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # cards can be made where vectors were only copied to
            found[package] = ""
    return found
