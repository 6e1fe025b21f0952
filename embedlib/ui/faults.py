"""What a person sees when something goes wrong: an error's words, or a sentence with an id."""

import logging
import secrets

import streamlit as st

from embedlib.errors import Cancelled, EmbedlibError

log = logging.getLogger("embedlib")


def show(error: EmbedlibError) -> None:
    """Show a foreseen error: as text, never as Markdown, because it quotes what a person typed."""
    kind = st.container(border=True)
    kind.badge("Stopped" if isinstance(error, Cancelled) else "Not possible", color=_colour(error))
    kind.text(error.what)
    if error.hint:
        kind.text(error.hint)


def _colour(error: EmbedlibError) -> str:
    return "gray" if isinstance(error, Cancelled) else "red"


def on_script_error(error: Exception) -> bool:
    """Show an error that escaped a page, without a traceback; True: Streamlit adds nothing."""
    if isinstance(error, EmbedlibError):
        show(error)
        return True
    fault_id = secrets.token_hex(4)
    log.error("Fault %s", fault_id, exc_info=error)
    st.error(
        f"Something went wrong that should not have. Nothing you entered is lost. "
        f"The log has the details under {fault_id}."
    )
    return True
