"""The library in one call: `embed` for texts, `embed_tokens` for every token of one text."""

from collections.abc import Callable, Sequence

from embedlib.layers import parse_layers
from embedlib.models import Encoder, load
from embedlib.records import Progress, TokenSettings, TokenVectors, Vectors
from embedlib.store import Store
from embedlib.store.nowhere import Nowhere
from embedlib.texts import checked_texts


def embed(  # noqa: PLR0913 - one call says all there is to choose
    texts: Sequence[str],
    model: str | Encoder | None = None,
    *,
    layers: str | int | Sequence[int] = "all",
    poolings: str | Sequence[str] = ("mean",),
    windows: bool = False,
    max_tokens: int | None = None,
    prefix: str = "",
    pool_special: bool = True,
    store: bool | Store = True,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Vectors:
    """Vectors of texts, for every layer and pooling asked for, in one forward pass.

    Args:
        texts: A list, tuple, pandas Series or numpy array of strings; none blank.
        model: A name from `models.available()`, an encoder from `load`, or None for the bundled
            all-MiniLM-L6-v2.
        layers: "all", a number (negative counts from the last), numbers, or the name of a mix.
        poolings: One or several names in `POOLINGS`, except "chosen".
        windows: Split texts that do not fit instead of cutting them.
        max_tokens: Tokens a text may have, special tokens included; None for the model's default.
        prefix: Put before every text, for models that were trained so.
        pool_special: Whether special tokens are pooled.
        store: True: read what is on disk and keep the rest there; False: neither; or a Store.
        progress: Called with how far the work is.
        cancelled: Asked between batches whether to stop.

    Returns:
        `arrays[pooling]` of shape (layer, text, dim) float32; `select` gives one layer or mix.

    Raises:
        EmbedlibError: As `load` and `Store.vectors` do.

    >>> vectors = embed(["a river bank", "a savings bank"], layers="all", poolings=("mean", "cls"))
    >>> vectors.arrays["cls"].shape, vectors.select("mean", "concat_last_4").shape
    ((7, 2, 384), (2, 1536))
    """
    listed = checked_texts(texts)
    encoder = model if isinstance(model, Encoder) else load(model)
    return keeper_of(store).vectors(
        encoder,
        listed,
        layers=parse_layers(layers, encoder.card.n_layers),
        poolings=(poolings,) if isinstance(poolings, str) else tuple(poolings),
        settings=TokenSettings(max_tokens, windows, prefix, pool_special),
        progress=progress,
        cancelled=cancelled,
    )


def keeper_of(store: bool | Store) -> Store | Nowhere:
    """What `store=` means: True for the user's own store, False for none."""
    if isinstance(store, Store):
        return store
    return Store() if store else Nowhere()


def embed_tokens(
    text: str,
    model: str | Encoder | None = None,
    *,
    max_tokens: int | None = None,
    prefix: str = "",
) -> TokenVectors:
    """Every token of one text at every layer, special tokens included.

    Args:
        text: Not blank. What does not fit is cut and told in `cut`.
        model: As in `embed`.
        max_tokens: As in `embed`.
        prefix: As in `embed`.

    >>> tokens = embed_tokens("a river bank")
    >>> tokens.pieces, tokens.hidden.shape
    (('[CLS]', 'a', 'river', 'bank', '[SEP]'), (7, 5, 384))
    """
    from embedlib.extract import token_vectors

    encoder = model if isinstance(model, Encoder) else load(model)
    return token_vectors(encoder, text, TokenSettings(max_tokens=max_tokens, prefix=prefix))
