"""store: vectors on disk: memory-mapped, named by what they are made of, atomic."""

from embedlib.store.store import Store

__all__ = ["Store"]
