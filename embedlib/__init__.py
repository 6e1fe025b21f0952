"""embedlib: every layer, pooling and token of a transformer's embeddings.

>>> import embedlib
>>> vectors = embedlib.embed(["a river bank", "a savings bank"], layers="all")  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from embedlib.api import embed, embed_tokens
    from embedlib.errors import EmbedlibError
    from embedlib.models import load
    from embedlib.sklearn import EmbeddingTransformer

__version__ = "0.1.0"

_HOMES = {
    "EmbedlibError": "embedlib.errors",
    "EmbeddingTransformer": "embedlib.sklearn",
    "embed": "embedlib.api",
    "embed_tokens": "embedlib.api",
    "load": "embedlib.models",
}
__all__ = ["EmbeddingTransformer", "EmbedlibError", "__version__", "embed", "embed_tokens", "load"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that `import embedlib` costs nothing and loads no torch."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'embedlib' has no attribute {name!r}")
