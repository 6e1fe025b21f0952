"""Panels under the picture: one file each, with `show(seen: AttentionView) -> None`."""
