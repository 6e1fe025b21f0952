"""Export and code: what is on show as a file with its card, and the Python that makes it."""

import json
from collections.abc import Callable

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.exporting import ATTENTION_EXPORTS, attention_card, attention_code
from embedlib.ui import address, faults
from embedlib.ui.attention import heads
from embedlib.ui.attention.view import AttentionView, Head

PAGE = "html"
SHOWN, ALL = "shown", "all"


def show(seen: AttentionView) -> None:
    """Format, scope and download on the left, code on the right."""
    left, right = st.columns([5, 6], gap="large")
    with left:
        name = _format()
        chosen = _scope(seen)
        card = attention_card(seen.maps, seen.shown, chosen)
        _download(seen, name, chosen, card)
        with st.expander("Card: what made these numbers"):
            st.code(json.dumps(card, indent=2, ensure_ascii=False), language="json")
    with right:
        st.subheader("Code", anchor=False)
        code = attention_code(seen.maps, seen.shown, seen.selected, max_tokens=seen.max_tokens)
        st.code(code, language="python", wrap_lines=True)
        st.caption(
            "The address of this page restores model, sample, filters, heads, pinned token and "
            "tab. A text of your own is not in it. PNG and SVG: the buttons at the picture."
        )


def _format() -> str:
    name = address.chooser(
        st.pills,
        "Format",
        [PAGE, *ATTENTION_EXPORTS],
        format_func=lambda name: "HTML page" if name == PAGE else ATTENTION_EXPORTS[name].label,
        key="attention_format",
        default=PAGE,
        required=True,
    )
    st.caption(
        "The whole picture with every head, as one file that works without a network."
        if name == PAGE
        else ATTENTION_EXPORTS[name].help
    )
    return name


def _scope(seen: AttentionView) -> tuple[Head, ...]:
    n_layers, n_heads = seen.maps.n_layers, seen.maps.n_heads
    scope = address.chooser(
        st.segmented_control,
        "Heads",
        [SHOWN, ALL],
        format_func={
            SHOWN: heads.names(seen.selected, n_layers, n_heads),
            ALL: f"All {n_layers * n_heads}",
        }.get,
        key="scope",
        default=SHOWN,
        required=True,
        help="An HTML page always holds all heads, and opens with these.",
    )
    if scope == SHOWN:
        return seen.selected
    return tuple((layer, head) for layer in range(n_layers) for head in range(n_heads))


def _download(
    seen: AttentionView, name: str, chosen: tuple[Head, ...], card: dict[str, object]
) -> None:
    numbers = len(chosen) * len(seen.shown.labels) ** 2
    content: Callable[[], bytes]
    if name == PAGE:
        content, file_name, mime = _page(seen, card), "attention.html", "text/html"
    else:
        export = ATTENTION_EXPORTS[name]
        file_name, mime = f"attention{export.extension}", export.mime

        def content() -> bytes:
            return export.write(seen.shown, chosen, card)

    try:
        # Small files are made at once, so that a fault shows here; large ones when clicked.
        ready = content if numbers > 200_000 or name == PAGE else content()
    except EmbedlibError as error:
        faults.show(error)
        return
    st.download_button(
        "Download", ready, file_name=file_name, mime=mime, type="primary", on_click="ignore"
    )


def _page(seen: AttentionView, card: dict[str, object]) -> Callable[[], bytes]:
    def content() -> bytes:
        from embedlib.exporting.attention_page import attention_page

        page = attention_page(
            seen.scene,
            seen.selected,
            theme=seen.palette.name,
            view=seen.drawn_as,
            pinned=_pinned_row(seen),
            card=card,
        )
        return page.encode()

    return content


def _pinned_row(seen: AttentionView) -> int | None:
    return None if seen.pinned is None else int(seen.shown.rows[seen.pinned])
