"""Take it home: model, report, predictions and script as files, and how each is used."""

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.training.finished import Finished
from embedlib.training.take_home import PARCELS, Parcel, command_lines, loading_code


def show(found: Finished) -> None:
    """Files on the left, code on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Files", anchor=False)
        for parcel in PARCELS.values():
            if parcel.offered(found):
                _offer(found, parcel)
        if not (found.run.folder / PARCELS["adapter"].folder).is_dir():
            st.caption("This recipe has no adapters to take apart.")
    with right:
        st.subheader("Python", anchor=False)
        st.code(loading_code(found), language="python", wrap_lines=True)
        st.subheader("Command line", anchor=False)
        st.code(command_lines(found), language="bash", wrap_lines=True)
        st.caption(
            "The run's folder holds all of this. TensorBoard shows its training curves where it "
            "has any: centroids and probes are solved in one go."
        )


def _offer(found: Finished, parcel: Parcel) -> None:
    """A button that makes the file when it is clicked."""
    size = parcel.size_bytes(found)
    label = parcel.label if not size else f"{parcel.label}, {_size(size)}"
    button, said = st.columns([6, 5], vertical_alignment="center")
    button.download_button(
        label,
        lambda: _made(found, parcel),
        parcel.file_name(found),
        parcel.mime,
        key=f"take_{parcel.name}",
        on_click="ignore",
        width="stretch",
    )
    said.caption(parcel.says(found))


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes >= 1e6 else f"{max(n_bytes / 1e3, 1):,.0f} KB"


def _made(found: Finished, parcel: Parcel) -> bytes:
    """The file; a failure, which a download cannot show, as the text of the file."""
    try:
        return parcel.make(found)
    except EmbedlibError as error:
        return f"{error}\n".encode()
